// What the compare page shows, as an address: the left side's keys are those of the map's page, the right side's begin
// with "with". Pure.

import { readCohort, writeCohort } from "../filters.js";
import * as map from "../state.js";
import { timeBefore } from "./alignment.js";

/**
 * @typedef {object} CompareState
 * @property {string} with         the right side's dataset; "" = the same
 * @property {string} cohort       the left side's filter, as on the map's page
 * @property {string} with_cohort  the right side's filter
 * @property {string} from         first day compared, ISO 8601; "" = from the first day of the data
 * @property {string} to           last day compared; "" = to the last
 * @property {string} with_from @property {string} with_to
 * @property {string} align        day 0 of the left side; "" on both sides = by the calendar
 * @property {string} with_align
 * @property {boolean} together    all journeys start together (day 0)
 * @property {string} at           clock as ISO 8601 (minute) of the calendar, or "+12.5" days from day 0
 * @property {number} speed @property {boolean} playing @property {string} loop
 * @property {"glide"|"hop"} moving @property {string} colour
 * @property {string} station      id of the station whose figures are open, or ""
 * @property {""|"left"|"right"} panel  what is chosen for a side
 * @property {"auto"|"light"|"dark"} theme
 *
 * @typedef {"left"|"right"} Hand
 * @typedef {"calendar"|"days"|"together"} TimeKind
 * @typedef {{cohort: string, from: string, to: string, align: string}} SideState
 */

/** @type {Readonly<CompareState>} */
export const defaults = Object.freeze({
  with: "", cohort: "", with_cohort: "", from: "", to: "", with_from: "", with_to: "", align: "", with_align: "", together: false,
  at: "", speed: 7, playing: false, loop: "", moving: "glide", colour: "visit", station: "", panel: "", theme: "auto",
});

const words = { moving: ["glide", "hop"], theme: ["auto", "light", "dark"], panel: ["left", "right"] };

/** The keys that decide from when time is counted, and those that are a step back in the browser's history. */
export const TIME = ["together", "align", "with_align", "from", "to", "with_from", "with_to"];
export const STEPS = [...TIME, "with", "cohort", "with_cohort", "station", "panel", "colour", "moving"];

/** @param {string} search @returns {CompareState} */
export const read = (search) => map.read(search, defaults, words);

/** @param {CompareState} state */
export const write = (state) => map.write(state, defaults);

/** @param {CompareState} state @returns {TimeKind} */
export const kindOf = ({ together, align, with_align }) => (together ? "together" : align || with_align ? "days" : "calendar");

/** What one side has of the state. @param {CompareState} state @param {Hand} hand @returns {SideState} */
export function sideOf(state, hand) {
  const { cohort, from, to, align } = state;
  return hand === "left" ? { cohort, from, to, align }
    : { cohort: state.with_cohort, from: state.with_from, to: state.with_to, align: state.with_align };
}

/** A change of one side as a change of the state. @param {Hand} hand @param {Partial<SideState>} patch @returns {Partial<CompareState>} */
export const patchOf = (hand, patch) => (hand === "left" ? patch
  : Object.fromEntries(Object.entries(patch).map(([key, value]) => [`with_${key}`, value])));

/** @typedef {{name: string, first: string, last: string, day0: string}} Known  of a side: its dataset, the days of its data (without those in which they only fill up), its day 0 */

/**
 * The question that the server answers about the two sides, without the left side's filter. What is not said of the
 * right side the server takes from the left, so all is said; and its `to` is the day after the last.
 * @param {CompareState} state @param {Known} left @param {Known} right @returns {Record<string, string>}
 */
export function question(state, left, right) {
  const days = kindOf(state) === "days";
  const after = (/** @type {string} */ day) => day && new Date(Date.parse(day) + 864e5).toISOString().slice(0, 10);
  const asked = {
    from: state.from, to: after(state.to), with: right.name === left.name ? "" : right.name,
    with_from: state.with_from || (state.from && right.first), with_to: after(state.with_to || (state.to && right.last)),
    align: days ? left.day0 : "", with_align: days ? right.day0 : "",
  };
  return { ...Object.fromEntries(Object.entries(asked).filter(([, value]) => value)), with_cohort: state.with_cohort };
}

/**
 * From the map to the compare page, as the map stands.
 * @param {string} page  the map's path @param {import("../state.js").State} state @param {Partial<CompareState>} patch
 */
function addressOf(page, { cohort, at, speed, moving, colour, theme, together }, patch) {
  const query = write({ ...defaults, cohort, at, speed, moving, colour, theme, together, ...patch });
  return `${page}/compare${query ? `?${query}` : ""}`;
}

/**
 * The map's journeys beside all; where the map shows all, what stands on the right is yet to be chosen.
 * @param {string} page @param {import("../state.js").State} state
 */
export const besideAll = (page, state) => addressOf(page, state, state.cohort ? {} : { panel: "right" });

/**
 * The map's journeys in a period, beside the same in as many days just before it.
 * @param {string} page @param {import("../state.js").State} state @param {{from: string, to: string}} period
 */
export function beforeAndDuring(page, state, { from, to }) {
  const before = timeBefore({ from, to });
  return addressOf(page, state, {
    together: false, at: "", with_cohort: state.cohort, from, to, align: from, with_from: before.from, with_to: before.to, with_align: before.from,
  });
}

/**
 * The map of one group, such as a team, beside that of all others.
 * @param {string} page @param {import("../state.js").State} state @param {string} key  of the facet @param {string} value  as a cohort spells it
 */
export function groupBesideOthers(page, state, key, value) {
  const [cohort, others] = [false, true].map((not) => writeCohort(readCohort(state.cohort).set(key, { not, values: [value] })));
  return addressOf(page, state, { cohort, with_cohort: others });
}

// What can be chosen for a question: a labelled field each, made from what the dataset has.

import { choices } from "../filters.js";
import { element } from "../element.js";
import { dayAfter, dayBefore } from "./say.js";

/**
 * @typedef {{key: string, label: string}} Choice
 * @typedef {import("./questions.js").Known} Known
 * @typedef {object} Option
 * @property {string} label
 * @property {(known: Known) => Choice[]} [choices]  a list to choose from
 * @property {"day" | "lastday" | "text" | "number"} [type]
 * @property {string} [first]  what choosing nothing is called
 * @property {string} [hint]
 * @property {[number, number]} [range]
 */

const list = (/** @type {[string, string][]} */ pairs) => () => pairs.map(([key, label]) => ({ key, label }));
const months = (/** @type {number[]} */ several) => () => several.map((n) => ({ key: String(n), label: `${n} months` }));
const stations = (/** @type {Known} */ { dataset }) =>
  dataset.stations.filter((place) => place.kind !== "exit").map(({ id, label }) => ({ key: id, label }));
const places = (/** @type {Known} */ { dataset }) => dataset.stations.map(({ id, label }) => ({ key: id, label }));
const facets = (/** @type {Known} */ { dataset }) =>
  dataset.facets.filter((facet) => choices(facet).length > 1).map(({ key, label }) => ({ key, label }));

/** @type {Record<string, Option>} */
export const OPTIONS = {
  from: { label: "First day", type: "day" },
  to: { label: "Last day", type: "lastday" },
  by: { label: "By", first: "All together", choices: facets },
  months: { label: "Within", choices: months([3, 6, 12, 18, 24, 36, 48, 60]) },
  lookback: { label: "Earlier referrals within", choices: months([12, 24, 36, 48, 60]) },
  station: { label: "Station", choices: stations },
  start: { label: "From", first: "Each station", choices: stations },
  stop: { label: "To", first: "Until left", choices: places },
  ends: { label: "Until it is", choices: list([["reached", "reached"], ["left", "left again"]]) },
  window: { label: "Within", choices: list([["31", "a month"], ["91", "3 months"], ["182", "6 months"], ["365", "a year"], ["730", "2 years"]]) },
  of: {
    label: "The share",
    choices: list([["nfa", "of decisions that are no further action"], ["rereferral", "re-referred"], ["conversion", "who go on from one station to another"],
      ["in_time", "in time"]]),
  },
  figure: { label: "Figure", choices: list([["arrivals", "Arrivals"], ["stock", "Number there"], ["duration", "Median days"], ["share", "Share that goes to"]]) },
  next: { label: "to", first: "No further action", choices: places },
  event: { label: "What happened", first: "Search for changes", choices: (known) => known.periods().map(({ id, label }) => ({ key: id, label })) },
  show: { label: "Show", choices: list([["ways", "Commonest ways"], ["sankey", "Sankey, step by step"], ["returning", "Referred again, never a plan"], ["groups", "Groups of similar lives"]]) },
  pattern: { label: "A way, such as contact > * > s47 > nfa", type: "text", hint: "contact > * > nfa" },
  stages: { label: "Between stations, such as referral,assessment,cp", type: "text", hint: "step by step" },
  compare: { label: "Beside another filter, such as team=North", type: "text", hint: "none" },
  scope: { label: "Of", choices: list([["journey", "a journey"], ["child", "a child's journeys"]]) },
  align: { label: "From", choices: list([["entry", "entry into care"], ["final_order", "final order"]]) },
  population: { label: "Children in the area, for rates", type: "number", range: [1, 100_000_000] },
  beside: { label: "Beside (authority or region)", type: "text", hint: "Kent" },
  bin: { label: "Time step", choices: list([["day", "Day"], ["week", "Week"], ["month", "Month"]]) },
};

/**
 * @param {string} key @param {string} value @param {Known} known @param {(patch: Record<string, string>) => void} onAsk
 * @param {Partial<Option>} [own] what is special in this question
 */
export function field(key, value, known, onAsk, own = {}) {
  const option = { ...OPTIONS[key], ...own };
  const several = option.choices && [...(option.first ? [{ key: "", label: option.first }] : []), ...option.choices(known)];
  const control = several ? selectOf(key, value, several, onAsk) : inputOf(key, value, option, known, onAsk);
  return element("label.field", {}, element("span", {}, option.label), control);
}

/** @param {string} key @param {string} value @param {Choice[]} several @param {(patch: Record<string, string>) => void} onAsk */
function selectOf(key, value, several, onAsk) {
  // A value that an address names and the list does not have is shown as it is: the answer is of it.
  const shown = value === "" || several.some((one) => one.key === value) ? several : [...several, { key: value, label: value }];
  return element("select", { "data-key": `ask/${key}`, onchange: (/** @type {Event} */ event) => onAsk({ [key]: /** @type {HTMLSelectElement} */ (event.target).value }) },
    ...shown.map((one) => element("option", { value: one.key, selected: one.key === value }, one.label)));
}

/** @param {string} key @param {string} value @param {Option} option @param {Known} known @param {(patch: Record<string, string>) => void} onAsk */
function inputOf(key, value, { type, hint, range }, { dataset }, onAsk) {
  const last = type === "lastday", days = type === "day" || last;
  const own = days ? { type: "date", min: dataset.first.slice(0, 10), max: dataset.last.slice(0, 10), value: value && last ? dayBefore(value) : value }
    : type === "number" ? { type: "number", min: range?.[0], max: range?.[1], value } : { type: "text", value, placeholder: hint, spellcheck: "false", autocomplete: "off" };
  return element("input", {
    ...own, "data-key": `ask/${key}`,
    onchange: (/** @type {Event} */ event) => {
      const input = /** @type {HTMLInputElement} */ (event.target);
      if (input.validity.valid) onAsk({ [key]: last && input.value ? dayAfter(input.value) : input.value.trim() });
      else input.reportValidity();
    },
  });
}

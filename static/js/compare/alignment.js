// One clock for two sides. The shared time is in seconds: since the left side's origin by the calendar, else since day 0.
// Each side's own time differs from it by a constant, so that everything else is addition. Pure.

import { DAY, fromISO, toISO } from "../clock.js";

/** @typedef {import("./state.js").TimeKind} TimeKind */

/**
 * @typedef {object} SideTime
 * @property {string} origin  ISO 8601: second 0 of the side's own time
 * @property {[number, number]} data  first and last second of its data, own time
 * @property {number} filled  own time from which the data are whole: before it they only fill up
 * @property {string} day0    the day that is day 0, ISO 8601; read only where time is counted from day 0
 * @property {string} from    first day compared, or "" = as far as the data go
 * @property {string} to      last day compared, or ""
 *
 * @typedef {object} Placed
 * @property {number} zero    own time at the shared second 0
 * @property {[number, number]} data    own time
 * @property {[number, number]} window  own time: what is compared of it
 * @property {number} opens   own time: where it begins to be worth watching
 *
 * @typedef {{kind: TimeKind, origin: string, span: [number, number], sides: [Placed, Placed]}} Alignment
 *   span: shared time, from the first second of either side to the last
 */

/** @param {TimeKind} kind @param {[SideTime, SideTime]} sides @returns {Alignment} */
export function align(kind, sides) {
  const [{ origin }] = sides;
  const placed = /** @type {[Placed, Placed]} */ (sides.map((side) => {
    if (kind === "together") return { zero: 0, data: side.data, window: side.data, opens: side.data[0] };
    const window = windowOf(side);
    const opens = side.filled > window[1] ? window[0] : Math.max(window[0], side.filled);
    return { zero: fromISO(side.origin, kind === "days" ? side.day0 : origin), data: side.data, window, opens };
  }));
  const shared = placed.map(({ zero, window: [first, last] }) => [first - zero, last - zero]);
  return { kind, origin, sides: placed, span: [Math.min(...shared.map(([first]) => first)), Math.max(...shared.map(([, last]) => last))] };
}

/** The days compared, as far as there are data for them; where there are none, the days as asked. @param {SideTime} side @returns {[number, number]} */
function windowOf({ origin, data, from, to }) {
  const first = from ? fromISO(origin, from) : data[0];
  const last = to ? fromISO(origin, to) + DAY - 1 : data[1];
  const cut = /** @type {[number, number]} */ ([Math.max(first, data[0]), Math.min(last, data[1])]);
  return cut[0] <= cut[1] ? cut : [first, Math.max(first, last)];
}

/** Where a shared second lies for a side. @typedef {"shown"|"before data"|"after data"|"before period"|"after period"} Standing */

/** @param {Placed} side @param {number} shared @returns {Standing} */
export function standing({ zero, data, window }, shared) {
  const t = shared + zero;
  if (t < data[0]) return "before data";
  if (t > data[1]) return "after data";
  return t < window[0] ? "before period" : t > window[1] ? "after period" : "shown";
}

/**
 * The shared clock as a side's own. @param {import("../clock.js").Clock} clock @param {number} zero
 * @returns {import("../clock.js").Clock}
 */
export const ownClock = (clock, zero) => ({
  ...clock, at: clock.at + zero, loop: clock.loop && /** @type {[number, number]} */ (clock.loop.map((t) => t + zero)),
});

/** Where a fresh page begins: the first second that both sides have whole, or, where there is none, the first of either. @param {Alignment} alignment */
export function beginning({ sides, span }) {
  const firsts = sides.map(({ zero, opens }) => opens - zero);
  const lasts = sides.map(({ zero, window }) => window[1] - zero);
  const first = Math.max(...firsts);
  return first <= Math.min(...lasts) ? first : span[0];
}

/**
 * The stretch of the same length just before a period. @param {{from: string, to: string}} period  days, both included
 * @returns {{from: string, to: string}}
 */
export function timeBefore({ from, to }) {
  const days = fromISO(from, to) / DAY + 1;
  const day = (/** @type {number} */ n) => toISO(from, n * DAY).slice(0, 10);
  return { from: day(-days), to: day(-1) };
}

/**
 * The day that is most likely meant as day 0: an announcement, else an inspection, else the first day of the data.
 * @param {{kind: string, from: string}[]} periods @param {string} first  ISO 8601
 */
export function likelyDay0(periods, first) {
  const of = (/** @type {string} */ kind) => periods.find((period) => period.kind === kind)?.from;
  return of("announcement") ?? of("inspection") ?? first.slice(0, 10);
}

// The differences as the server works them out: in sentences what stands beyond chance, and as a table every figure of both.

import { addresses, element } from "../element.js";
import { count } from "../words.js";
import { wayTo } from "./ways.js";

/**
 * @typedef {{figure: string, label: string, unit: string, left: number|null, left_of: number|null, right: number|null, right_of: number|null,
 *   difference: number|null, low: number|null, high: number|null, within_chance: boolean, told?: boolean, sentence: string, measure?: string|null,
 *   left_query?: string|null, right_query?: string|null}} Row
 * @typedef {{rows: Row[], told: string[], notes: string[], left_out: {what: string, why: string}[]}} Differences
 */

const oneDecimal = new Intl.NumberFormat("en-GB", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** A figure in its unit: a share as percent, days and rates to a tenth, counts whole. @param {number|null} value @param {string} unit */
export function say(value, unit) {
  if (value === null || value === undefined) return "–";
  if (unit === "share") return `${oneDecimal.format(100 * value)}%`;
  if (unit === "days") return `${oneDecimal.format(value)} days`;
  return Number.isInteger(value) ? count(value) : oneDecimal.format(value);
}

/** A difference with its sign; of shares in points. @param {number|null} value @param {string} unit */
export function saySigned(value, unit) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(unit === "share" ? 100 * value : value);
  const whole = ["journeys", "children"].includes(unit) && Number.isInteger(size);
  const written = whole ? count(size) : oneDecimal.format(size);
  return `${Number(written.replace(/,/g, "")) === 0 ? "" : value < 0 ? "−" : "+"}${written}${unit === "share" ? " points" : ""}`;
}

/** @param {Row} row */
export const interval = ({ low, high, unit }) => (low === null || high === null || low === undefined ? "–"
  : `${saySigned(low, unit).replace(" points", "")} to ${saySigned(high, unit).replace(" points", "")}`);

/** Whether the difference stands among all that were looked at; "alone": see the note below the table. @param {Row} row */
const chance = ({ within_chance, told }) => (told ? "yes" : within_chance ? "no" : "alone");

/** @param {Differences} found @param {string} address  of the same figures @param {[string, string]} datasets  of the two sides, by name @returns {Node[]} */
export function differencesTable(found, address, datasets) {
  const cell = (/** @type {number|null} */ value, /** @type {number|null} */ of, /** @type {string} */ unit, /** @type {string} */ way) =>
    element("td", {}, way && value !== null ? element("a", { href: way, title: "This figure on its side’s own map" }, say(value, unit)) : say(value, unit),
      of === null || of === undefined ? null : element("span.quiet", {}, ` of ${count(of)}`));
  const { told, notes, left_out } = found;
  return [
    told.length ? element("ul.told", {}, ...told.map((sentence) => element("li", {}, sentence)))
      : element("p", {}, "No figure differs by more than chance, given how many were looked at."),
    element("div.scroll", { tabindex: 0, role: "region", "aria-label": "All figures of both sides" }, element("table", {},
      element("thead", {}, element("tr", {}, ...["Figure", "Left", "Right", "Left less right", "95% interval", "Beyond chance"].map((title) => element("th", { scope: "col" }, title)))),
      element("tbody", {}, ...found.rows.map((row) => element(row.told ? "tr.beyond" : row.within_chance ? "tr.chance" : "tr", {},
        element("th", { scope: "row" }, row.label),
        cell(row.left, row.left_of, row.unit, wayTo(datasets[0], row, row.left_query)),
        cell(row.right, row.right_of, row.unit, wayTo(datasets[1], row, row.right_query)),
        element("td", {}, saySigned(row.difference, row.unit)), element("td", {}, interval(row)), element("td", {}, chance(row))))))),
    found.rows.some((row) => chance(row) === "alone") && element("p.aside", {}, "“Alone”: the interval leaves out 0, but among so many figures a few do by chance, or it only says how large the two sides are."),
    ...notes.map((note) => element("p.aside", {}, note)),
    ...(left_out.length ? [element("details", {}, element("summary", {}, "What is left out"),
      element("ul", {}, ...left_out.map(({ what, why }) => element("li", {}, `${what}: ${why}`))))] : []),
    addresses(address),
  ].filter((node) => node !== false);
}

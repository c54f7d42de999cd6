// One station on both sides, up to the shown instant of each: every figure is the server's.

import { element } from "../element.js";
import { count, percent, wait } from "../words.js";

/** @typedef {import("../stationpanel.js").StationFigures} StationFigures */

/** @type {[string, (figures: StationFigures) => string][]} */
const LINES = [
  ["Arrived", (figures) => count(figures.reached)],
  ["Moved on", (figures) => count(figures.left)],
  ["Here now", (figures) => count(figures.waiting)],
  ["Median stay", (figures) => wait(figures.median_wait_hours)],
  ["90th centile", (figures) => wait(figures.p90_wait_hours)],
  ["Past time, of those here", (figures) => (figures.overdue_share === null || figures.overdue_share === undefined ? "–" : percent(figures.overdue_share))],
];

/**
 * @param {(StationFigures|null)[]} sides  null: not on that map, or no data then @param {string[]} heads  who and when, of each side
 * @param {boolean} exit @returns {Node[]}
 */
export function stationPanel(sides, heads, exit) {
  return [
    element("table", {},
      element("thead", {}, element("tr", {}, element("td", {}), ...["Left", "Right"].map((hand) => element("th", { scope: "col" }, hand)))),
      element("tbody", {}, ...LINES.slice(0, exit ? 1 : undefined).map(([label, say]) => element("tr", {},
        element("th", { scope: "row" }, label), ...sides.map((figures) => element("td", {}, figures ? say(figures) : "–")))))),
    ...heads.map((head) => element("p.aside", {}, head)),
    element("p.aside", {}, "Stays are those that have ended by then; children still here are not in the median."),
  ];
}

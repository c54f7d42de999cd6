// Reading instead of watching: both sides' figures at each station at the shown instant, as one table.

import { element } from "../element.js";
import { count } from "../words.js";

/** @typedef {{dataset: any, shown: boolean, counts: ArrayLike<number>, through: ArrayLike<number>}} Figures */

/**
 * The stations of both sides by their names: the left side's in its order, then those of the right side alone.
 * @param {Figures[]} sides
 * @returns {{id: string, label: string, exit: boolean, figures: ({here: number, came: number}|null)[]}[]}  null: not on that map, or no data then
 */
export function stationRows(sides) {
  const places = new Map(sides.flatMap(({ dataset }) => dataset.stations).reverse().map((/** @type {any} */ place) => [place.id, place]));
  const order = [...new Set(sides.flatMap(({ dataset }) => dataset.stations.map((/** @type {any} */ place) => place.id)))];
  return order.map((id) => ({
    id, label: places.get(id).label, exit: places.get(id).kind === "exit",
    figures: sides.map(({ dataset, shown, counts, through }) => {
      const index = dataset.stations.findIndex((/** @type {any} */ place) => place.id === id);
      return shown && index >= 0 ? { here: counts[index], came: through[index] } : null;
    }),
  }));
}

/** @param {ReturnType<typeof stationRows>} rows @param {string} when @returns {Node} */
export function stationTable(rows, when) {
  const said = (/** @type {number|undefined} */ n) => (n === undefined ? "–" : count(n));
  return element("div.scroll", { tabindex: 0, role: "region", "aria-label": "The stations of both sides" }, element("table", {},
    element("caption", {}, `Journeys at each station ${when}, and how many had come there by then.`),
    element("thead", {}, element("tr", {}, ...["Station", "Left: here", "Right: here", "Left: came", "Right: came"].map((title) => element("th", { scope: "col" }, title)))),
    element("tbody", {}, ...rows.map(({ label, exit, figures: [left, right] }) => element("tr", {},
      element("th", { scope: "row" }, label),
      ...[exit ? undefined : left?.here, exit ? undefined : right?.here, left?.came, right?.came].map((n) => element("td", {}, said(n))))))));
}

// Reading instead of watching: the stations and the moves at the shown instant, as tables.

import { element, addresses } from "./element.js";
import { behind } from "./stationpanel.js";
import { count, percent, wait } from "./words.js";

/**
 * @param {import("./stationpanel.js").StationFigures[]} stations
 * @param {{from: string, to: string, from_label: string, to_label: string, count: number, same_day: number, median_hours: number|null, p90_hours: number|null}[]} moves
 * @param {{when: string, sentence: string, stationsAddress: string, movesAddress: string, onStation: (id: string) => void,
 *   onCount: (row: import("./stationpanel.js").StationFigures, count: string) => void, onMoves: (row: any, count: string) => void}} how
 * @returns {Node[]}
 */
export function tablePanel(stations, moves, how) {
  const head = (/** @type {string[]} */ titles) => element("thead", {}, element("tr", {}, ...titles.map((title) => element("th", { scope: "col" }, title))));
  const cells = (/** @type {(Node|string|number)[]} */ values) => values.map((value) => element("td", {}, value));
  const titles = { reached: "arrived", left: "moved on", waiting: "here now", count: "moves", same_day: "same day" };
  /** A number that leads to its journeys. @param {any} row @param {string} name */
  const number = (row, name) => behind(`row/${row.id}/${name}`, count(row[name]), `${row.label}, ${titles[/** @type {"left"} */ (name)]}: ${count(row[name])}`, () => how.onCount(row, name));
  const move = (/** @type {any} */ row, /** @type {string} */ name) => behind(`move/${row.from}/${row.to}/${name}`, count(row[name]),
    `${row.from_label} to ${row.to_label}, ${titles[/** @type {"left"} */ (name)]}: ${count(row[name])}`, () => how.onMoves(row, name));
  return [
    element("p.aside", {}, how.sentence),
    element("table", { id: "table" },
      element("caption", {}, `Stations, up to ${how.when}. Stays are those that have ended; past time is of those here now.`),
      head(["Station", "Arrived", "Moved on", "Here now", "Median stay", "90th centile", "Past time"]),
      element("tbody", {}, ...stations.map((row) => element("tr", {},
        element("th", { scope: "row" }, element("button.link", { type: "button", "data-key": `row/${row.id}`, onclick: () => how.onStation(row.id) }, row.label)),
        ...cells([...["reached", "left", "waiting"].map((name) => number(row, name)), wait(row.median_wait_hours), wait(row.p90_wait_hours),
          row.overdue_share === null || row.overdue_share === undefined ? "–" : !row.overdue ? percent(row.overdue_share) : behind(`row/${row.id}/overdue`, percent(row.overdue_share), `${row.label}, past time: ${percent(row.overdue_share)}`, () => how.onCount(row, "overdue"))]))))),
    addresses(how.stationsAddress),
    element("h3", {}, "Moves"),
    element("table", {},
      element("caption", {}, "Every move of these journeys in the whole of the data, commonest first."),
      head(["From", "To", "Moves", "Same day", "Median", "90th centile"]),
      element("tbody", {}, ...moves.map((row) => element("tr", {},
        element("th", { scope: "row" }, row.from_label), ...cells([row.to_label, move(row, "count"), move(row, "same_day"), wait(row.median_hours), wait(row.p90_hours)]))))),
    addresses(how.movesAddress),
  ];
}

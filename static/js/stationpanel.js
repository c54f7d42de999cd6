// One station: who came, who left, who waits and how long; where from and where to. Every figure is the server's.

import { area, line } from "d3-shape";
import { scaleLinear } from "d3-scale";
import { element, bar, addresses } from "./element.js";
import { count, percent, wait } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {{id: string, label: string, count: number}} Neighbour
 * @typedef {object} StationFigures
 * @property {string} id @property {string} label @property {number} reached @property {number} left @property {number} waiting
 * @property {number|null} median_wait_hours @property {number|null} p90_wait_hours @property {number|null} overdue @property {number|null} overdue_share
 * @property {Neighbour[]} came_from @property {Neighbour[]} went_to
 * @property {{start: string, in: number, out: number, waiting: number}[]} weekly
 */

/** @param {string} value @param {string} label @param {(() => void) | null} [onClick]  where there are journeys behind it */
const figure = (value, label, onClick = null) => element("div", {}, element("b", {}, onClick ? behind(`figure/${label}`, value, `${value} ${label}`, onClick) : value), element("span", {}, label));

/** A number that leads to the journeys behind it; none leads nowhere. @param {string} key @param {string} text @param {string} label @param {() => void} onClick */
export const behind = (key, text, label, onClick) => text === "0" ? text :
  element("button.link.behind-it", { type: "button", "data-key": key, title: "The journeys behind it", "aria-label": `${label}: the journeys behind it`, onclick: onClick }, text);

/**
 * @param {StationFigures} figures
 * @param {{when: string, sentence: string, at: string, address: string, timescale: {label: string, limit: string, source: string} | null, isExit: boolean, onStation: (id: string) => void,
 *   onCount: (count: string) => void, onWay: (from: {id: string, label: string}, to: {id: string, label: string}) => void}} how
 * @returns {Node[]}
 */
export function stationPanel(figures, how) {
  const { timescale } = how;
  return [
    element("p.aside", {}, `${how.sentence}, up to ${how.when}`),
    how.isExit ? element("div.figures", {}, figure(count(figures.reached), "left here so far", () => how.onCount("reached")))
      : element("div.figures", {},
        figure(count(figures.reached), "arrived", () => how.onCount("reached")), figure(count(figures.left), "moved on", () => how.onCount("left")),
        figure(count(figures.waiting), "here now", () => how.onCount("waiting")),
        figure(wait(figures.median_wait_hours), "median stay"), figure(wait(figures.p90_wait_hours), "90th centile"),
        timescale ? figure(percent(figures.overdue_share ?? 0), "of those here past time", figures.overdue ? () => how.onCount("overdue") : null) : null),
    timescale ? element("p.aside", {}, `${timescale.label}: ${timescale.limit}. Source: ${timescale.source}.`) : null,
    how.isExit ? null : element("p.aside", {}, "Stays are those that have ended by then; children still here are not in the median."),
    figures.weekly.length > 1 ? spark(figures.weekly, how.at) : null,
    ...flows("Came from", figures.came_from, how.onStation, (other) => how.onWay(other, figures)),
    ...flows("Went on to", figures.went_to, how.onStation, (other) => how.onWay(figures, other)),
    addresses(how.address),
  ].filter((node) => node !== null);
}

/** @param {string} title @param {Neighbour[]} neighbours @param {(id: string) => void} onStation @param {(other: Neighbour) => void} onWay */
function flows(title, neighbours, onStation, onWay) {
  const all = neighbours.reduce((sum, { count: n }) => sum + n, 0);
  if (!all) return [];
  return [element("h3", {}, title), element("ul.flows", {}, ...neighbours.map((other) => {
    const { id, label, count: n } = other;
    return element("li", {},
    element("button.link", { type: "button", "data-key": `${title}/${id}`, onclick: () => onStation(id) }, label),
    element("span", {}, behind(`moves/${title}/${id}`, count(n), `${title} ${label}, ${count(n)}`, () => onWay(other)), ` · ${percent(n / all)}`), bar(n / all));
  }))];
}

/** Children here, week by week. @param {StationFigures["weekly"]} weekly @param {string} at */
function spark(weekly, at) {
  const high = Math.max(1, ...weekly.map((week) => week.waiting));
  const x = scaleLinear([0, weekly.length - 1], [1, 327]);
  const y = scaleLinear([0, high], [52, 4]);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 328 56");
  svg.setAttribute("class", "spark");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `Here at the start of each week: at most ${count(high)}`);
  const path = (/** @type {string} */ kind, /** @type {string | null} */ d) => {
    const node = document.createElementNS(SVG, "path");
    node.setAttribute("class", kind);
    node.setAttribute("d", d ?? "");
    svg.append(node);
  };
  const weeks = /** @type {any} */ (weekly);
  path("waiting-area", area().x((_, i) => x(i)).y0(52).y1((/** @type {any} */ week) => y(week.waiting))(weeks));
  path("curve", line().x((_, i) => x(i)).y((/** @type {any} */ week) => y(week.waiting))(weeks));
  const now = weekly.filter((week) => week.start <= at).length - 1;
  if (now >= 0) path("now", `M${x(now)},2V52`);
  return element("figure", {}, svg, element("figcaption.aside", {}, `Here at the start of each week; at most ${count(high)}`));
}

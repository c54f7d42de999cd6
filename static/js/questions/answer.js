// An answer on the page: the sentence, then each chart with its table, downloads and the definition.

import { chartOf } from "../charts/charts.js";
import { reach } from "../charts/reach.js";
import { drawn } from "../charts/tree.js";
import { element, formats } from "../element.js";
import { strong } from "../findingspanel.js";
import { definitionLine, definitionOf, sourceLine } from "./definition.js";
import { savePng, saveSvg } from "./download.js";
import { field } from "./options.js";
import { capital, dayAfter, period } from "./say.js";

/**
 * @typedef {object} Asking
 * @property {import("./questions.js").Question} question
 * @property {import("./questions.js").Known} known
 * @property {Record<string, string>} ask
 * @property {string} cohort     in words
 * @property {string} address    of the answer
 * @property {string} file       how downloads are named, without ending
 * @property {(patch: Record<string, string>) => void} onAsk
 * @property {() => void} onList
 * @property {(row: string, count: string) => void} onJourneys
 * @property {(child: number) => void} onChild
 */

/** @param {Asking} asking */
const listLink = ({ onList }) => element("p.back", {}, element("button.link", { type: "button", "data-key": "questions/list", onclick: onList }, "All questions"));

/** @param {Asking} asking @param {{from: string, to: string}} [within] the period that the answer is of, where none was chosen */
export function optionsOf({ question, known, ask, onAsk }, within = { from: "", to: "" }) {
  const options = typeof question.options === "function" ? question.options(ask) : question.options;
  const fields = options.map((one) => {
    const [key, own] = typeof one === "string" ? [one, {}] : one;
    return field(key, ask[key] ?? /** @type {Record<string, string>} */ (within)[key] ?? "", known, onAsk, own);
  });
  return fields.length ? element("div.asking", { role: "group", "aria-label": "How it is asked" }, ...fields) : null;
}

/** While the answer is awaited, or where it is refused. @param {Asking} asking @param {Node} instead @returns {Node[]} */
export const unanswered = (asking, instead) => [listLink(asking), optionsOf(asking), instead].filter((node) => node !== null);

/** @param {Asking} asking @param {any} answer @returns {Node[]} */
export function answerNodes(asking, answer) {
  const { question, known, ask, cohort } = asking;
  const view = question.view(answer, { ask, known }), { sentence, parts, notes = [] } = view;
  const { dataset } = known;
  const within = view.period ?? { from: ask.from ?? dataset.first.slice(0, 10), to: ask.to ?? dayAfter(dataset.last.slice(0, 10)) };
  const of = `${capital(cohort)}, ${period(within)} · ${dataset.title}`;
  const definition = definitionOf(question.measure);
  const words = { cohort: of, sentence, definition: definitionLine(question.measure), source: sourceLine(question.measure) };
  return [
    listLink(asking),
    element("p.aside.of", {}, of),
    element("p.answer", {}, ...strong(sentence)),
    optionsOf(asking, within),
    ...parts.map((part) => partNode(asking, part, { title: part.title, ...words })),
    notes.length ? element("ul.aside.left-out", {}, ...notes.map((note) => element("li", {}, note))) : null,
    definition ? element("details.definition", {}, summary("definition", "Definition"), definition,
      element("p.aside", {}, element("a", { href: `${location.pathname}/definitions`, target: "_blank", rel: "noopener" }, "What every figure means"))) : null,
    element("p.aside.figures-at", {}, "The figures: ", ...formats(asking.address), " · for sharing, small numbers hidden: ",
      ...formats(`${asking.address}${asking.address.includes("?") ? "&" : "?"}disclose=1`)),
  ].filter((node) => node !== null);
}

/** A table of its own, without a chart, is folded away where it has more rows than this. */
const ALWAYS_SHOWN = 12;

/** @param {string} key @param {string} label */
const summary = (key, label) => element("summary", { "data-key": key }, label);

/** @param {Asking} asking @param {import("./questions.js").Part} part @param {import("./download.js").Words} words */
function partNode(asking, part, words) {
  const { chart, table, title, instead } = part;
  const name = `${asking.file}-${title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60)}`;
  return element("section.part", { "aria-label": title },
    element("h3", {}, title),
    chart ? figureOf(asking, chart, words, name) : instead ? element("p.aside", {}, instead) : null,
    !table?.rows.length ? null : chart || instead || table.rows.length > ALWAYS_SHOWN ? element("details.as-table", {}, summary(`table/${title}`, chart ? "The same as a table" : "As a table"), tableNode(asking, title, table))
      : tableNode(asking, title, table));
}

/** @param {Asking} asking @param {import("../charts/charts.js").Chart} chart @param {import("./download.js").Words} words @param {string} name */
function figureOf({ onJourneys }, chart, words, name) {
  const unread = "Point at the chart, or move in it with Tab and the arrow keys, to read a value.";
  const readout = element("p.readout.aside", { "aria-hidden": "true" }, unread);
  const canvas = element("div.canvas");
  const svg = () => /** @type {SVGSVGElement} */ (canvas.firstElementChild);
  const problem = element("span.problem", { role: "alert" });
  /** Drawn once its room is known: letters are to be of one size, whatever the width. */
  const draw = () => {
    canvas.replaceChildren(drawn(chartOf(chart, Math.max(280, canvas.clientWidth))));
    reach(svg(), { onRead: (said) => { readout.textContent = said; }, onJourneys });
  };
  const figure = element("figure.answer-chart", {}, canvas, readout,
    element("figcaption.aside", {}, "Chart: ",
      element("button.link", { type: "button", "data-key": `svg/${name}`, onclick: () => saveSvg(svg(), words, name) }, "SVG"), " · ",
      element("button.link", { type: "button", "data-key": `png/${name}`, onclick: () => savePng(svg(), words, name).catch((error) => { problem.textContent = error.message; }) }, "PNG"), problem));
  figure.addEventListener("shown", draw);
  return figure;
}

/** Charts are drawn when they stand in the page. @param {HTMLElement} root */
export function drawCharts(root) {
  for (const figure of root.querySelectorAll(".answer-chart")) figure.dispatchEvent(new Event("shown"));
}

/** @param {Asking} asking @param {string} title @param {import("./questions.js").Table} table */
function tableNode({ onJourneys, onChild }, title, { caption, columns, rows }) {
  const shown = (/** @type {import("./questions.js").Cell | string | number} */ cell) => {
    if (typeof cell !== "object") return cell;
    const { row, count, href, child } = cell;
    if (href) return element("a", { href }, cell.text);
    if (child !== undefined) return element("button.link", { type: "button", title: "This child’s journeys", onclick: () => onChild(child) }, cell.text);
    if (row === undefined || count === undefined) return cell.text;
    return element("button.link", { type: "button", title: "The journeys counted here", onclick: () => onJourneys(row, count) }, cell.text);
  };
  return element("div.scroll", { tabindex: 0, role: "region", "aria-label": `${title}: table` },
    element("table", {}, element("caption", {}, caption),
      element("thead", {}, element("tr", {}, ...columns.map((column) => element("th", { scope: "col" }, column)))),
      element("tbody", {}, ...rows.map(([first, ...rest]) => element("tr", {}, element("th", { scope: "row" }, shown(first)), ...rest.map((cell) => element("td", {}, shown(cell))))))));
}

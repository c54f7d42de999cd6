// Findings: sentences that are true of the journeys beyond chance, each a click from its map view and its figures.
// What is announced and what is not, the server decides (flowmap/measures/findings.py).

import { element, addresses, formats } from "./element.js";
import { count } from "./words.js";

/**
 * @typedef {{label: string, count: number|null, row: string|null, column: string}} Figure  `row` where its journeys can be listed
 *
 * @typedef {object} Finding
 * @property {string} key @property {string} sentence @property {string} measure @property {string} query
 * @property {Figure[]} figures
 * @property {{cohort: string, at: string, loop: {from: string, to: string} | null, colour: string, stations: string[]}} map
 *
 * @typedef {object} Findings
 * @property {string} journeys  those that are told of, in words
 * @property {Finding[]} findings
 * @property {{question: string, found: number | null}[]} questions
 * @property {string[]} notes
 */

/** What the page shows for a finding: its journeys, its time, its colours. @param {Finding} finding */
export function viewOf({ map }) {
  const minute = (/** @type {string} */ iso) => iso.slice(0, 16);
  return {
    cohort: map.cohort, at: minute(map.at), loop: map.loop ? `${minute(map.loop.from)}/${minute(map.loop.to)}` : "",
    colour: map.colour, together: false, station: "", child: "",
  };
}

/**
 * @param {Findings} answer
 * @param {{shown: string, address: string, label: (id: string) => string, figure: (finding: Finding) => string,
 *   onShow: (finding: Finding) => void, onFigure: (finding: Finding, figure: Figure) => void, onChart: (finding: Finding) => (() => void) | null,
 *   onStation: (id: string) => void}} how
 * @returns {Node[]}
 */
export function findingsPanel({ journeys, findings, questions, notes }, how) {
  const silent = questions.filter(({ found }) => found === 0);
  return [
    element("p.aside", {}, `Of ${journeys}. Only what is beyond chance, and rests on a hundred or more, is said.`),
    findings.length ? element("ol.findings", {}, ...findings.map((finding) => item(finding, how)))
      : element("p", {}, "Nothing stands out beyond chance."),
    silent.length ? element("details", {}, element("summary", {}, "Asked, and within chance or resting on too little"),
      element("ul", {}, ...silent.map(({ question }) => element("li", {}, question)))) : null,
    notes.length ? element("details", {}, element("summary", {}, "Could not be asked here"),
      element("ul", {}, ...notes.map((note) => element("li", {}, note)))) : null,
    addresses(how.address),
  ].filter((node) => node !== null);
}

/** @param {Finding} finding @param {Parameters<typeof findingsPanel>[1]} how */
function item(finding, { shown, label, figure, onShow, onFigure, onChart, onStation }) {
  const listed = finding.figures.filter(({ row, count: n }) => row !== null && n !== null);
  const on = shown === finding.key, chart = onChart(finding);
  return element("li", { "aria-current": on && "true" },
    element("p", {}, ...strong(finding.sentence)),
    element("div.actions", {},
      element("button.button", { type: "button", "data-key": `show/${finding.key}`, "aria-pressed": String(on), onclick: () => onShow(finding) }, "Show on the map"),
      chart && element("button.button", { type: "button", "data-key": `chart/${finding.key}`, onclick: chart }, "See the chart"),
      element("span.aside", {}, "Figures: ", ...formats(figure(finding)))),
    listed.length ? element("p.aside", {}, "Behind it: ", ...listed.flatMap((one, i) => [i ? "; " : "",
      element("button.link", { type: "button", "data-key": `behind/${finding.key}/${i}`, title: "These journeys, on the map and as a list", onclick: () => onFigure(finding, one) }, `${count(one.count ?? 0)} ${one.label}`)])) : null,
    element("p.aside", {}, "At ", ...finding.map.stations.flatMap((id, i) => [i ? ", " : "",
      element("button.link", { type: "button", "data-key": `station/${finding.key}/${id}`, onclick: () => onStation(id) }, label(id))])));
}

/** The shares of a sentence stand out, those in brackets (numbers and intervals) do not. @param {string} sentence */
export function strong(sentence) {
  return sentence.split(/(\([^)]*\))/).flatMap((part) =>
    part.startsWith("(") ? [part] : part.split(/(\d+(?:\.\d+)?(?:%| percentage points))/).map((piece, i) => (i % 2 ? element("strong", {}, piece) : piece)));
}

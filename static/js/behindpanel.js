// The list of what a figure counts: a line each, under pseudonyms; and the command that turns them into case numbers.

import { PAGE } from "./behind.js";
import { element } from "./element.js";
import { count } from "./words.js";

/**
 * @param {import("./behind.js").Behind} found  a page of the list
 * @param {{journeys: number, csv: string, command: string, say: (iso: string) => string, copy: () => void,
 *   onChild: (child: number) => void, onPage: (offset: number) => void, onAll: () => void}} how
 * @returns {Node[]}
 */
export function behindPanel(found, how) {
  const timed = found.lines.some(({ at }) => at !== undefined);
  return [
    element("p", {}, found.sentence),
    element("p.aside", {}, `${told(found, how.journeys)} The map shows these journeys alone.`),
    element("div.actions", {}, element("button.button", { type: "button", "data-key": "all", onclick: how.onAll }, "Show all journeys again")),
    found.lines.length ? table(found, timed, how) : element("p", {}, "There is none."),
    pager(found, how.onPage),
    element("p.aside", {}, "All lines: ", element("a", { href: how.csv, download: true }, "CSV")),
    element("h3", {}, "Case numbers"),
    element("p.aside", {}, "Only the key turns pseudonyms into case numbers. It lies beside the dataset’s folder and never goes through this page: its owner runs this command there."),
    element("pre.command", { tabindex: "0", "aria-label": "Command" }, element("code", {}, how.command)),
    element("div.actions", {}, element("button.button", { type: "button", "data-key": "copy", onclick: how.copy }, "Copy the command")),
  ].filter((node) => node !== null);
}

/** How many there are, and of how many journeys. @param {import("./behind.js").Behind} found @param {number} journeys */
function told({ total, unit }, journeys) {
  const of = unit === "journeys" || total === journeys ? "" : `, of ${count(journeys)} ${journeys === 1 ? "journey" : "journeys"}`;
  return `${count(total)} ${total === 1 ? singular(unit) : unit}${of}, oldest first.`;
}

/**
 * How many of what, in one phrase: “31 decisions at Referral that …”.
 * @param {{total: number, unit: string, sentence: string}} found
 */
export function phrase({ total, unit, sentence }) {
  const many = `${count(total)} ${total === 1 ? singular(unit) : unit}`;
  return sentence.toLowerCase().startsWith(unit) ? many + sentence.slice(unit.length) : `${many}: ${sentence}`;
}

/** @param {string} unit  a plural */
const singular = (unit) => ({ children: "child", "periods of care": "period of care" })[unit] ?? unit.replace(/s$/, "");

/** @param {import("./behind.js").Behind} found @param {boolean} timed @param {Parameters<typeof behindPanel>[1]} how */
function table({ lines, offset }, timed, { say, onChild }) {
  const head = ["Child", timed ? "Counted on" : "Began", "Journey"];
  return element("table.behind", {},
    element("caption", {}, "Each opens the child’s journeys."),
    element("thead", {}, element("tr", {}, ...head.map((title) => element("th", { scope: "col" }, title)))),
    element("tbody", {}, ...lines.map((line, i) => element("tr", {},
      element("th", { scope: "row" }, element("button.link", { type: "button", "data-key": `line/${offset + i}`, onclick: () => onChild(line.child) }, line.pseudonym)),
      element("td", {}, say(line.at ?? line.start)),
      element("td", {}, line.first === line.outcome ? line.first : `${line.first} → ${line.outcome}`, line.visit ? `, visit ${line.visit + 1}` : "")))));
}

/** @param {import("./behind.js").Behind} found @param {(offset: number) => void} onPage */
function pager({ offset, next, lines, total }, onPage) {
  if (next === null && !offset) return null;
  const button = (/** @type {string} */ key, /** @type {string} */ label, /** @type {number|null} */ to) =>
    element("button.button", { type: "button", "data-key": key, disabled: to === null, onclick: () => to !== null && onPage(to) }, label);
  return element("div.actions.pager", { role: "group", "aria-label": "Pages of the list" },
    button("previous", "Previous", offset ? Math.max(0, offset - PAGE) : null),
    element("span.aside", {}, `${count(offset + 1)} to ${count(offset + lines.length)} of ${count(total)}`),
    button("next", "Next", next));
}

// What reading found, and what a build made: rows, problems, and the way to the map.

import { element } from "../element.js";
import { counted, rowsInWords } from "./words.js";

const UNKNOWN = "not-in-this-format";
const FEW = 3;
const DONE = { dropped: "dropped", repaired: "repaired", kept: "kept as it is", note: "" };

/** Problems in words, the worst first. @param {any[]} problems @param {boolean} open */
export function problemList(problems, open) {
  const order = ["dropped", "repaired", "kept", "note"];
  const sorted = problems.filter((each) => each.rule !== UNKNOWN).sort((one, other) => order.indexOf(one.action) - order.indexOf(other.action));
  if (!sorted.length) return element("p.small", {}, "Nothing was wrong with the files.");
  return element("details", { open },
    element("summary", {}, `What was noticed (${counted(sorted.length, "thing")})`),
    element("ul.noticed", {}, ...sorted.slice(0, 100).map((each) => element("li", {},
      each.message,
      element("span.small", {}, ` ${counted(each.count, "time")}${DONE[/** @type {keyof typeof DONE} */ (each.action)] ? `, ${DONE[/** @type {keyof typeof DONE} */ (each.action)]}` : ""}.`),
      each.remedy ? element("span.small", {}, ` ${each.remedy}`) : null))));
}

/** What the formats cannot know: said before anybody misses it on the map. @param {any[]} problems */
function cannotShow(problems) {
  const said = problems.filter((each) => each.rule === UNKNOWN);
  if (!said.length) return null;
  return element("details", { open: said.length <= FEW },
    element("summary", {}, `What these files cannot show (${counted(said.length, "thing")})`),
    element("ul.noticed", {}, ...said.map((each) => element("li", {}, each.message))));
}

/** @param {any} found  what reading found */
export function foundSummary(found) {
  const unknown = new Set(found.problems.filter((/** @type {any} */ each) => each.rule === UNKNOWN).map((/** @type {any} */ each) => each.message));
  const understood = (/** @type {string} */ line) => !unknown.has(line);
  return element("div.found", {},
    element("p", {}, element("strong", {}, `${counted(found.children, "child", "children")}, ${counted(found.kinds, "kind")} of event.`), ` ${rowsInWords(found.rows, found.problems)}`),
    cannotShow(found.problems),
    problemList(found.problems, false),
    element("details", {},
      element("summary", {}, "How the files were understood"),
      element("ul.noticed", {}, ...found.recognised.filter(understood).map((/** @type {string} */ line) => element("li", {}, line)))));
}

/** @param {any} built  the result of a build @param {() => void} again */
export function builtSummary(built, again) {
  const { counts } = built;
  const address = `/d/${encodeURIComponent(built.name)}`;
  return element("section.built", { "aria-labelledby": "built-title" },
    element("h3", { id: "built-title", tabindex: -1 }, `“${built.title}” is built`),
    element("p", {}, `${counted(counts.children, "child", "children")}, ${counted(counts.journeys, "journey")}, ${counted(counts.transitions, "move")} on the map “${built.map.title}”. ${rowsInWords(built.rows, built.problems)}`),
    element("p.actions", {},
      element("a.button.primary", { href: address }, "Open the map"),
      element("a.button", { href: `${address}/quality` }, "Quality report"),
      element("button.button", { type: "button", onclick: again }, "Bring in more files")),
    built.undecided && element("p", {}, `${counted(built.undecided.rows, "row")} of care proceedings could be one child or another: fill in the column “decision” of `, element("code", {}, built.undecided.path), " (a child’s id, or none), and build it again."),
    built.files.length > 0 && fileRows(built.files),
    problemList(built.problems, built.problems.some((/** @type {any} */ each) => each.action === "dropped")),
    element("p.small", {}, "The copies of the files that were made for the build have been deleted."));
}

/** A file's name that may go on in the next line after a mark between words. @param {string} name */
const breakable = (name) => name.split(/(?<=[/_.-])/).flatMap((part, i) => (i ? [element("wbr"), part] : [part]));

/** @param {any[]} files */
function fileRows(files) {
  const heads = ["File", "Rows read", "Kept", "Repaired", "Dropped"];
  return element("div.scroll", { tabindex: 0, role: "region", "aria-label": "Rows of each file" },
    element("table.rows", {},
      element("thead", {}, element("tr", {}, ...heads.map((head, i) => element(i ? "th.number" : "th", { scope: "col" }, head)))),
      element("tbody", {}, ...files.map((file) => element("tr", {},
        element("th", { scope: "row" }, ...breakable(file.file)),
        ...["read", "kept", "repaired", "dropped"].map((key, i) => element("td.number", { "data-label": heads[i + 1] }, file[key].toLocaleString("en-GB"))))))));
}

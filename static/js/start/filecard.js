// One file: what it was recognised as and why, its first rows, which column is what, and what is wrong with it.

import { element } from "../element.js";
import { counted, sizeInWords, whereOf } from "./words.js";

/** @typedef {import("./words.js").Problem} Problem */
/** @typedef {import("./server.js").Seen} Seen */
/**
 * A file on the page. `stored` is what the server says of it, once it is there.
 * @typedef {{key: string, name: string, size: number, share: number, stored: import("./server.js").File_|null, problem: Problem|null,
 *   rows: any, abort: AbortController|null}} Entry
 */
/** @typedef {{remove: (entry: Entry) => void, choose: (entry: Entry, options: Record<string, any>) => void}} Doings */

const COLUMNS = [["case", "The child"], ["event", "What happened"], ["time", "When"], ["end", "When it ended"]];

/** @param {Entry} entry @param {Doings} doings @param {boolean} open  whether its first rows are shown at once */
export function fileCard(entry, doings, open) {
  const seen = entry.stored?.seen ?? null;
  const wrong = entry.problem;
  const card = element(`li.file${wrong ? ".wrong" : ""}`, { "data-file": entry.name },
    element("div.file-head", {},
      element("div", {},
        element("h3", {}, entry.name, " ", element("span.small", {}, sizeInWords(entry.size))),
        element("p", {}, ...whatItIs(entry, seen))),
      element("button.quiet-button", { type: "button", "data-key": `remove-${entry.key}`, "aria-label": `Remove ${entry.name}`, onclick: () => doings.remove(entry) }, "Remove")),
    wrong && problemBox(wrong, `problem-${entry.key}`),
    seen && (seen.plain ? seen.columns.length > 0 : asksDates(entry)) && columnFields(entry, seen, doings),
    entry.rows && element("p.small", {}, rowsOf(entry.rows)),
    seen?.preview && previewOf(seen.preview, entry.name, open, entry.key));
  return card;
}

/** @param {Entry} entry @param {Seen|null} seen */
function whatItIs(entry, seen) {
  if (entry.problem && !seen?.label) return [element("strong", {}, entry.stored ? "Not recognised." : "Not brought in.")];
  if (!entry.stored) {
    if (!entry.abort) return ["Waiting"];
    return [entry.share < 1 ? `On its way: ${Math.round(entry.share * 100)}%` : "Being looked at…"];
  }
  return [element("strong", {}, seen?.label ?? ""), seen?.why ? element("span.quiet", {}, ` ${seen.why}`) : ""];
}

/** @param {Problem} problem @param {string} [id] */
export function problemBox(problem, id) {
  return element("p.problem", { id }, element("strong", {}, whereOf(problem), problem.message), problem.remedy ? ` ${problem.remedy}` : "");
}

/** @param {any} rows */
function rowsOf(rows) {
  const parts = [`${counted(rows.read, "row")} read`, `${rows.kept.toLocaleString("en-GB")} kept`];
  if (rows.repaired) parts.push(`${rows.repaired.toLocaleString("en-GB")} repaired`);
  return `${parts.join(", ")}, ${rows.dropped.toLocaleString("en-GB")} dropped.`;
}

/** Whether a file whose columns are known by its format leaves open how its dates are written. @param {Entry} entry */
const asksDates = (entry) => (entry.problem?.questions ?? []).includes("dayfirst") || "dayfirst" in (entry.stored?.options ?? {});

/** @param {Entry} entry @param {Seen} seen @param {Doings} doings */
function columnFields(entry, seen, doings) {
  const given = entry.stored?.options ?? {};
  const chosen = Object.keys(given).length > 0;
  const asked = new Set(entry.problem?.questions ?? []);
  const value = (/** @type {string} */ key) => (chosen && key in given ? given[key] : chosen && key === "end" ? "" : seen.guess[key] ?? "");
  /** @type {Record<string, any>} */
  const fields = {};
  const change = () => {
    /** @type {Record<string, any>} */
    const options = {};
    for (const [key, input] of Object.entries(fields)) if (input.value !== "") options[key] = key === "dayfirst" ? input.value === "true" : input.value;
    doings.choose(entry, options);
  };
  const field = (/** @type {string} */ key, /** @type {string} */ label, /** @type {any} */ input) => {
    fields[key] = input;
    input.addEventListener("change", change);
    input.setAttribute("data-key", `${key}-${entry.key}`);
    if (asked.has(key)) {
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", `problem-${entry.key}`);
    }
    return element("label.field", {}, element("span", {}, label), input);
  };
  const select = (/** @type {[string, string][]} */ options, /** @type {string} */ now) =>
    element("select", {}, ...options.map(([key, label]) => element("option", { value: key, selected: key === now }, label)));
  const names = /** @type {[string, string][]} */ (seen.columns.map((name) => [name, name]));
  const first = given.dayfirst;
  return element("fieldset.columns", {},
    element("legend", {}, seen.plain ? "Which column is what" : "How it is written"),
    ...(seen.plain ? COLUMNS : []).map(([key, label]) => field(key, label, select([["", key === "end" ? "none" : "choose…"], ...names], value(key)))),
    field("dayfirst", "Dates such as 03/04/2025", select([["", seen.guess.dayfirst === true ? "day first (as the file shows)" : seen.guess.dayfirst === false ? "month first (as the file shows)" : "as the file shows"], ["true", "day first: 3 April"], ["false", "month first: March 4"]], first === undefined ? "" : String(first))),
    field("timezone", "Time zone, if none is written", element("input", { type: "text", value: given.timezone ?? "", placeholder: "as written", autocomplete: "off", spellcheck: "false" })),
    seen.plain && value("end") && field("times", "A station is reached when the event", select([["start", "starts"], ["end", "ends"]], given.times ?? "start")));
}

/** @param {any} preview @param {string} name @param {boolean} open @param {string} key */
function previewOf(preview, name, open, key) {
  const details = (/** @type {string} */ summary, /** @type {any[]} */ ...inside) => element("details.preview", { open }, element("summary", { "data-key": `preview-${key}` }, summary), ...inside);
  if (preview.kind === "list") {
    const what = counted(preview.items.length, "kind");
    const summary = preview.what === "sheet" ? counted(preview.items.length, "sheet") : `${what} of ${preview.what === "element" ? "record" : "field"}`;
    return details(summary, element("ul.kinds", {}, ...preview.items.map((/** @type {any} */ item) => element("li", {}, item.name, item.count !== null && element("b", {}, ` ${item.count.toLocaleString("en-GB")}`)))));
  }
  const more = preview.more_columns ? ` (${counted(preview.more_columns, "more column")} not shown)` : "";
  const sheets = preview.sheets ? element("p.small", {}, `Sheets: ${preview.sheets.map((/** @type {any} */ sheet) => `${sheet.name} (${counted(sheet.count, "row")})`).join(", ")}`) : null;
  return details(`First rows${more}`, sheets,
    element("div.scroll", { tabindex: 0, role: "region", "aria-label": `First rows of ${name}` },
      element("table", {},
        element("thead", {}, element("tr", {}, ...preview.columns.map((/** @type {string} */ column) => element("th", { scope: "col" }, column || element("span.unseen", {}, "no name"))))),
        element("tbody", {}, ...preview.rows.map((/** @type {string[]} */ row) => element("tr", {}, ...row.map((cell) => element("td", {}, cell))))))));
}

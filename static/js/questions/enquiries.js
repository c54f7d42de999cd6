// Section 17 or section 47, where does the work go? Assessments beside enquiries: how many, how long, and what each led to.

import { count, plural } from "../words.js";
import { rowOf, sharesChart, sharesTable } from "./rows.js";
import { number, period, whole } from "./say.js";

const SIDES = /** @type {const} */ ([["section_17", "Section 17", "assessment"], ["section_47", "Section 47", "enquiry"]]);

/** @type {import("./questions.js").Question} */
export const enquiries = {
  measure: "enquiries",
  title: "Section 17 or section 47, where does the work go?",
  gives: "Assessments beside enquiries: how many, the working days they take, and what each leads to",
  options: ["from", "to"],
  view: (answer) => ({ sentence: sentenceOf(answer), period: answer.period, parts: [spent(answer), ledTo(answer, "led_to"), ledTo(answer, "plans")] }),
};

/** @param {any} answer */
const sides = (answer) => SIDES.flatMap(([key, law, what]) => (answer[key] ? [{ key, law, what, ...answer[key] }] : []));

/** @param {any} side */
const half = ({ working_days: { median } }) => (median === null ? "" : `, half up to ${plural(median, "working day")}`);

/** @param {any} answer */
function sentenceOf(answer) {
  const { section_17: first, section_47: second, period: within } = answer;
  if (!first || !second) return answer.sentence;
  if (!first.working_days_spent.of) return `No assessment and no enquiry of ${period(within)} took a working day.`;
  return `Section 17 assessments that began from ${period(within)} took ${whole(first.working_days_spent)} of the working days of both together: ${plural(first.spells, "assessment")}${half(first)}, beside ${plural(second.spells, "enquiry", "enquiries")}${half(second)}.`;
}

/** @param {any} answer */
function spent(answer) {
  const both = sides(answer);
  // Working days are shared out over many stays, so that no list of journeys is behind them.
  const named = both.map((one) => ({ ...one.working_days_spent, label: `${one.law}: ${one.label}`, row: undefined }));
  const shares = sharesTable("", ["Work", "Working days spent", "Of both"], named);
  return {
    title: "Working days spent, of both together",
    instead: "No working day was spent.",
    chart: named.some((one) => one.of) ? sharesChart("Share of the working days of both together, with 95% intervals", named) : null,
    table: {
      caption: "Those that began in the period; days of those still open so far are counted.",
      columns: [...shares.columns, "Begun", "Completed", "Still open", "A quarter", "Half", "Three quarters", "Nine in ten"],
      rows: shares.rows.map((cells, i) => [cells[0], .../** @type {any[]} */ (cells.slice(1, 3)).map(({ text }) => text), ...cells.slice(3),
        ...["spells", "completed", "open"].map((name) => ({ text: count(both[i][name]), row: rowOf(both[i].key, name, null), count: "count" })),
        ...["p25", "median", "p75", "p90"].map((name) => number(both[i].working_days[name]))]),
    },
  };
}

/** @param {any} answer @param {"led_to" | "plans"} what */
function ledTo(answer, what) {
  const named = sides(answer).flatMap((one) => one[what].map((/** @type {any} */ to, /** @type {number} */ i) =>
    ({ ...to, heading: i ? undefined : one.law, row: rowOf(one.key, what, to.id) })));
  const title = what === "led_to" ? "What came next" : "A plan later in the journey";
  const shares = sharesTable(what === "led_to" ? "Of completed ones, the next station." : "Of completed ones, those that reach a plan later in the journey.", ["To", "Count", "Of completed"], named);
  let law = "";
  return {
    title, instead: "None is completed.",
    chart: named.some((one) => one.of) ? sharesChart(`${title}, with 95% intervals`, named) : null,
    table: { ...shares, rows: shares.rows.map(([first, ...rest], i) => { law = named[i].heading ?? law; return [`${law}: ${first}`, ...rest]; }) },
  };
}

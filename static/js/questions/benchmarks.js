// How do we compare with England? One's own shares beside those that the Department for Education publishes.

import { count } from "../words.js";
import { rowOf } from "./rows.js";
import { listed, number } from "./say.js";

/** @type {import("./questions.js").Question} */
export const benchmarks = {
  measure: "benchmarks",
  title: "How do we compare with England?",
  gives: "One's own figures beside the Department for Education's, by its definitions and reporting years",
  options: ["beside", "population", "from", "to"],
  view(answer) {
    const year = Math.max(...answer.rows.map((/** @type {any} */ row) => row.year));
    const latest = answer.rows.filter((/** @type {any} */ row) => row.year === year);
    return {
      sentence: sentenceOf(latest, year, answer),
      parts: answer.rows.length ? [shares(latest, year, answer), years(answer)] : [],
      notes: [...answer.notes, `Source: ${answer.source}`],
    };
  },
};

/** @param {any} row */
const percent = (row) => row.unit === "percent";
/** @param {number | null} value @param {any} row */
const said = (value, row) => (value === null ? "–" : percent(row) ? `${value.toFixed(1)}%` : number(value));
/** @param {number} year */
const named = (year) => `the year to 31 March ${year}`;
/** @param {any} row */
const of = (row) => (row.of === null ? "" : ` (${count(row.count)} of ${count(row.of)}; 95% interval ${said(row.low, row)} to ${said(row.high, row)})`);

/** @param {any[]} latest @param {number} year @param {any} answer */
function sentenceOf(latest, year, { area }) {
  if (!latest.length) return "The data hold no part of a reporting year, so nothing can be compared.";
  const again = latest.find((row) => row.figure === "rereferred" && row.own !== null);
  const beside = latest[0].published === year ? "" : ` (England: ${named(latest[0].published)}, the nearest published)`;
  const apart = latest.filter((row) => percent(row) && row.low !== null && row.england !== null && (row.england < row.low || row.england > row.high));
  const first = again ? `In ${named(year)}${beside}, ${said(again.own, again)}${of(again)} of referrals were re-referrals, in England ${said(again.england, again)}${area && again.area !== null ? `, in ${area} ${said(again.area, again)}` : ""}.`
    : `Of ${named(year)}${beside} there is no share of re-referrals of one's own.`;
  const others = apart.filter((row) => row !== again).map((row) => `${row.label.toLowerCase()} ${said(row.own, row)} against ${said(row.england, row)}`);
  return `${first}${others.length ? ` England lies outside one's own interval also for: ${listed(others)}.` : ""}`;
}

/** @param {any[]} latest @param {number} year @param {any} answer */
function shares(latest, year, { area }) {
  const rows = latest.filter((row) => percent(row) && row.own !== null);
  return {
    title: `Shares in ${named(year)}: ● one's own, ◇ England${area ? `, □ ${area}` : ""}`,
    instead: "There is no share of one's own to show.",
    chart: rows.length ? /** @type {import("../charts/intervals.js").Intervals} */ ({
      kind: "intervals", label: `One's own shares with 95% intervals, beside England${area ? ` and ${area}` : ""}`, format: (value) => `${value}%`,
      rows: rows.map((row) => ({
        label: row.label, value: row.own, low: row.low, high: row.high, said: `${said(row.own, row)}, Eng. ${said(row.england, row)}`,
        ...(row.of === null ? {} : { row: rowOf(...labelsOf(row)), count: "count" }),
        beside: [{ value: row.england, shape: "diamond", label: "England" }, { value: row.area, shape: "square", label: area ?? "" }],
        words: `${row.label}: ${said(row.own, row)}${of(row)}; England ${said(row.england, row)}${area && row.area !== null ? `; ${area} ${said(row.area, row)}` : ""}. ${row.definition}`,
      })),
    }) : null,
    table: tableOf(`Figures of ${named(year)}, by the definitions of the Department.`, latest, area),
  };
}

/** The labels of a row as the measure's table has them. @param {any} row */
const labelsOf = (row) => [
  row.figure, row.label, row.unit, row.year, row.whole, row.published, fraction(row.england), fraction(row.area), row.definition,
];

/** A published figure is no whole number to the server, even where nothing stands after the point. @param {number | null} value */
const fraction = (value) => (Number.isInteger(value) ? `${value}.0` : value);

/** @param {any} answer */
function years({ rows, area }) {
  return { title: "Every year", chart: null, table: tableOf("Reporting years that lie wholly in the data, where there is one.", rows.filter((/** @type {any} */ row) => row.own !== null).sort(/** @param {any} a @param {any} b */ (a, b) => a.figure.localeCompare(b.figure) || a.year - b.year), area) };
}

/** @param {string} caption @param {any[]} rows @param {string | null} area */
const tableOf = (caption, rows, area) => ({
  caption, columns: ["Figure", "Year to 31 March", "One's own", "Count", "Of", "95% interval", "England", ...(area ? [area] : [])],
  rows: rows.map((row) => [row.label, `${row.year}${row.whole ? "" : " (in part)"}`, said(row.own, row),
    ...["count", "of"].map((name) => (row[name] === null ? "–" : { text: count(row[name]), row: rowOf(...labelsOf(row)), count: name })),
    row.low === null ? "–" : `${said(row.low, row)} to ${said(row.high, row)}`, `${said(row.england, row)}${row.published === row.year ? "" : ` (${row.published})`}`, ...(area ? [said(row.area, row)] : [])]),
});

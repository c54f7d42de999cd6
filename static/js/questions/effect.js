// What changed when something happened? The figure as seen and as was to be expected, before, during and after; or a search.

import { count, plural } from "../words.js";
import { linesOf, rowOf } from "./rows.js";
import { briefDay, capital, dayBefore, monthOf, number, share, wholeShare } from "./say.js";

/** @type {import("./questions.js").Question} */
export const effect = {
  measure: "effect",
  title: "What changed when something happened?",
  gives: "An inspection or any event: what was seen beside what was to be expected; or changes nobody told of",
  options: ({ figure, event }) => [
    "event", "figure", ["station", { first: "All", label: "At" }], ...(figure === "share" ? ["next"] : []), "bin", ...(event ? ["compare"] : []), "from", "to",
  ],
  asks: (known, chosen) => ({
    ...(chosen.figure === undefined && chosen.station === undefined && known.dataset.stations.some(({ id }) => id === "assessment") ? { figure: "duration", station: "assessment" } : {}),
    event: known.periods().find(({ kind }) => kind === "inspection")?.id ?? "", bin: "week",
  }),
  view(answer, { ask }) {
    const { effect: found, changes, figure } = answer, bin = ask.bin ?? "week";
    const parts = found ? [seen(found, figure, bin), stretches(found, figure), sensitivity(found)] : changes ? [search(changes)] : [];
    return { sentence: found ? found.sentence : searched(answer), parts, notes: [...answer.notes, ...(found?.notes ?? [])] };
  },
};

/** @type {Record<string, string>} */
const UNITS = { arrivals: "arrivals", stock: "children there", duration: "median working days", share: "share" };

/** A value of the figure. @param {number | null} value @param {string} figure */
const said = (value, figure) => (figure === "share" ? share(value) : number(value));

/** A change: of itself, or in percentage points. @param {number | null} size @param {string} scale */
const change = (size, scale) => (size === null ? "–" : `${size > 0 ? "+" : size < 0 ? "−" : ""}${(100 * Math.abs(size)).toFixed(1)}${scale === "points" ? " points" : "%"}`);

/** @param {string} start @param {string} bin */
const binOf = (start, bin) => (bin === "month" ? monthOf(start) : bin === "week" ? `week of ${briefDay(start)}` : briefDay(start));

/** @param {any} found @param {string} figure @param {string} bin */
function seen({ label, event, series, scale }, figure, bin) {
  const at = series.start.map((/** @type {string} */ start) => Date.parse(start));
  /** @param {(number | null)[]} values @param {number} [from] */
  const points = (values, from = -Infinity) => values.map((y, i) => ({ x: at[i], y })).filter(({ x }) => x >= from);
  const begin = Date.parse(event.from);
  return {
    title: `${capital(label)}, as seen and as was to be expected`,
    instead: "There is no series to draw.",
    chart: at.length ? linesOf({
      label: `${label}, ${bin} by ${bin}: as seen, and from ${briefDay(event.from)} as the time before and the season lead one to expect`,
      x: { time: true }, y: { label: UNITS[figure] ?? label, format: figure === "share" ? wholeShare : number },
      bands: [{ label: event.label, kind: "inspection", from: begin, to: event.to ? Date.parse(event.to) : at.at(-1) }],
      series: [{ label: "seen", look: "whole", points: points(series.value) }, { label: "expected", look: "dashed", points: points(series.counterfactual, begin) }],
      marks: at.map((/** @type {number} */ x, /** @type {number} */ i) => ({
        x, words: `${capital(binOf(series.start[i], bin))}, ${series.stretch[i]}: ${series.value[i] === null ? "no figure" : `${said(series.value[i], figure)} seen`}${
          x >= begin ? `, ${said(series.counterfactual[i], figure)} expected` : ""}; rests on ${count(series.count[i])}`,
      })),
    }) : null,
    table: {
      caption: `${capital(label)}, ${bin} by ${bin}. A change is ${scale === "points" ? "in percentage points" : "of the figure itself"}.`,
      columns: [capital(bin), "Stretch", "Seen", "Expected", "Rests on"],
      rows: at.map((/** @type {number} */ _, /** @type {number} */ i) => [binOf(series.start[i], bin).replace(/^week of /, ""), series.stretch[i], said(series.value[i], figure),
        said(series.counterfactual[i], figure), count(series.count[i])]),
    },
  };
}

/** @param {any} found @param {string} figure */
function stretches({ label, table }, figure) {
  const rows = table.map((/** @type {any} */ one) => ({ ...one, days: `${briefDay(one.from)} to ${briefDay(dayBefore(one.to.slice(0, 10)))}`, row: rowOf("stretch", one.name, one.from, one.to, one.bins) }));
  const range = (/** @type {any} */ one) => (one.low === null || one.low === undefined ? "–" : `${said(one.low, figure)} to ${said(one.high, figure)}`);
  return {
    title: "Before, during and after",
    instead: "There is no stretch.",
    chart: rows.length ? /** @type {import("../charts/intervals.js").Intervals} */ ({
      kind: "intervals", label: `${label}: before, during and after`, format: figure === "share" ? wholeShare : number,
      rows: rows.map((/** @type {any} */ one) => ({
        label: one.name, value: one.value, low: one.low, high: one.high, said: `${said(one.value, figure)} of ${count(one.count)}`, row: one.row, count: "count",
        words: `${capital(one.name)}, ${one.days}: ${said(one.value, figure)}${one.low === null || one.low === undefined ? "" : `, 95% interval ${range(one)}`}; rests on ${count(one.count)}`,
      })),
    }) : null,
    table: {
      caption: `${capital(label)}: all that fell in each stretch.`, columns: ["Stretch", "Days", "Figure", "95% interval", "Rests on"],
      rows: rows.map((/** @type {any} */ one) => [one.name, one.days, said(one.value, figure), range(one), { text: count(one.count), row: one.row, count: "count" }]),
    },
  };
}

/** The figure to quote, and how it stands when asked otherwise. @param {any} found */
function sensitivity({ average, changes, sensitivity: others, comparison, scale }) {
  const levels = changes.filter((/** @type {any} */ one) => !one.what.startsWith("slope"));
  const headed = (/** @type {any[]} */ several, /** @type {string} */ heading) => several.map((one, i) => (i ? one : { ...one, heading }));
  const rows = [average, ...levels, ...headed(others, "The average, asked otherwise"), ...headed(comparison, "Beside a comparison")]
    .filter((one) => one && one.estimate !== null);
  const range = (/** @type {any} */ one) => `${change(one.low, scale)} to ${change(one.high, scale)}`;
  return {
    title: "The difference, and whether it stands",
    instead: "The series is too short to fit.",
    chart: rows.length ? /** @type {import("../charts/intervals.js").Intervals} */ ({
      kind: "intervals", label: "Difference from what was to be expected, with 95% intervals",
      format: (/** @type {number} */ value) => change(value, scale).replace(".0", ""),
      reference: { value: 0, label: "no change" },
      rows: rows.map((one) => ({
        label: one.what, heading: one.heading, value: one.estimate, low: one.low, high: one.high, said: change(one.estimate, scale),
        words: `${capital(one.what)}: ${change(one.estimate, scale)}, 95% interval ${range(one)}`,
      })),
    }) : null,
    table: {
      caption: `Difference between what was seen and what was to be expected${scale === "points" ? ", in percentage points" : ""}.`, columns: ["Which", "Difference", "95% interval"],
      rows: [average, ...changes, ...others, ...comparison].filter((one) => one && one.estimate !== null)
        .map((one) => [one.what, change(one.estimate, scale), range(one)]),
    },
  };
}

/** @param {any} answer */
function searched({ label, changes }) {
  if (!changes) return `Changes in ${label} cannot be searched for here.`;
  if (!changes.found.length) return `In ${label} no stretch stands out from trend and season more than chance alone would make it.`;
  return changes.found.map((/** @type {any} */ one) => one.sentence).join(" ");
}

/** @param {any} changes */
function search({ label, found, series, scale }) {
  const left = series.left.map((/** @type {number} */ value) => (scale === "ratio" ? Math.expm1(value) : value));
  const at = series.start.map((/** @type {string} */ start) => Date.parse(start));
  return {
    title: `${capital(label)}, freed of trend and season`,
    instead: "There is no series to draw.",
    chart: at.length ? linesOf({
      label: `${label}, freed of trend and season; nought is as usual`, x: { time: true },
      y: { label: "from usual", format: (value) => change(value, scale).replace(".0", "") },
      bands: found.map((/** @type {any} */ one) => ({ label: "stands out", kind: "inspection", from: Date.parse(one.from), to: Date.parse(one.to) })),
      series: [{ label: "left", look: "whole", points: at.map((/** @type {number} */ x, /** @type {number} */ i) => ({ x, y: left[i] })) }],
      marks: at.map((/** @type {number} */ x, /** @type {number} */ i) => ({ x, words: `${briefDay(series.start[i])}: ${change(left[i], scale)} from usual` })),
    }) : null,
    table: {
      caption: `${plural(found.length, "stretch", "stretches")} stood out.`, columns: ["From", "To", "Bins", "Chance"],
      rows: found.map((/** @type {any} */ one) => [briefDay(one.from), briefDay(dayBefore(one.to.slice(0, 10))), count(one.bins), number(one.p)]),
    },
  };
}

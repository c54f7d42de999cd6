// Rows that more than one answer has: shares with their intervals, as a chart and as a table, with the way to their journeys.

import { rowText } from "../behind.js";
import { count } from "../words.js";
import { brief, interval, share, wholeShare, words } from "./say.js";

/**
 * @typedef {import("./say.js").Share} Share
 * @typedef {Share & {label: string, row?: string, heading?: string}} Named  `row`: see rowOf; without one there is no list behind it
 */

/** A row of a measure's table, by its label columns in their order (flowmap/release_shapes.py). @param {...any} labels */
export const rowOf = (...labels) => rowText(labels);

/** @param {Omit<import("../charts/lines.js").Lines, "kind">} chart @returns {import("../charts/lines.js").Lines} */
export const linesOf = (chart) => ({ kind: "lines", ...chart });

/**
 * @param {string} label @param {Named[]} named
 * @param {{axis?: string, reference?: {value: number | null, label: string}}} [more]
 * @returns {import("../charts/intervals.js").Intervals}
 */
export function sharesChart(label, named, { axis, reference } = {}) {
  return {
    kind: "intervals", label, axis, format: wholeShare,
    reference: reference && reference.value !== null ? { value: reference.value, label: reference.label } : null,
    rows: named.map((one) => ({
      label: one.label, heading: one.heading, value: one.share, low: one.low, high: one.high, said: brief(one), words: words(one.label, one), row: one.row, count: "count",
    })),
  };
}

/** @param {string} caption @param {[string, string, string]} heads of the label, what is counted, and of how many @param {Named[]} named */
export const sharesTable = (caption, [label, counted, of], named) => ({
  caption, columns: [label, counted, of, "Share", "95% interval"],
  rows: named.map((one) => [one.label, { text: count(one.count), row: one.row, count: "count" }, { text: count(one.of), row: one.row, count: "of" }, share(one.share), interval(one) || "–"]),
});

/** A facet's label. @param {{facets: {key: string, label: string}[]}} dataset @param {string | null} key */
export const facetLabel = ({ facets }, key) => facets.find((facet) => facet.key === key)?.label ?? key ?? "";

/**
 * The values of a curve along the time of following, as steps.
 * @param {{day: number[], [name: string]: number[]}} curve @param {string} name
 * @param {{low?: string, high?: string, unit: number, begin: number, less?: boolean, until: number}} how
 *   days in a unit of the axis; the value at 0; `less`: one minus the curve; `until`: where the axis ends, which the last step reaches
 */
export function stepsOf(curve, name, { low, high, unit, begin, less = false, until }) {
  const turned = (/** @type {number | null | undefined} */ value) => (value === null || value === undefined ? null : less ? 1 - value : value);
  const at = curve.day.map((day, i) => ({
    x: day / unit, y: turned(curve[name][i]),
    low: low && high ? turned(curve[less ? high : low][i]) : null,
    high: low && high ? turned(curve[less ? low : high][i]) : null,
  }));
  const steps = (at.length && at[0].x === 0 ? at : [{ x: 0, y: begin, low: null, high: null }, ...at]).filter(({ x }) => x <= until);
  const end = steps[steps.length - 1];
  return end.x < until ? [...steps, { ...end, x: until }] : steps;
}

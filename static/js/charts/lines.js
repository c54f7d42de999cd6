// Figures along time or any number: a line a series, told apart by dashes and a name at its end; an interval as a band.

import { bisector } from "d3-array";
import { scaleLinear, scaleUtc } from "d3-scale";
import { area, curveStepAfter, line } from "d3-shape";
import { LETTER, axisBelow, axisLeft, largest, mark, picture, spread, widthOf, wrapped } from "./frame.js";
import { node, round, text } from "./tree.js";

/**
 * @typedef {{x: number, y: number | null, low?: number | null, high?: number | null}} Point
 * @typedef {object} Series
 * @property {string} label @property {Point[]} points
 * @property {"whole" | "dashed" | "dotted" | "thin"} look
 * @property {boolean} [steps]  the value holds until the next point
 *
 * @typedef {object} Lines
 * @property {"lines"} kind @property {string} label @property {Series[]} series
 * @property {{time: boolean, label?: string, format?: (value: number) => string, from?: number, to?: number}} x  of time: milliseconds
 * @property {{label: string, format: (value: number) => string}} y
 * @property {(import("./frame.js").Mark & {x: number})[]} marks
 * @property {{label: string, kind: string, from: number, to: number}[]} [bands]  stretches of x
 * @property {{label: string, at: {x: number, said: string}[]}[]} [below]  rows of numbers below the axis (numbers at risk)
 * @property {{x: number, y: number, label: string}[]} [notes]  points that are named
 */

/** Of the piece of line before the name of a series. */
const KEY = 22;
const HEIGHT = 230, LINE = 16;

/** @param {Lines} chart @param {number} width @returns {import("./tree.js").Tree} */
export function lines(chart, width) {
  const { label, series, bands = [], below = [], notes = [] } = chart;
  const points = series.flatMap((one) => one.points);
  const names = series.length > 1;
  const room = Math.min(width * 0.34, largest(series.map((one) => widthOf(one.label))) + KEY + 10);
  const right = width - (names ? room : 16);
  const top = bands.length ? 40 : 24, bottom = top + HEIGHT;
  const xs = points.map((point) => point.x);
  const values = points.flatMap((point) => [point.y ?? 0, point.low ?? 0, point.high ?? 0]);
  const y = scaleLinear([Math.min(0, ...values), largest(values) || 1], [bottom, top]).nice(5);
  const left = largest(y.ticks(5).map((tick) => widthOf(chart.y.format(tick)))) + 10;
  const across = [chart.x.from ?? Math.min(...xs), chart.x.to ?? Math.max(...xs)];
  const x = /** @type {any} */ (chart.x.time ? scaleUtc(across, [left, right]) : scaleLinear(across, [left, right]));
  const format = chart.x.format ?? (chart.x.time ? x.tickFormat() : String);
  return picture(width, bottom + 22 + (chart.x.label ? 14 : 0) + below.length * 34, label,
    ...bandsOf(bands, x, top, bottom, width),
    axisLeft(y, { left, right, ticks: 5, format: chart.y.format, label: chart.y.label, above: bands.length ? 25 : 9 }),
    axisBelow(x, { top, bottom, ticks: Math.floor(width / 90), format, label: chart.x.label, grid: false }),
    ...series.map((one) => bandAround(one, x, y)),
    ...series.map((one) => lineOf(one, x, y)),
    ...(names ? endLabels(series, y, { right, room, top, bottom }) : []),
    ...notes.map((note) => noteOf(note, x(note.x), y(note.y), left)),
    node("g", { class: "cursor", "aria-hidden": "true" }),
    ...marksOf(chart, x, y, top, bottom),
    ...below.flatMap((row, i) => numbersBelow(row, x, bottom + 32 + (chart.x.label ? 14 : 0) + i * 34)));
}

/**
 * Stretches, each named where its name has room beside the one before.
 * @param {{label: string, kind: string, from: number, to: number}[]} bands @param {any} x @param {number} top @param {number} bottom @param {number} width
 */
function bandsOf(bands, x, top, bottom, width) {
  const [start, end] = x.range(), clamp = (/** @type {number} */ at) => Math.max(start, Math.min(end, at));
  let free = 0;
  return bands.map(({ label, kind, from, to }) => {
    const a = clamp(x(from)), b = clamp(x(to)), half = widthOf(label) / 2, middle = Math.max(half, Math.min(width - half, (a + b) / 2));
    if (b <= a) return null;
    const named = middle - half >= free;
    if (named) free = middle + half + 8;
    return node("g", { class: `stretch ${kind}` }, node("rect", { x: round(a), y: top, width: round(Math.max(2, b - a)), height: bottom - top }),
      named && text(middle, top - 8, label, "tick", "middle"));
  });
}

/** A named point: its name stands above it at the left, where a rising line leaves room, else below it at the right. @param {{label: string}} note @param {number} x @param {number} y @param {number} left */
function noteOf({ label }, x, y, left) {
  const before = x - 9 - widthOf(label) > left;
  return node("g", { class: "note" }, node("circle", { cx: round(x), cy: round(y), r: 4.5 }),
    text(before ? x - 9 : x + 10, before ? y - 7 : y + 16, label, "heading", before ? "end" : "start"));
}

/** @param {Series} series @param {any} x @param {any} y */
function bandAround({ points, steps }, x, y) {
  const made = /** @type {import("d3-shape").Area<Point>} */ (area());
  made.x((p) => round(x(p.x))).y0((p) => round(y(p.low))).y1((p) => round(y(p.high)));
  made.defined((p) => (p.low ?? null) !== null && (p.high ?? null) !== null);
  if (steps) made.curve(curveStepAfter);
  const d = made(points);
  return d ? node("path", { class: "around", d }) : null;
}

/** @param {Series} series @param {any} x @param {any} y */
function lineOf({ points, steps, look }, x, y) {
  const made = /** @type {import("d3-shape").Line<Point>} */ (line());
  made.x((p) => round(x(p.x))).y((p) => round(y(p.y))).defined((p) => p.y !== null);
  if (steps) made.curve(curveStepAfter);
  return node("path", { class: `series ${look}`, d: made(points) ?? "" });
}

/**
 * The name of each series, at the height of its last value.
 * @param {Series[]} series @param {any} y @param {{right: number, room: number, top: number, bottom: number}} where
 */
function endLabels(series, y, { right, room, top, bottom }) {
  const ends = series.map((one) => y(one.points.findLast((point) => point.y !== null)?.y ?? 0));
  const names = series.map((one) => wrapped(one.label, Math.floor((room - KEY - 6) / LETTER)));
  const places = spread(ends, LINE * Math.max(...names.map((lined) => lined.length)), top + 4, bottom);
  return series.flatMap((one, i) => [
    node("path", { class: `series ${one.look}`, d: `M${round(right + 6)},${round(places[i])}h${KEY - 4}`, "aria-hidden": "true" }),
    ...names[i].map((words, n) => text(right + 6 + KEY, places[i] + 4 + n * 14, words, "name")),
  ]);
}

/** One mark for each place along x: a strip to point at, and the values there. @param {Lines} chart @param {any} x @param {any} y @param {number} top @param {number} bottom */
function marksOf({ marks, series }, x, y, top, bottom) {
  const [start, end] = x.range(), at = bisector((/** @type {Point} */ point) => point.x);
  const places = marks.map((one) => x(one.x));
  return marks.map((one, i) => {
    const from = i ? (places[i - 1] + places[i]) / 2 : start, to = i < marks.length - 1 ? (places[i] + places[i + 1]) / 2 : end;
    const dots = series.map(({ points, steps }) => points[steps ? at.right(points, one.x) - 1 : at.left(points, one.x)])
      .filter((point) => point && point.y !== null && point.y !== undefined);
    const here = [places[i], ...dots.map((point) => y(point.y))].map(round).join(" "); // where the cursor stands (reach.js)
    return mark(one, node("rect", { class: "hit", "data-at": here, x: round(from), y: top, width: round(Math.max(0.5, to - from)), height: bottom - top }));
  });
}

/** @param {{label: string, at: {x: number, said: string}[]}} row @param {any} x @param {number} y */
function numbersBelow({ label, at }, x, y) {
  let free = -Infinity;
  const shown = at.filter((one) => {
    const half = widthOf(one.said) / 2, place = x(one.x);
    if (place - half < free) return false;
    free = place + half + 6;
    return true;
  });
  return [text(0, y, label, "tick"), ...shown.map((one) => text(x(one.x), y + 15, one.said, "figure", "middle"))];
}

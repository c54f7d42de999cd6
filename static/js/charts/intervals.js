// Dots with their intervals: one row a group. The interval is a line, other figures beside are shapes of their own.

import { scaleLinear } from "d3-scale";
import { axisBelow, largest, mark, picture, widthOf, wrapped } from "./frame.js";
import { node, round, text } from "./tree.js";

/**
 * @typedef {object} Row
 * @property {string} label @property {number | null} value @property {number | null} [low] @property {number | null} [high]
 * @property {string} said   the value as written at the right
 * @property {string} words  the whole in words @property {string} [row] @property {string} [count]
 * @property {string} [heading]  stands above this row
 * @property {{value: number | null, shape: "diamond" | "square", label: string}[]} [beside]
 *
 * @typedef {object} Intervals
 * @property {"intervals"} kind @property {string} label @property {Row[]} rows
 * @property {(value: number) => string} format @property {string} [axis]
 * @property {{value: number, label: string} | null} [reference]  a line through all rows
 */

const LINE = 15, ROW = 28, HEADING = 24, SHAPES = { diamond: "M0,-6L6,0L0,6L-6,0Z", square: "M-4.5,-4.5H4.5V4.5H-4.5Z" };

/** @param {Intervals} chart @param {number} width @returns {import("./tree.js").Tree} */
export function intervals({ label, rows, format, axis, reference }, width) {
  const labels = Math.min(width * 0.36, largest(rows.map((row) => widthOf(row.label)), 40) + 4);
  const figures = Math.min(width * 0.3, largest(rows.map((row) => widthOf(row.said))) + 8);
  const lines = rows.map((row) => wrapped(row.label, Math.floor(labels / 6.3), 3));
  const top = reference ? 20 : 6;
  let y = top;
  const places = rows.map((row, i) => {
    y += row.heading ? HEADING : 0;
    const height = Math.max(ROW, lines[i].length * LINE + 8), middle = y + height / 2;
    y += height;
    return middle;
  });
  const values = [...rows.flatMap((row) => [row.value, row.low, row.high, ...(row.beside ?? []).map((one) => one.value)]), reference?.value];
  const x = scaleLinear([Math.min(0, ...values.map((value) => value ?? 0)), largest(values) || 1], [labels + 12, width - figures - 8]).nice(5);
  return picture(width, y + (axis ? 38 : 24), label,
    axisBelow(x, { top, bottom: y + 2, ticks: Math.max(2, Math.floor((x.range()[1] - x.range()[0]) / 50)), format, label: axis }),
    reference ? node("g", { class: "reference" },
      node("line", { x1: round(x(reference.value)), x2: round(x(reference.value)), y1: top - 4, y2: y + 2 }),
      text(Math.min(x(reference.value), width - widthOf(reference.label) / 2), 11, reference.label, "tick", "middle")) : null,
    ...rows.flatMap((row, i) => [
      row.heading ? text(0, places[i] - Math.max(ROW, lines[i].length * LINE + 8) / 2 - 7, row.heading, "heading") : null,
      mark(row, ...rowParts(row, places[i], x, width)),
      ...rowTexts(row, places[i], { lines: lines[i], width, figures }),
    ]));
}

/** The words stand beside the mark, not in it: its name has all of them. @param {Row} row @param {number} y @param {{lines: string[], width: number, figures: number}} how */
const rowTexts = (row, y, { lines, width, figures }) => [
  ...lines.map((words, i) => text(0, y + 4 + (i - (lines.length - 1) / 2) * LINE, words, "name")),
  ...wrapped(row.said, Math.floor(figures / 6)).map((words, i, both) => text(width, y + 4 + (i - (both.length - 1) / 2) * LINE, words, "figure", "end")),
];

/** @param {Row} row @param {number} y @param {any} x @param {number} width */
function rowParts(row, y, x, width) {
  const { value, low, high } = row;
  const range = low !== null && low !== undefined && high !== null && high !== undefined;
  return [
    node("rect", { class: "hit", x: 0, y: round(y - 13), width, height: 26 }),
    range ? node("path", { class: "range", d: `M${round(x(low))},${round(y - 5)}v10m0,-5H${round(x(high))}m0,-5v10` }) : null,
    ...(row.beside ?? []).filter((one) => one.value !== null).map((one) =>
      node("path", { class: `beside ${one.shape}`, d: SHAPES[one.shape], transform: `translate(${round(x(one.value))},${round(y)})` })),
    value === null ? null : node("circle", { class: "dot", cx: round(x(value)), cy: round(y), r: 5 }),
  ];
}

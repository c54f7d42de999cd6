// Bars, whole or in parts: the label above each, since ways through a map have long names. Parts go from dark to empty, in one order.

import { scaleLinear } from "d3-scale";
import { LETTER, largest, mark, picture, widthOf, wrapped } from "./frame.js";
import { node, round, text } from "./tree.js";

/**
 * @typedef {"full" | "half" | "pale" | "empty"} Tone
 * @typedef {import("./frame.js").Mark & {value: number, tone: Tone}} BarPart
 * @typedef {object} Bars
 * @property {"bars"} kind @property {string} label
 * @property {{label: string, said: string, parts: BarPart[]}[]} rows  `said`: the figure after the bar
 * @property {{tone: Tone, label: string}[]} [keys]  what the tones mean
 */

const LINE = 15, BAR = 15, GAP = 10, KEY = 22;

/** @param {Bars} chart @param {number} width @returns {import("./tree.js").Tree} */
export function bars({ label, rows, keys = [] }, width) {
  const said = largest(rows.map((row) => widthOf(row.said)), 20) + 8;
  const total = (/** @type {Bars["rows"][number]} */ row) => row.parts.reduce((sum, part) => sum + part.value, 0);
  const x = scaleLinear([0, largest(rows.map(total)) || 1], [0, width - said]);
  const lines = rows.map((row) => wrapped(row.label, Math.floor(width / LETTER), 3));
  let y = keys.length ? keyRows(keys, width) * KEY + 6 : 2;
  const tops = rows.map((_, i) => { const top = y; y += lines[i].length * LINE + BAR + GAP; return top; });
  return picture(width, y, label, ...keysOf(keys, width), ...rows.flatMap((row, i) => {
    const top = tops[i] + lines[i].length * LINE;
    let from = 0;
    return [
      ...lines[i].map((words, n) => text(0, tops[i] + 11 + n * LINE, words, "name")),
      ...row.parts.map((part) => {
        const start = x(from), long = x(part.value);
        from += part.value;
        return mark(part, node("rect", { class: "hit", x: round(start), y: top - 2, width: round(Math.max(4, long)), height: BAR + 4 }),
          long > 0 && node("rect", { class: `bar ${part.tone}`, x: round(start + 0.5), y: top, width: round(Math.max(0.5, long - 1)), height: BAR }));
      }),
      text(x(from) + 6, top + 12, row.said, "figure"),
    ];
  }));
}

/** Where each key stands: row and place along it. @param {{label: string}[]} keys @param {number} width */
function places(keys, width) {
  let x = 0, line = 0;
  return keys.map(({ label }) => {
    const long = widthOf(label) + 34;
    if (x && x + long > width) { x = 0; line++; }
    const place = { x, line };
    x += long;
    return place;
  });
}

/** @param {{label: string}[]} keys @param {number} width */
const keyRows = (keys, width) => (places(keys, width).at(-1)?.line ?? -1) + 1;

/** @param {{tone: Tone, label: string}[]} keys @param {number} width */
const keysOf = (keys, width) => places(keys, width).map(({ x, line }, i) => node("g", { "aria-hidden": "true" },
  node("rect", { class: `bar ${keys[i].tone}`, x: x + 0.5, y: line * KEY + 2.5, width: 16, height: 12 }), text(x + 22, line * KEY + 13, keys[i].label)));

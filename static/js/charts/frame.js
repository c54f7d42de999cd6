// What all charts share: the picture itself, axes from D3's scales, text that fits, and marks that a keyboard reaches.

import { node, round, text } from "./tree.js";

/** @typedef {import("./tree.js").Tree} Tree */
/**
 * A mark says its value in words, and where its journeys are (journeys.js): the labels of its row, and the column.
 * @typedef {{words: string, row?: string, count?: string}} Mark
 */

/** Widths of letters differ; on average a 12 px letter of the page's fonts takes this much. */
export const LETTER = 6.3;

/** @param {string} words */
export const widthOf = (words) => words.length * LETTER;

/** Words in lines of at most so many letters; what does not fit in `most` lines ends in dots. @param {string} words @param {number} letters @param {number} [most] */
export function wrapped(words, letters, most = 2) {
  /** @type {string[]} */ const lines = [];
  for (const word of words.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= letters) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  const shown = lines.slice(0, most);
  if (lines.length > most) shown[most - 1] = `${shown[most - 1].slice(0, Math.max(1, letters - 1))}…`;
  return shown.map((line) => (line.length > letters ? `${line.slice(0, Math.max(1, letters - 1))}…` : line));
}

/** @param {number} width @param {number} height @param {string} label what the picture shows, for who does not see it @param {...(Tree | null | false)} parts */
export const picture = (width, height, label, ...parts) => node("svg",
  { class: "chart", viewBox: `0 0 ${round(width)} ${round(height)}`, role: "group", "aria-roledescription": "chart", "aria-label": label }, ...parts);

/**
 * A mark: reached with the arrow keys (reach.js), read out, and a way to its journeys where it has one.
 * @param {Mark} mark @param {...(Tree | null | false)} parts
 */
export const mark = ({ words, row, count }, ...parts) => node("g",
  { class: "mark", tabindex: -1, role: row === undefined ? "img" : "button", "aria-label": words, "data-row": row, "data-count": count }, ...parts);

/**
 * A scale's axis below the plot: ticks with a faint line up through the plot.
 * @param {any} scale of D3 @param {{top: number, bottom: number, ticks: number, format: (value: any) => string, label?: string, grid?: boolean}} how
 */
export function axisBelow(scale, { top, bottom, ticks, format, label, grid = true }) {
  const [left, right] = scale.range();
  return node("g", { class: "axis", "aria-hidden": "true" },
    ...scale.ticks(ticks).flatMap((/** @type {any} */ value) => [
      grid && node("line", { class: "grid", x1: round(scale(value)), x2: round(scale(value)), y1: top, y2: bottom }),
      text(scale(value), bottom + 15, format(value), "tick", "middle"),
    ]),
    node("line", { class: "base", x1: left, x2: right, y1: bottom, y2: bottom }),
    label ? text(right, bottom + 31, label, "tick", "end") : null);
}

/**
 * A scale's axis at the left, with faint lines across the plot.
 * @param {any} scale of D3 @param {{left: number, right: number, ticks: number, format: (value: any) => string, label?: string, above?: number}} how `above`: how far above the plot the label stands
 */
export function axisLeft(scale, { left, right, ticks, format, label, above = 9 }) {
  const top = Math.min(...scale.range());
  return node("g", { class: "axis", "aria-hidden": "true" },
    ...scale.ticks(ticks).flatMap((/** @type {any} */ value) => [
      node("line", { class: value === 0 ? "base" : "grid", x1: left, x2: right, y1: round(scale(value)), y2: round(scale(value)) }),
      text(left - 6, scale(value) + 4, format(value), "tick", "end"),
    ]),
    label ? text(0, top - above, label, "tick") : null);
}

/**
 * Places for labels that want to stand at `wanted` heights, at least `gap` apart, in the same order, between top and bottom.
 * @param {number[]} wanted @param {number} gap @param {number} top @param {number} bottom
 */
export function spread(wanted, gap, top, bottom) {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  const places = [...wanted];
  let least = top;
  for (const i of order) { places[i] = Math.max(places[i], least); least = places[i] + gap; }
  let most = bottom;
  for (const i of order.reverse()) { places[i] = Math.min(places[i], most); most = places[i] - gap; }
  return places;
}

/** The largest of some numbers that may be missing; `least` where none is larger. @param {(number | null | undefined)[]} values @param {number} [least] */
export const largest = (values, least = 0) => Math.max(least, ...values.map((value) => value ?? least));

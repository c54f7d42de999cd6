// A Sankey: stages from left to right, ribbons as thick as the number that goes that way.

import { scaleLinear } from "d3-scale";
import { linkHorizontal } from "d3-shape";
import { largest, mark, picture, wrapped } from "./frame.js";
import { node, round, text } from "./tree.js";

/**
 * @typedef {{step: number, label: string, value: number} & import("./frame.js").Mark} Stage
 * @typedef {{source: number, target: number, value: number} & import("./frame.js").Mark} Ribbon  rows of stages
 * @typedef {{kind: "sankey", label: string, nodes: Stage[], links: Ribbon[]}} Sankey
 * @typedef {Stage & {x: number, y: number, height: number, out: number, in: number}} Placed  `out`, `in`: how far down its ribbons are placed
 */

const HEIGHT = 360, GAP = 7, BLOCK = 9, LEAST = 92, LINE = 12.5;

/** As many steps as have room for their names. @param {number} width */
export const stepsWithin = (width) => Math.max(2, Math.floor(width / LEAST));

/**
 * Where stages stand: a column a step, the largest on top, heights in proportion.
 * @param {Stage[]} nodes @param {number} width @returns {Placed[]}
 */
export function placed(nodes, width) {
  const steps = largest(nodes.map(({ step }) => step)) + 1;
  const columns = Array.from({ length: steps }, (_, step) => nodes.filter((one) => one.step === step));
  const room = Math.min(...columns.map((column) => HEIGHT - GAP * (column.length - 1)));
  const height = scaleLinear([0, largest(columns.map((column) => column.reduce((sum, { value }) => sum + value, 0))) || 1], [0, Math.max(60, room)]);
  /** @type {Map<Stage, Placed>} */ const found = new Map();
  columns.forEach((column, step) => {
    let y = 0;
    for (const one of [...column].sort((a, b) => b.value - a.value)) {
      found.set(one, { ...one, x: steps === 1 ? 0 : (step * (width - LEAST + 10)) / (steps - 1), y, height: height(one.value), out: 0, in: 0 });
      y += height(one.value) + GAP;
    }
  });
  return nodes.map((one) => /** @type {Placed} */ (found.get(one)));
}

/** @param {Sankey} chart @param {number} width @returns {import("./tree.js").Tree} */
export function sankey({ label, nodes, links }, width) {
  const most = stepsWithin(width), places = placed(nodes.filter(({ step }) => step < most), width);
  const rows = new Map(nodes.flatMap((one, row) => (one.step < most ? [row] : [])).map((row, i) => [row, places[i]]));
  const ribbon = linkHorizontal();
  const bottom = largest(places.map((place) => place.y + place.height), 40);
  const shown = links.flatMap((link) => {
    const from = rows.get(link.source), to = rows.get(link.target);
    return from && to ? [{ ...link, from, to }] : [];
  }).sort((a, b) => a.from.step - b.from.step || a.from.y - b.from.y || a.to.y - b.to.y);
  const last = largest(places.map(({ step }) => step)), apart = last ? (width - LEAST + 10) / last : width;
  const letters = (/** @type {Placed} */ { step }) => Math.floor(((step === last ? LEAST - 10 : apart) - BLOCK - 10) / 5.8);
  return picture(width, bottom + 16, label,
    ...shown.map((link) => {
      const thick = (link.value / link.from.value) * link.from.height;
      const start = [link.from.x + BLOCK, link.from.y + link.from.out + thick / 2], end = [link.to.x, link.to.y + link.to.in + thick / 2];
      link.from.out += thick;
      link.to.in += thick;
      return mark(link, node("path", { class: "ribbon", "stroke-width": round(Math.max(0.7, thick)),
        d: ribbon(/** @type {any} */ ({ source: start.map(round), target: end.map(round) })) ?? "" }));
    }),
    ...places.map((place) => mark(place, node("rect", { class: "block", x: round(place.x), y: round(place.y), width: BLOCK, height: round(Math.max(1.5, place.height)) }),
      ...nameOf(place, letters(place)))));
}

/** A name where its stage is high enough to be told from its neighbours. @param {Placed} place @param {number} letters of a line */
function nameOf({ label, x, y, height }, letters) {
  if (height + GAP < LINE) return [];
  const lines = wrapped(label, letters, height + GAP >= 2 * LINE ? 2 : 1);
  return lines.map((words, i) => text(x + BLOCK + 4, y + Math.max(height / 2, 4) + 4 + (i - (lines.length - 1) / 2) * LINE, words, "stage-name"));
}

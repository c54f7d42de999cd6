// A funnel plot: each group's share against how many it rests on, between the limits that chance alone would keep it in.

import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import { axisBelow, axisLeft, largest, mark, picture, spread, widthOf } from "./frame.js";
import { node, round, text } from "./tree.js";

/**
 * @typedef {{of: number, low_95: number, high_95: number, low_998: number, high_998: number}} Limits
 * @typedef {import("./frame.js").Mark & {label: string, of: number, share: number, outside: boolean}} Group  `outside`: of the wider or the narrower limits
 * @typedef {object} Funnel
 * @property {"funnel"} kind @property {string} label @property {Group[]} groups @property {Limits[]} curve
 * @property {number} overall @property {string} axis @property {string} share  what the share is of
 * @property {(value: number) => string} format @property {(value: number) => string} formatOf
 */

const HEIGHT = 290, TOP = 26, DIAMOND = "M0,-7L7,0L0,7L-7,0Z";

/** @param {Funnel} chart @param {number} width @returns {import("./tree.js").Tree} */
export function funnel({ label, groups, curve, overall, axis, share, format, formatOf }, width) {
  const bottom = TOP + HEIGHT;
  const shown = curve.filter(({ of }) => of > 0);
  const shares = [...groups.map((group) => group.share), overall];
  const first = shown[0];
  const high = Math.min(1, Math.max(largest(shares), first?.high_998 ?? 0)), low = Math.max(0, Math.min(...shares, first?.low_998 ?? 1));
  const y = scaleLinear([low, high], [bottom, TOP]).nice(5);
  const left = largest(y.ticks(5).map((tick) => widthOf(format(tick)))) + 10;
  const x = scaleLinear([0, largest([...groups.map((group) => group.of), ...shown.map(({ of }) => of)]) * 1.05 || 1], [left, width - 12]);
  const outside = groups.filter((group) => group.outside);
  return picture(width, bottom + 38, label,
    axisLeft(y, { left, right: width - 12, ticks: 5, format, label: share }),
    axisBelow(x, { top: TOP, bottom, ticks: Math.floor(width / 90), format: formatOf, label: axis, grid: false }),
    ...limits(shown, x, y),
    node("line", { class: "middle", x1: left, x2: width - 12, y1: round(y(overall)), y2: round(y(overall)) }),
    ...limitNames(shown.at(-1), x, y),
    ...groups.map((group) => mark(group, node("circle", { class: "hit round", cx: round(x(group.of)), cy: round(y(group.share)), r: 12 }),
      node("path", { class: `dot ${group.outside ? "outside" : ""}`, d: group.outside ? DIAMOND : "M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0",
        transform: `translate(${round(x(group.of))},${round(y(group.share))})` }))),
    ...names(outside, x, y, bottom, width));
}

/** @param {Limits[]} curve @param {any} x @param {any} y */
function limits(curve, x, y) {
  const edge = (/** @type {keyof Limits} */ name, /** @type {string} */ look) => {
    const made = /** @type {import("d3-shape").Line<Limits>} */ (line());
    return node("path", { class: `limit ${look}`, d: made.x((at) => round(x(at.of))).y((at) => round(y(at[name])))(curve) ?? "" });
  };
  const within = /** @type {import("d3-shape").Area<Limits>} */ (area());
  within.x((at) => round(x(at.of))).y0((at) => round(y(at.low_95))).y1((at) => round(y(at.high_95)));
  return [node("path", { class: "around", d: within(curve) ?? "" }), edge("low_95", "near"), edge("high_95", "near"), edge("low_998", "far"), edge("high_998", "far")];
}

/** @param {Limits | undefined} last @param {any} x @param {any} y */
const limitNames = (last, x, y) => (last ? [
  text(x(last.of), y(last.high_998) - 5, "99.8%", "tick", "end"), text(x(last.of), y(last.high_95) + (y(last.low_95) - y(last.high_95) > 36 ? 13 : -1), "95%", "tick", "end"),
] : []);

/** Only those outside are named: the rest is what chance does. @param {Group[]} outside @param {any} x @param {any} y @param {number} bottom @param {number} width */
function names(outside, x, y, bottom, width) {
  const heights = spread(outside.map((group) => y(group.share)), 15, TOP + 8, bottom - 4);
  return outside.map((group, i) => {
    const end = x(group.of) + 12 + widthOf(group.label) > width;
    return text(x(group.of) + (end ? -12 : 12), heights[i] + 4, group.label, "heading", end ? "end" : "start");
  });
}

// The kinds of chart, in one place: plain values in, a picture as plain values out.

import { intervals } from "./intervals.js";
import { lines } from "./lines.js";

/** @typedef {import("./intervals.js").Intervals | import("./lines.js").Lines} Chart */

/** @type {Record<string, (chart: any, width: number) => import("./tree.js").Tree>} */
const MAKERS = { intervals, lines };

/** @param {Chart} chart @param {number} width in CSS pixels @returns {import("./tree.js").Tree} */
export const chartOf = (chart, width) => MAKERS[chart.kind](chart, width);

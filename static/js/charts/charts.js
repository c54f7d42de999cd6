// The kinds of chart, in one place: plain values in, a picture as plain values out.

import { bars } from "./bars.js";
import { funnel } from "./funnel.js";
import { intervals } from "./intervals.js";
import { lines } from "./lines.js";
import { sankey } from "./sankey.js";

/**
 * @typedef {import("./intervals.js").Intervals | import("./lines.js").Lines | import("./bars.js").Bars | import("./funnel.js").Funnel
 *   | import("./sankey.js").Sankey} Chart
 */

/** @type {Record<string, (chart: any, width: number) => import("./tree.js").Tree>} */
const MAKERS = { bars, funnel, intervals, lines, sankey };

/** @param {Chart} chart @param {number} width in CSS pixels @returns {import("./tree.js").Tree} */
export const chartOf = (chart, width) => MAKERS[chart.kind](chart, width);

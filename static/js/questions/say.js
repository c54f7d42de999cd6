// Shares, intervals, spans and days as the answers to questions say them.

import { utcFormat } from "d3-time-format";
import { count } from "../words.js";

/** @typedef {{count: number, of: number, share: number | null, low: number | null, high: number | null}} Share */

const tenth = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });
const longDay = utcFormat("%-d %B %Y"), shortDay = utcFormat("%-d %b %Y"), month = utcFormat("%B %Y");
const DAY = 864e5;

/** @param {number | null | undefined} value 0..1 */
export const share = (value) => (value === null || value === undefined ? "–" : `${(100 * value).toFixed(1)}%`);

/** For axes. @param {number} value 0..1 */
export const wholeShare = (value) => `${tenth.format(100 * value)}%`;

/** @param {number | null | undefined} value */
export const number = (value) => (value === null || value === undefined ? "–" : tenth.format(value));

/** "23.1% to 26.0%", or nothing. @param {{low: number | null, high: number | null}} figure */
export const interval = ({ low, high }) => (low === null || high === null ? "" : `${share(low)} to ${share(high)}`);

/** "24.5% (835 of 3,406; 95% interval 23.1% to 26.0%)", the whole of a share. @param {Share} figure */
export const whole = (figure) => `${share(figure.share)} (${count(figure.count)} of ${count(figure.of)}; 95% interval ${interval(figure)})`;

/** What a chart writes beside a dot: "24.5% of 3,406". @param {Share} figure */
export const brief = (figure) => (figure.of ? `${share(figure.share)} of ${count(figure.of)}` : "none");

/** A dot in words. @param {string} label @param {Share} figure */
export const words = (label, figure) => (figure.of ? `${label}: ${whole(figure)}` : `${label}: none to count`);

/** @param {string} iso */
export const day = (iso) => longDay(new Date(iso));
/** @param {string} iso */
export const briefDay = (iso) => shortDay(new Date(iso));
/** @param {string} iso */
export const monthOf = (iso) => month(new Date(iso));

/** The day before: periods are told by their last day, and asked for by the day after it. @param {string} iso a day */
export const dayBefore = (iso) => new Date(Date.parse(iso) - DAY).toISOString().slice(0, 10);
/** @param {string} iso a day */
export const dayAfter = (iso) => new Date(Date.parse(iso) + DAY).toISOString().slice(0, 10);

/** @param {{from: string, to: string}} period `to`: the day after its last */
export const period = ({ from, to }) => `${day(from)} to ${day(dayBefore(to))}`;

/** "a, b and c". @param {string[]} several */
export const listed = (several) => (several.length < 2 ? several.join("") : `${several.slice(0, -1).join(", ")} and ${several.at(-1)}`);

/** @param {string} said */
export const capital = (said) => said.charAt(0).toUpperCase() + said.slice(1);

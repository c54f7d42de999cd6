// The questions that can be answered, in the order in which people ask them.

import { flow } from "./flow.js";
import { nfa } from "./nfa.js";
import { rereferral } from "./rereferral.js";

/**
 * @typedef {object} Known  what a question may know besides the answer
 * @property {import("../types.js").DatasetInfo & {title: string}} dataset
 * @property {() => import("../periodspanel.js").Period[]} periods
 *
 * @typedef {{text: string | number, row?: string, count?: string}} Cell  with the way to its journeys where it counts some
 * @typedef {{caption: string, columns: string[], rows: (Cell | string | number)[][]}} Table
 * @typedef {{title: string, chart: import("../charts/charts.js").Chart | null, table: Table | null, instead?: string}} Part  `instead`: words where there is nothing to draw
 * @typedef {{sentence: string, parts: Part[], notes?: string[], period?: {from: string, to: string} | null}} View
 *
 * @typedef {object} Question
 * @property {string} measure
 * @property {string} title     in the words of who asks
 * @property {string} gives     what the answer is, for the list
 * @property {(string | [string, Partial<import("./options.js").Option>])[]} options  those that can be chosen
 * @property {(known: Known, chosen: Record<string, string>) => Record<string, string>} [asks]  what it asks unless something else is chosen
 * @property {(answer: any, about: {ask: Record<string, string>, known: Known}) => View} view
 */

/** @type {Question[]} */
export const QUESTIONS = [flow, rereferral, nfa];

/** @param {string} measure */
export const questionOf = (measure) => QUESTIONS.find((question) => question.measure === measure) ?? null;

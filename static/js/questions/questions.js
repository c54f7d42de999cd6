// The questions that can be answered, in the order in which people ask them.

import { benchmarks } from "./benchmarks.js";
import { care } from "./care.js";
import { conversion } from "./conversion.js";
import { durations } from "./durations.js";
import { effect } from "./effect.js";
import { enquiries } from "./enquiries.js";
import { flow } from "./flow.js";
import { nfa } from "./nfa.js";
import { pathways } from "./pathways.js";
import { rereferral } from "./rereferral.js";
import { timescales } from "./timescales.js";
import { variation } from "./variation.js";
import { workload } from "./workload.js";

/**
 * @typedef {object} Known  what a question may know besides the answer
 * @property {import("../types.js").DatasetInfo & {title: string}} dataset
 * @property {() => import("../periodspanel.js").Period[]} periods
 * @property {(key: string, value: string) => string} besideOthers  the address of the map of one group beside that of the others
 *
 * @typedef {{text: string | number, row?: string, count?: string, href?: string, child?: number}} Cell  with the way to its journeys where it counts some, to another page, or to one child
 * @typedef {{caption: string, columns: string[], rows: (Cell | string | number)[][]}} Table
 * @typedef {{title: string, chart: import("../charts/charts.js").Chart | null, table: Table | null, instead?: string}} Part  `instead`: words where there is nothing to draw; a table with neither stands by itself
 * @typedef {{sentence: string, parts: Part[], notes?: string[], period?: {from: string, to: string} | null}} View
 *
 * @typedef {string | [string, Partial<import("./options.js").Option>]} Choosable  with what is special in this question
 * @typedef {object} Question
 * @property {string} measure
 * @property {string} title     in the words of who asks
 * @property {string} gives     what the answer is, for the list
 * @property {Choosable[] | ((ask: Record<string, string>) => Choosable[])} options  those that can be chosen, as it is asked now
 * @property {(known: Known, chosen: Record<string, string>) => Record<string, string>} [asks]  what it asks unless something else is chosen
 * @property {(answer: any, about: {ask: Record<string, string>, known: Known}) => View} view
 */

/** @type {Question[]} */
export const QUESTIONS = [
  flow, timescales, durations, rereferral, nfa, conversion, enquiries, effect, pathways, care, variation, benchmarks, workload,
];

/** @param {string} measure */
export const questionOf = (measure) => QUESTIONS.find((question) => question.measure === measure) ?? null;

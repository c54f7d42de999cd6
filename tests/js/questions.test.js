// Questions: how they are asked, what the answers say, and that nothing, one and all-open are said rightly.

import assert from "node:assert/strict";
import { test } from "node:test";
import { asked, parted, readAsk, writeAsk } from "../../static/js/questions/ask.js";
import { flow } from "../../static/js/questions/flow.js";
import { nfa } from "../../static/js/questions/nfa.js";
import { QUESTIONS } from "../../static/js/questions/questions.js";
import { rereferral } from "../../static/js/questions/rereferral.js";
import { rowOf } from "../../static/js/questions/rows.js";
import { defaults, read, write } from "../../static/js/state.js";

const dataset = /** @type {any} */ ({
  first: "2014-01-01T00:00:00Z", last: "2017-03-31T20:25:00Z", title: "A council",
  facets: [{ key: "source", label: "Source of referral", kind: "category", values: ["police", "schools"] }], stations: [{ id: "assessment", label: "Assessment", kind: "station" }],
});
const known = { dataset, periods: () => [], besideOthers: () => "" };
/** @param {import("../../static/js/questions/questions.js").Question} question @param {any} answer @param {Record<string, string>} [ask] */
const seen = (question, answer, ask = {}) => question.view(answer, { ask, known });
const none = { count: 0, of: 0, share: null, low: null, high: null };
// 30 of 120 by Wilson's formula, worked out apart: 18.1% to 33.4%
const quarter = { count: 30, of: 120, share: 0.25, low: 0.1811, high: 0.3344 };
const period = { from: "2014-01-01", to: "2017-04-01" };

test("a question with its options comes back from its address", () => {
  const state = /** @type {any} */ ({ ...defaults, panel: "questions", measure: "rereferral", ask: writeAsk({ by: "source", months: "36", pattern: "contact > * & s47" }) });
  assert.deepEqual(read(write(state)), state);
  assert.deepEqual(readAsk(state.ask), { by: "source", months: "36", pattern: "contact > * & s47" });
});

test("the query of a finding parts into how it is asked and of whom", () => {
  assert.deepEqual(parted("from=2014-04-01&to=2017-04-01&figure=duration&station=assessment&sex=F&visit=1+"),
    { ask: "from=2014-04-01&to=2017-04-01&figure=duration&station=assessment", cohort: "sex=F&visit=1+" });
});

test("what was chosen stands before what a question asks by itself", () => {
  assert.deepEqual(asked(rereferral, "months=36", known), { months: "36" });
  assert.deepEqual(asked(rereferral, "", known), { months: "12" });
});

test("no two questions are of one measure or have one title", () => {
  assert.equal(new Set(QUESTIONS.map(({ measure }) => measure)).size, QUESTIONS.length);
  assert.equal(new Set(QUESTIONS.map(({ title }) => title)).size, QUESTIONS.length);
});

/** @param {any} rate @param {any[]} horizons */
const rereferred = (rate, horizons, back = {}) => ({
  period, rate, horizons, by: null, groups: [],
  return: { closures: 0, returned: 0, other: 0, not_yet: 0, after: [], curve: { day: [], alone: [], low: [], high: [] }, ...back },
});

test("re-referral says its share, interval and denominator, and the other horizon beside it", () => {
  const three = { count: 6, of: 10, share: 0.6, low: 0.3127, high: 0.8318, months: 36 };
  const found = seen(rereferral, rereferred({ ...quarter, months: 12, left_out: 7 }, [{ ...quarter, months: 12 }, three]));
  assert.equal(found.sentence, "Of referrals from 1 January 2014 to 31 March 2017 with 12 months of data before them, 25.0% (30 of 120; 95% interval 18.1% to 33.4%) "
    + "came within 12 months of an earlier one of the same child; of those with 36 months of data before them, 60.0% (6 of 10; 95% interval 31.3% to 83.2%) within 36.");
  assert.match(String(found.notes), /^7 referrals have less than 12 months/);
});

test("with no referral old enough nothing is said of a share, and nothing is drawn", () => {
  const found = seen(rereferral, rereferred({ ...none, months: 12, left_out: 4 }, [{ ...none, months: 12 }]));
  assert.match(found.sentence, /^No referral from 1 January 2014 to 31 March 2017 has 12 months of data before it/);
  assert.deepEqual(found.parts.map(({ chart }) => chart), [null, null]);
});

test("closures of which none is back yet are a curve at nought with all still watched", () => {
  const after = [{ months: 1, alone: 0, low: 0, high: null, at_risk: 3 }, { months: 12, alone: null, low: null, high: null, at_risk: 0 }];
  const [, back] = seen(rereferral, rereferred({ ...none, months: 12 }, [], { closures: 3, not_yet: 3, after })).parts;
  const chart = /** @type {import("../../static/js/charts/lines.js").Lines} */ (back.chart);
  assert.deepEqual(chart.series[0].points, [{ x: 0, y: 0, low: null, high: null }, { x: 1, y: 0, low: null, high: null }]);
  assert.deepEqual(chart.below?.[0].at, [{ x: 0, said: "3" }, { x: 1, said: "3" }]);
  assert.match(String(back.table?.caption), /Of 3 journeys .* 0 came back, 0 left otherwise first, 3 were not back/);
});

/** @param {any} more */
const decisions = (more) => ({
  station: "assessment", label: "Assessment", period, lookback: 36, overall: quarter, undecided: 0, left_out: 0, by: null, groups: [], points: [],
  earlier: ["0", "1", "2", "3+"].map((earlier) => ({ earlier, ...none })), trend: { z: null, p: null }, ...more,
});

test("NFA says the trend only where there is one", () => {
  const earlier = [{ earlier: "0", ...quarter }, { earlier: "1", ...none }, { earlier: "2", ...none }, { earlier: "3+", ...quarter, count: 60, share: 0.5 }];
  const { sentence } = seen(nfa, decisions({ earlier, trend: { z: 4, p: 0.0001 } }));
  assert.match(sentence, /^Assessment: 25\.0% \(30 of 120; 95% interval 18\.1% to 33\.4%\) of decisions /);
  assert.match(sentence, / 25\.0% \(30 of 120\) where the child had not been referred before, 50\.0% \(60 of 120\) where it had been 3 or more/);
  assert.match(sentence, /, and the share rises with their number \(test for trend, p < 0\.001\)\.$/);
  assert.match(seen(nfa, decisions({ earlier, trend: { z: 1, p: 0.3 } })).sentence, /within chance \(test for trend, p = 0\.300\)\.$/);
});

test("NFA of no decision, and of a single one still undecided", () => {
  const found = seen(nfa, decisions({ overall: none, undecided: 1 }));
  assert.equal(found.sentence, "Assessment: no decision was made from 1 January 2014 to 31 March 2017.");
  assert.equal(found.parts[0].chart, null);
  assert.deepEqual(found.notes, ["1 stay at Assessment has no decision yet."]);
});

test("each count of a table, and each dot, leads to the row of the measure's table that it is", () => {
  const groups = [{ value: "police", label: "police", ...quarter }];
  const part = seen(nfa, decisions({ by: "source", groups })).parts[1];
  assert.deepEqual(part.table?.rows[0][1], { text: "30", row: "group|police|police", count: "count" });
  const chart = /** @type {import("../../static/js/charts/intervals.js").Intervals} */ (part.chart);
  assert.deepEqual([chart.rows[0].row, chart.rows[0].count], ["group|police|police", "count"]);
  assert.equal(part.title, "No further action, by source of referral");
});

test("flow counts what began and ended, and says when most were open", () => {
  const bins = [{ start: "2016-01-01T00:00:00Z", stock: 0, arrivals: 4, exits: 1 }, { start: "2016-02-01T00:00:00Z", stock: 3, arrivals: 1, exits: 2 }];
  const found = seen(flow, { bins }, { bin: "month" });
  assert.equal(found.sentence, "5 journeys began and 3 ended, 2.5 and 1.5 a month on average; most were open at the start of February 2016 (3). "
    + "These are counts of every journey, so they have no interval.");
  assert.deepEqual(found.parts[0].table?.rows[1][1], { text: "3", row: "2016-02-01T00:00:00Z", count: "stock" });
});

test("flow of nobody says so", () => {
  const found = seen(flow, { bins: [] }, { bin: "month" });
  assert.equal(found.sentence, "There is no journey to count.");
  assert.equal(found.parts[0].chart, null);
});

test("a row is named by its labels, and nothing in them is taken for the sign between them", () => {
  assert.equal(rowOf("group", "a|b", null, 12, false), "group|a||b||12|false");
});

// What the answers say and draw, measure by measure, on answers made by hand: of many, of one, of none, of all still open.

import assert from "node:assert/strict";
import { test } from "node:test";
import { chartOf } from "../../static/js/charts/charts.js";
import { sankey, stepsWithin } from "../../static/js/charts/sankey.js";
import { all } from "../../static/js/charts/tree.js";
import { benchmarks } from "../../static/js/questions/benchmarks.js";
import { care } from "../../static/js/questions/care.js";
import { conversion } from "../../static/js/questions/conversion.js";
import { durations } from "../../static/js/questions/durations.js";
import { effect } from "../../static/js/questions/effect.js";
import { enquiries } from "../../static/js/questions/enquiries.js";
import { pathways } from "../../static/js/questions/pathways.js";
import { stepsOf } from "../../static/js/questions/rows.js";
import { timescales } from "../../static/js/questions/timescales.js";
import { variation } from "../../static/js/questions/variation.js";
import { workload } from "../../static/js/questions/workload.js";

const dataset = /** @type {any} */ ({
  first: "2014-01-01T00:00:00Z", last: "2017-03-31T20:25:00Z", title: "A council", facets: [{ key: "team", label: "Team" }],
  stations: [{ id: "referral", label: "Referral", kind: "station" }, { id: "assessment", label: "Assessment", kind: "station" }],
});
const known = {
  dataset, periods: () => [{ id: "visit", label: "Inspection", kind: "inspection", from: "2016-10-10", to: "2016-11-18" }],
  besideOthers: (/** @type {string} */ key, /** @type {string} */ value) => `/compare?${key}=${value}`,
};
const period = { from: "2014-01-01", to: "2017-04-01" };
const none = { count: 0, of: 0, share: null, low: null, high: null };
// 30 of 120 by Wilson's formula, worked out apart: 18.1% to 33.4%
const quarter = { count: 30, of: 120, share: 0.25, low: 0.1811, high: 0.3344 };
/** @param {import("../../static/js/questions/questions.js").Question} question @param {any} answer @param {Record<string, string>} [ask] */
const seen = (question, answer, ask = {}) => question.view(answer, { ask, known });
/** @param {import("../../static/js/questions/questions.js").Part} part */
const marksOf = ({ chart }) => all(chartOf(/** @type {any} */ (chart), 500), (one) => one.attributes.class === "mark").map((one) => String(one.attributes["aria-label"]));

const way = {
  start: "referral", stop: ["assessment"], ends: "left", direct: false, label: "Referral to Assessment, left", spells: 10, completed: 6, open: 4, elsewhere: 0, restarted: 0,
  days: { p25: 5, median: 12, p75: null, p90: null }, working_days: { p25: 3, median: 8, p75: null, p90: null },
  timescales: [{ id: "a", label: "Assessment", limit: "45 working days", ...quarter, overdue: 1, not_due: 3, with_overdue: quarter }],
  at_risk: [{ day: 0, at_risk: 10 }, { day: 7, at_risk: 7 }],
  curve: { day: [5, 12], at_risk: [10, 7], reached: [0.3, 0.6], other: [0, 0], alone: [0.3, 0.6], low: [0.1, 0.3], high: [0.6, 0.8] },
};

test("a duration says its median, what the data do not reach, who is still under way, and the timescale with its interval", () => {
  assert.equal(seen(durations, { period, durations: [way], by: null, groups: [] }).sentence,
    "Referral to Assessment, left: half take up to 12 days (8 working days), nine in ten up to more days than the data reach. Of 10 begun from "
    + "1 January 2014 to 31 March 2017, 6 are completed, 4 still under way and 0 ended elsewhere. Within 45 working days: 25.0% (30 of 120; 95% interval 18.1% to 33.4%).");
});

test("durations of which all are open have no median and no curve", () => {
  const open = { ...way, completed: 0, open: 10, days: { p25: null, median: null, p75: null, p90: null }, timescales: [] };
  const found = seen(durations, { period, durations: [open], by: null, groups: [] });
  assert.match(found.sentence, /: none is completed\. Of 10 begun .* 0 are completed, 10 still under way/);
  assert.equal(found.parts[0].chart, null);
});

test("at a point of the curve the words have the step that holds there", () => {
  const [curve] = seen(durations, { period, durations: [way], by: null, groups: [] }).parts;
  assert.deepEqual(marksOf(curve), ["By day 0: 0.0% completed; 10 still under way", "By day 7: 30.0% completed; 7 still under way"]);
});

test("a curve holds its last value to the end of the axis, and begins at nought or at all", () => {
  const curve = { day: [7, 70], alone: [0.25, 0.5], low: [0.1, 0.3], high: [0.4, 0.7] };
  assert.deepEqual(stepsOf(curve, "alone", { low: "low", high: "high", unit: 7, begin: 1, less: true, until: 5 }),
    [{ x: 0, y: 1, low: null, high: null }, { x: 1, y: 0.75, low: 0.6, high: 0.9 }, { x: 5, y: 0.75, low: 0.6, high: 0.9 }]);
});

const step = (/** @type {string} */ label, /** @type {any} */ more) => ({
  stations: [label], label, reached: 120, went_on: quarter, nfa: { ...quarter, count: 60, share: 0.5 }, ended: none, under_way: 30,
  median_days_to_next: 1, median_days_to_nfa: 14, ...more,
});

test("a chain says how many went all the way and where most is lost; each part of a bar leads to its own journeys", () => {
  const chain = { label: "A → B", reached_last: quarter, recent: 3, recent_reached: 1, steps: [step("A", {}), step("B", { reached: 30, went_on: null, nfa: null })] };
  const found = seen(conversion, { period, window_days: 182, chains: [chain] });
  assert.match(found.sentence, /^Of journeys that reached A from .*, with 182 days of data after that, 25\.0% \(30 of 120; /);
  assert.match(found.sentence, /; 95% interval 18\.1% to 33\.4%\) went all the way to B\./);
  assert.match(found.sentence, /The largest part lost to no further action is at A: 50\.0% \(60 of 120; .*\), half of them within 14 days\.$/);
  const bars = /** @type {import("../../static/js/charts/bars.js").Bars} */ (found.parts[0].chart);
  assert.deepEqual(bars.rows[0].parts.map(({ value, row, count }) => [value, row, count]),
    [[30, "A → B|A|A", "went_on"], [60, "A → B|A|A", "nfa"], [0, "A → B|A|A", "ended"], [30, "A → B|A|A", "under_way"]]);
  assert.match(String(found.notes), /^A: 3 journeys too recent to have had 182 days; 1 of them got there already\.$/);
});

test("a chain that nobody began is said so", () => {
  const chain = { label: "A → B", reached_last: none, recent: 0, recent_reached: 0, steps: [step("A", { reached: 0, went_on: none, nfa: none }), step("B", { reached: 0 })] };
  const found = seen(conversion, { period, window_days: 182, chains: [chain] });
  assert.match(found.sentence, /^No journey reached A/);
  assert.equal(found.parts[0].chart, null);
});

test("a group outside the limits is named, has a shape of its own, and the others have neither", () => {
  const limits = { low_95: 0.2, high_95: 0.3, low_998: 0.15, high_998: 0.35 };
  const groups = [{ value: "n", label: "North", ...quarter, ...limits, beyond: "within" }, { value: "s", label: "South", ...quarter, share: 0.4, ...limits, beyond: "outside 99.8%" }];
  const found = seen(variation, { what: "Decisions that are NFA", period, by: "team", overall: quarter, groups, curve: [{ of: 60, ...limits }, { of: 120, ...limits }] });
  assert.match(found.sentence, /2 groups compared; more than chance alone would usually do: South \(40\.0%, 30 of 120, outside 99\.8%\)\.$/);
  const tree = chartOf(/** @type {any} */ (found.parts[0].chart), 500);
  assert.deepEqual(all(tree, (one) => one.attributes.class === "heading").map((one) => one.children), [["South"]]);
  const dots = all(tree, (one) => String(one.attributes.class).startsWith("dot"));
  assert.notEqual(dots[0].attributes.d, dots[1].attributes.d);
  assert.deepEqual(found.parts[0].table?.rows.map((row) => row.at(-1)), ["n", "s"].map((value) => ({ text: "beside the others", href: `/compare?team=${value}` })));
});

test("with nothing to compare there is no funnel", () => {
  const found = seen(variation, { what: "Decisions", period, by: "team", overall: none, groups: [], curve: [] });
  assert.deepEqual([found.sentence, found.parts[0].chart], ["Decisions: there is none to compare.", null]);
});

test("the effect of an event is drawn beside what was to be expected, from the event on", () => {
  const start = ["2016-10-03T00:00:00Z", "2016-10-10T00:00:00Z", "2016-10-17T00:00:00Z"];
  const change = { what: "average over the event", estimate: 0.579, low: 0.269, high: 0.964, told: true };
  const told = {
    label: "median working days", sentence: "During “Inspection” …", scale: "ratio", notes: [], average: change, changes: [], sensitivity: [change], comparison: [],
    event: { label: "Inspection", from: start[1], to: null }, table: [{ name: "before", from: start[0], to: start[1], bins: 1, value: 30, low: null, high: null, count: 9 }],
    series: { start, value: [30, null, 46], count: [9, 3, 8], counterfactual: [30, 29, 29.3], stretch: ["before", "during", "during"] },
  };
  const found = seen(effect, { figure: "duration", label: told.label, effect: told, changes: null, notes: [] }, { bin: "week" });
  const chart = /** @type {import("../../static/js/charts/lines.js").Lines} */ (found.parts[0].chart);
  assert.deepEqual(chart.series.map(({ points }) => points.map(({ y }) => y)), [[30, null, 46], [29, 29.3]]);
  assert.deepEqual(marksOf(found.parts[0]), ["Week of 3 Oct 2016, before: 30 seen; rests on 9",
    "Week of 10 Oct 2016, during: no figure, 29 expected; rests on 3", "Week of 17 Oct 2016, during: 46 seen, 29.3 expected; rests on 8"]);
  assert.equal(marksOf(found.parts[2])[0], "Average over the event: +57.9%, 95% interval +26.9% to +96.4%");
});

test("a search that finds nothing says that nothing stands out", () => {
  const changes = { label: "arrivals", scale: "ratio", found: [], series: { start: [], left: [] } };
  assert.match(seen(effect, { figure: "arrivals", label: "arrivals", effect: null, changes, notes: [] }).sentence, /no stretch stands out .* more than chance alone/);
});

test("working days of section 17 and 47 are a share of both, with its interval", () => {
  const side = (/** @type {any} */ more) => ({
    label: "Assessment", spells: 1, completed: 1, open: 0, working_days: { p25: 4, median: 4, p75: 4, p90: 4 }, led_to: [], plans: [], working_days_spent: quarter, ...more,
  });
  const section47 = side({ spells: 2, working_days: { median: null }, working_days_spent: quarter });
  const found = seen(enquiries, { period, sentence: "", section_17: side({}), section_47: section47 });
  assert.match(found.sentence, /took 25\.0% \(30 of 120; 95% interval 18\.1% to 33\.4%\) of the working days of both together: /);
  assert.match(found.sentence, /: 1 assessment, half up to 4 working days, beside 2 enquiries\.$/);
});

test("ways are counted, rare ones said to be left out, and a pattern found or not is a sentence", () => {
  const ways = { journeys: 10, distinct: 2, rest: 1, ways: [{ path: "a > b", labels: "A → B", count: 9, share: 0.9, children: 8, open: 0, median_days: 4 }] };
  const search = { pattern: "a > b", scope: "journey", ...quarter, children: 20, median_days: null };
  const found = seen(pathways, { ways, search, returning: null, sankey: null, groups: null, notes: [] });
  assert.match(found.sentence, /^“a > b” is the way of 25\.0% \(30 of 120; .*\) journeys, of 20 children\. Of 10 journeys, /);
  assert.match(found.sentence, /, the commonest of 2 ways is A → B: 90\.0% \(9 of 10\)/);
  assert.deepEqual(found.notes, ["1 journey of rarer ways is not listed."]);
});

test("a Sankey's ribbons are as thick as their numbers and fill the stage that they leave", () => {
  /** @param {number} at @param {string} label @param {number} value */
  const node = (at, label, value) => ({ step: at, label, value, words: label });
  const nodes = [node(0, "A", 30), node(1, "B", 20), node(1, "C", 10)];
  const links = [{ source: 0, target: 1, value: 20, words: "" }, { source: 0, target: 2, value: 10, words: "" }];
  const tree = sankey({ kind: "sankey", label: "S", nodes, links }, 400);
  const thick = all(tree, (one) => one.attributes.class === "ribbon").map((one) => Number(one.attributes["stroke-width"]));
  const [a] = all(tree, (one) => one.attributes.class === "block").map((one) => Number(one.attributes.height));
  assert.ok(Math.abs(thick[0] - 2 * thick[1]) < 0.2);
  assert.ok(Math.abs(thick[0] + thick[1] - a) < 0.3);
  assert.ok(stepsWithin(356) < stepsWithin(700), "a narrow chart shows fewer steps");
});

test("leaving care is said with its interval and how many are still watched", () => {
  const points = [{ weeks: 0, at_risk: 12, left: 1, low: null, high: null }, { weeks: 52, at_risk: 4, left: 0.5, low: 0.2, high: 0.7 }];
  const group = { group: "all", spells: 12, ended: 6, median_weeks: 40, points, curve: { day: [364], alone: [0.5], low: [0.3], high: [0.8] } };
  const found = seen(care, { leaving: { start: "entry", by: "proceedings", left_out: 0, groups: [group] }, court: null, notes: [] });
  assert.equal(found.sentence, "Half of 12 periods of care last up to 40 weeks from entry; after a year 50.0% (95% interval 20.0% to 70.0%; 4 still watched then) are still in care.");
  assert.deepEqual(marksOf(found.parts[0]), ["After 0 weeks: all 100.0% of 12 still watched", "After 52 weeks: all 50.0% of 4 still watched"]);
});

test("a map without care and court says so", () => {
  assert.equal(seen(care, { leaving: null, court: null, notes: ["No such stations."] }).sentence, "This dataset holds no care and no court.");
});

test("one's own share stands beside England's of the same year, and what differs beyond its interval is named", () => {
  const row = { year: 2017, whole: true, published: 2017, unit: "percent", area: null, definition: "d", count: 30, of: 120 };
  const rows = [{ ...row, figure: "rereferred", label: "Re-referrals", own: 25, low: 18.1, high: 33.4, england: 21.9 },
    { ...row, figure: "in_45_days", label: "Within 45 days", own: 25, low: 18.1, high: 33.4, england: 82.9 }];
  assert.equal(seen(benchmarks, { area: null, source: "DfE", rows, notes: [] }).sentence,
    "In the year to 31 March 2017, 25.0% (30 of 120; 95% interval 18.1% to 33.4%) of referrals were re-referrals, in England 21.9%. "
    + "England lies outside one's own interval also for: within 45 days 25.0% against 82.9%.");
  assert.match(seen(benchmarks, { area: null, source: "DfE", rows: [], notes: [] }).sentence, /no part of a reporting year/);
});

test("work on hand is the mean over bins, summed over teams", () => {
  const [january, february] = ["2016-01-01T00:00:00Z", "2016-02-01T00:00:00Z"];
  const rows = [["North", january, 10], ["North", february, 20], ["South", january, 5], ["South", february, 5]]
    .map(([group, start, perDay]) => ({ group, start, arrived: 2, left: 1, stock: 4, per_day: perDay }));
  const found = seen(workload, { by: "team", at: "all stations", rows, threshold: null }, { bin: "month" });
  assert.match(found.sentence, /^On average 20 journeys were at work on any day \(all stations\), the most with North: 15 \(75\.0%\), /);
});

test("timescales say each share with its interval, and how many run late now", () => {
  const scale = { id: "a", label: "Assessment", limit: "45 working days", ...quarter, overdue: 2, not_due: 3, running: 5, near: 1, past: 2 };
  const drift = [{ timescale: "a", state: "past", child: 7, station: "assessment", since: "2017-01-02T00:00:00Z", due: "2017-03-06T23:59:59Z", working_days_over: 19 }];
  const found = seen(timescales, { period, timescales: [scale], drift, late: 3, at: "2017-03-31T00:00:00Z" });
  assert.equal(found.sentence, "Of those begun from 1 January 2014 to 31 March 2017 and completed: assessment 25.0% within 45 working days (30 of 120; 95% interval 18.1% to 33.4%). "
    + "Near or past a timescale at the end of the data: 3.");
  assert.deepEqual(found.parts[1].table?.rows[0], ["Assessment", "Assessment", "2 Jan 2017", "6 Mar 2017", "19", { text: "journeys", child: 7 }]);
  assert.deepEqual(marksOf(found.parts[1]), ["Assessment: 2 past the limit, of 5 whose clock runs", "Assessment: 1 near the limit, of 5 whose clock runs",
    "Assessment: 2 with time to go, of 5 whose clock runs"]);
});

// Two sides on one clock: days worked by hand on a calendar, addresses read back as they were written.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY } from "../../static/js/clock.js";
import { align, beginning, likelyDay0, ownClock, standing, timeBefore } from "../../static/js/compare/alignment.js";
import { inColoursOf, legendOf } from "../../static/js/compare/colours.js";
import { interval, say, saySigned } from "../../static/js/compare/differences.js";
import { beforeAndDuring, besideAll, defaults, groupBesideOthers, kindOf, question, read, write } from "../../static/js/compare/state.js";
import { stationRows } from "../../static/js/compare/stationtable.js";
import { wayTo } from "../../static/js/compare/ways.js";
import { defaults as ofMap, read as readMap } from "../../static/js/state.js";

/** A side whose data run for so many whole days. @param {string} origin @param {number} days @param {object} more */
const side = (origin, days, more = {}) => ({ origin, data: /** @type {[number, number]} */ ([0, days * DAY]), filled: 0, day0: origin.slice(0, 10), from: "", to: "", ...more });

test("by the calendar both sides show the same instant, though their data begin on other days", () => {
  const { sides: [left, right], span } = align("calendar", [side("2014-04-01T00:00:00Z", 100), side("2014-04-11T00:00:00Z", 300)]);
  assert.deepEqual([left.zero, right.zero], [0, -10 * DAY]);
  assert.deepEqual(span, [0, 310 * DAY]); // 11 April is day 10 of the left side's data
  assert.equal(standing(right, 9 * DAY), "before data");
  assert.equal(standing(right, 10 * DAY), "shown");
  assert.equal(standing(left, 100 * DAY), "shown");
  assert.equal(standing(left, 100 * DAY + 1), "after data");
});

test("day 0 is each side's own day, and a day is a day though the clocks go forward", () => {
  // In 2016 British clocks went forward on 27 March; data are in UTC, where 28 March is two days after 26 March.
  const { sides: [left, right], span } = align("days", [
    side("2016-01-01T00:00:00Z", 200, { day0: "2016-03-26" }), side("2016-01-01T00:00:00Z", 200, { day0: "2016-03-28" }),
  ]);
  assert.equal(left.zero, 85 * DAY); // 31 + 29 + 25
  assert.equal(right.zero - left.zero, 2 * DAY);
  assert.deepEqual(span, [-87 * DAY, 115 * DAY]);
});

test("an origin at a time of day leaves day 0 at midnight", () => {
  const { sides: [left] } = align("days", [side("2016-01-01T06:00:00Z", 10, { day0: "2016-01-02" }), side("2016-01-01T00:00:00Z", 10)]);
  assert.equal(left.zero, 18 * 3600);
});

test("the days compared bound each side, and the last day counts whole", () => {
  const { sides: [left], span } = align("days", [
    side("2016-01-01T00:00:00Z", 60, { day0: "2016-01-11", from: "2016-01-11", to: "2016-01-12" }),
    side("2016-01-01T00:00:00Z", 60, { day0: "2016-01-09", from: "2016-01-09", to: "2016-01-10" }),
  ]);
  assert.deepEqual(span, [0, 2 * DAY - 1]);
  assert.equal(standing(left, -1), "before period");
  assert.equal(standing(left, 2 * DAY - 1), "shown");
  assert.equal(standing(left, 2 * DAY), "after period");
});

test("days without data are shown as such, and the clock still runs over them", () => {
  const { sides: [, right], span } = align("days", [
    side("2016-01-01T00:00:00Z", 60, { from: "2016-01-01", to: "2016-01-05" }),
    side("2016-01-01T00:00:00Z", 60, { day0: "2015-12-27", from: "2015-12-27", to: "2015-12-31" }),
  ]);
  assert.deepEqual(span, [0, 5 * DAY - 1]);
  assert.equal(standing(right, 0), "before data");
});

test("journeys that start together have one second 0, and no days compared", () => {
  const { sides, span } = align("together", [side("2014-01-01T00:00:00Z", 90, { from: "2014-02-01" }), side("2015-01-01T00:00:00Z", 40)]);
  assert.deepEqual(sides.map(({ zero }) => zero), [0, 0]);
  assert.deepEqual(span, [0, 90 * DAY]);
  assert.equal(standing(sides[1], 41 * DAY), "after data");
});

test("a side's clock is the shared one, moved; its loop moves with it", () => {
  const clock = { at: 5, wall: 7, speed: DAY, playing: true, loop: /** @type {[number, number]} */ ([-10, 10]) };
  assert.deepEqual(ownClock(clock, 100), { at: 105, wall: 7, speed: DAY, playing: true, loop: [90, 110] });
  assert.equal(ownClock({ ...clock, loop: null }, 100).loop, null);
});

test("it begins where both sides have something to show, or else where the first does", () => {
  assert.equal(beginning(align("calendar", [side("2016-01-01T00:00:00Z", 30), side("2016-01-11T00:00:00Z", 30)])), 10 * DAY);
  assert.equal(beginning(align("calendar", [side("2016-01-01T00:00:00Z", 5), side("2016-03-01T00:00:00Z", 5)])), 0);
});

test("it begins after the stretch in which data only fill up, unless nothing else is compared", () => {
  const filling = { filled: 5 * DAY };
  assert.equal(beginning(align("calendar", [side("2016-01-01T00:00:00Z", 30, filling), side("2016-01-01T00:00:00Z", 30)])), 5 * DAY);
  const within = { ...filling, from: "2016-01-02", to: "2016-01-03" };
  assert.equal(beginning(align("calendar", [side("2016-01-01T00:00:00Z", 30, within), side("2016-01-01T00:00:00Z", 30)])), DAY);
});

test("the time before a period is as long and ends the day before, over a leap day too", () => {
  assert.deepEqual(timeBefore({ from: "2016-03-01", to: "2016-03-03" }), { from: "2016-02-27", to: "2016-02-29" });
  assert.deepEqual(timeBefore({ from: "2016-10-10", to: "2016-10-10" }), { from: "2016-10-09", to: "2016-10-09" });
});

test("day 0 is offered where an inspection was announced, else where it began, else at the first day", () => {
  const inspection = { kind: "inspection", from: "2016-10-10" };
  assert.equal(likelyDay0([inspection, { kind: "announcement", from: "2016-10-03" }], "2014-01-01T00:00:00Z"), "2016-10-03");
  assert.equal(likelyDay0([inspection], "2014-01-01T00:00:00Z"), "2016-10-10");
  assert.equal(likelyDay0([], "2014-01-01T09:30:00Z"), "2014-01-01");
});

test("an address says all that was chosen for both sides, and is read back as it was", () => {
  const state = {
    ...defaults, cohort: "source=health_%26_care&visit=1+", with: "other", with_cohort: "sex=F&source=a%2Cb", at: "-12.5",
    align: "2016-10-03", with_align: "2015-10-03", from: "2016-10-03", with_to: "2016-01-01", colour: "age",
  };
  assert.deepEqual(read(write(state)), state);
  assert.equal(kindOf(state), "days");
  assert.equal(write({ ...defaults }), "");
  assert.equal(kindOf(read("_together=1&_align=2016-10-03")), "together");
});

test("the map leads to its journeys beside all, and from a period to the time before it", () => {
  assert.equal(besideAll("/d/a", { ...ofMap, cohort: "sex=F", at: "2016-01-01T00:00" }), "/d/a/compare?sex=F&_at=2016-01-01T00:00");
  assert.equal(besideAll("/d/a", { ...ofMap }), "/d/a/compare?_panel=right");
  const { search } = new URL(beforeAndDuring("/d/a", { ...ofMap, cohort: "sex=F" }, { from: "2016-10-10", to: "2016-10-12" }), "http://x");
  const state = read(search);
  assert.deepEqual([state.cohort, state.with_cohort], ["sex=F", "sex=F"]);
  assert.deepEqual([state.from, state.to, state.align], ["2016-10-10", "2016-10-12", "2016-10-10"]);
  assert.deepEqual([state.with_from, state.with_to, state.with_align], ["2016-10-07", "2016-10-09", "2016-10-07"]);
});

test("the server is asked for what is seen: whole days, and the right side by itself", () => {
  const left = { name: "a", first: "2014-01-01", last: "2017-03-31", day0: "2016-10-03" };
  const right = { name: "b", first: "2015-01-01", last: "2016-12-31", day0: "2015-10-03" };
  assert.deepEqual(question({ ...defaults }, left, left), { with_cohort: "" });
  assert.deepEqual(question({ ...defaults, with: "b", with_cohort: "sex=F", from: "2016-10-03", to: "2016-12-31", align: "2016-10-03" }, left, right), {
    from: "2016-10-03", to: "2017-01-01", with: "b", with_from: "2015-01-01", with_to: "2017-01-01", // the day after the last
    align: "2016-10-03", with_align: "2015-10-03", with_cohort: "sex=F",
  });
});

test("the same value has the same colour on both sides, and what only the right side has is said", () => {
  /** @param {string} label @param {number} code @param {string} colour */
  const one = (label, code, colour) => ({ label, test: { values: [code] }, colour, cohort: label });
  const left = [one("Police", 0, "red"), one("School", 1, "blue")];
  const right = inColoursOf(left, [one("School", 0, "red"), one("Charity", 1, "blue")], "grey");
  assert.deepEqual(right.map(({ label, colour, test: of }) => [label, colour, of]), [["School", "blue", { values: [0] }], ["Charity", "grey", { values: [1] }]]);
  assert.deepEqual(legendOf(left, right).map(({ label }) => label), ["Police", "School", "Charity (right only)"]);
});

test("a station that only one side's map has is in the table, with nothing for the other", () => {
  const place = (/** @type {string} */ id, kind = "station") => ({ id, label: id.toUpperCase(), kind });
  const rows = stationRows([
    { dataset: { stations: [place("a"), place("z", "exit")] }, shown: true, counts: [3, 0], through: [5, 2] },
    { dataset: { stations: [place("b"), place("a")] }, shown: true, counts: [7, 8], through: [9, 9] },
  ]);
  assert.deepEqual(rows.map(({ id, exit, figures }) => [id, exit, figures]), [
    ["a", false, [{ here: 3, came: 5 }, { here: 8, came: 9 }]],
    ["z", true, [{ here: 0, came: 2 }, null]],
    ["b", false, [null, { here: 7, came: 9 }]],
  ]);
});

test("shares differ in points, days and counts in their own unit, and nothing has no sign", () => {
  assert.deepEqual([say(0.2345, "share"), say(41, "days"), say(1234, "journeys"), say(null, "share")], ["23.5%", "41.0 days", "1,234", "–"]);
  assert.deepEqual([saySigned(0.061, "share"), saySigned(-3, "journeys"), saySigned(0, "days"), saySigned(-0.0001, "share")], ["+6.1 points", "−3", "0.0", "0.0 points"]);
  assert.equal(interval(/** @type {any} */ ({ low: 0.03, high: 0.092, unit: "share" })), "+3.0 to +9.2");
});

test("a group is set beside all others of the same filter", () => {
  const address = groupBesideOthers("/d/a", { ...ofMap, cohort: "sex=F&team=x" }, "team", "Area_team_Coast");
  assert.equal(address, "/d/a/compare?sex=F&team=Area_team_Coast&_with_cohort=sex%3DF%26team%3D!Area_team_Coast");
});

test("a figure of one side leads to its question there, and a stock to its journeys at that instant", () => {
  const nfa = new URL(wayTo("a b", { measure: "nfa", figure: "nfa/contact" }, "station=contact&from=2014-04-01&sex=F"), "http://x");
  assert.equal(nfa.pathname, "/d/a%20b");
  const seen = readMap(nfa.search);
  assert.deepEqual([seen.cohort, seen.panel, seen.measure, seen.ask], ["sex=F", "questions", "nfa", "station=contact&from=2014-04-01"]);
  const stock = readMap(new URL(wayTo("a", { measure: "occupancy", figure: "stock/cin" }, "at=2018-03-31T16:19:00Z&sex=F"), "http://x").search);
  assert.deepEqual([stock.cohort, stock.panel, stock.at], ["sex=F", "behind", "2018-03-31T16:19:00Z"]);
  assert.equal(stock.behind, "occupancy?at=2018-03-31T16:19:00Z&sex=F&row=2018-03-31T16%3A19%3A00Z&count=cin");
  assert.equal(wayTo("a", { measure: null, figure: "started" }, null), "");
});

// Charts: what is drawn where, and how the keys go from mark to mark.

import assert from "node:assert/strict";
import { test } from "node:test";
import { spread, wrapped } from "../../static/js/charts/frame.js";
import { intervals } from "../../static/js/charts/intervals.js";
import { lines } from "../../static/js/charts/lines.js";
import { nextOf } from "../../static/js/charts/reach.js";
import { all } from "../../static/js/charts/tree.js";

/** @param {import("../../static/js/charts/tree.js").Tree} tree @param {string} kind */
const ofClass = (tree, kind) => all(tree, (one) => String(one.attributes.class ?? "").split(" ").includes(kind));
const percent = (/** @type {number} */ value) => `${100 * value}%`;

const row = (/** @type {string} */ label, /** @type {number | null} */ value) => ({
  label, value, low: value && value - 0.1, high: value && value + 0.1, said: "", words: `${label}: ${value}`, row: `group|${label}`, count: "count",
});

test("a dot stands between the ends of its interval, in proportion", () => {
  const tree = intervals({ kind: "intervals", label: "Shares", format: percent, rows: [row("a", 0.2), row("b", 0.4)] }, 500);
  const [a, b] = ofClass(tree, "dot").map((dot) => Number(dot.attributes.cx));
  const zero = Number(ofClass(tree, "grid")[0].attributes.x1);
  assert.ok(Math.abs((b - zero) / (a - zero) - 2) < 0.01, "0.4 is twice as far from nought as 0.2");
  const [from, to] = (/** @type {string} */ (ofClass(tree, "range")[0].attributes.d)).match(/^M([\d.]+),[\d.]+v10m0,-5H([\d.]+)m/)?.slice(1).map(Number) ?? [];
  assert.ok(Math.abs((from + to) / 2 - a) < 0.2);
});

test("what there is none of has a row and a mark that says so, and no dot", () => {
  const tree = intervals({ kind: "intervals", label: "Shares", format: percent, rows: [row("a", null)] }, 500);
  assert.deepEqual([ofClass(tree, "mark").length, ofClass(tree, "dot").length, ofClass(tree, "range").length], [1, 0, 0]);
});

test("every mark says its value and leads to its journeys", () => {
  const tree = intervals({ kind: "intervals", label: "Shares", format: percent, rows: [row("a", 0.2)] }, 500);
  const { attributes } = ofClass(tree, "mark")[0];
  assert.deepEqual([attributes["aria-label"], attributes["data-row"], attributes["data-count"], attributes.role], ["a: 0.2", "group|a", "count", "button"]);
});

const series = (/** @type {(number | null)[]} */ values, more = {}) => ({ label: "s", look: /** @type {const} */ ("whole"), points: values.map((y, x) => ({ x, y })), ...more });
const drawLines = (/** @type {any[]} */ several, more = {}) => lines({
  kind: "lines", label: "Lines", series: several, x: { time: false }, y: { label: "n", format: String }, marks: [{ x: 0, words: "none" }, { x: 1, words: "one" }], ...more,
}, 500);

test("a line is broken where there is no value", () => {
  const d = String(ofClass(drawLines([series([1, null, 3, 4])]), "series")[0].attributes.d);
  assert.equal(d.match(/M/g)?.length, 2);
});

test("the axis begins at nought whatever the values are", () => {
  const tree = drawLines([series([900, 1000])]);
  assert.ok(ofClass(tree, "base").length, "there is a line at nought");
});

test("all nought is drawn, not divided by", () => {
  const tree = drawLines([series([0, 0])]);
  assert.doesNotMatch(JSON.stringify(tree), /NaN|Infinity/);
});

test("one point alone is drawn", () => {
  const tree = drawLines([series([5])], { marks: [{ x: 0, words: "five" }] });
  assert.doesNotMatch(JSON.stringify(tree), /NaN|Infinity/);
  assert.equal(ofClass(tree, "mark").length, 1);
});

test("several series have names at their ends that do not overlap, and dashes of their own", () => {
  const tree = drawLines([series([1, 2], { label: "begun" }), series([1, 2], { label: "ended", look: "dashed" })]);
  const places = ofClass(tree, "name").map((one) => Number(one.attributes.y));
  assert.ok(Math.abs(places[0] - places[1]) >= 15);
  assert.ok(ofClass(tree, "dashed").length);
});

test("names are moved apart no farther than needed and stay within the plot", () => {
  assert.deepEqual(spread([10, 12, 50], 16, 0, 100), [10, 26, 50]);
  assert.deepEqual(spread([98, 99], 16, 0, 100), [84, 100]);
});

test("words are broken between words, and end in dots where there is no room", () => {
  assert.deepEqual(wrapped("one two three", 7, 2), ["one two", "three"]);
  assert.deepEqual(wrapped("one two three four", 7, 2), ["one two", "three…"]);
});

test("arrows go on and back, Home and End to the ends, and none leaves the chart", () => {
  assert.deepEqual(["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "Home", "End", "PageDown", "PageUp"].map((key) => nextOf(key, 1, 5)), [2, 2, 0, 0, 0, 4, 4, 0]);
  assert.equal(nextOf("ArrowRight", 4, 5), 4);
  assert.equal(nextOf("Tab", 1, 5), null);
});

// What is behind a figure: as the state writes it, as the map keeps it, and as a command line.

import assert from "node:assert/strict";
import { test } from "node:test";
import { commandOf, leaveBehind, parts, rowText, showBehind, written } from "../../static/js/behind.js";
import { countFacets, filterJourneys } from "../../static/js/facetcounts.js";
import { createStore, defaults, read, write } from "../../static/js/state.js";

const FIGURE = written("nfa", "station=referral&age=5-9,10-15&visit=1+", "earlier|3+|", "count");

test("a bar within a label is doubled, and nothing is an empty label", () => {
  assert.equal(rowText(["a|b", null, 12, false]), "a||b||12|false");
});

test("a figure is read back from an address as it was written, whatever signs it has", () => {
  const behind = written("moves", "source=!a%26b", rowText(["x|y", "é & #1?", null, "100%"]), "same_day");
  const state = read(write({ ...defaults, behind, cohort: "source=!a%26b" }));
  assert.equal(state.behind, behind);
  assert.equal(state.cohort, "source=!a%26b");
  assert.deepEqual(parts(behind), ["moves", "source=!a%26b&row=x%7C%7Cy%7C%C3%A9%20%26%20%231%3F%7C%7C100%25&count=same_day"]);
});

test("to follow a figure opens its list, and another filter leaves it", () => {
  const store = createStore({ ...defaults, cohort: "sex=F", station: "referral" });
  showBehind(store, "nfa", "sex=F", "overall|a|A", "of");
  const { behind, panel, station, cohort } = store.get();
  assert.deepEqual([behind, panel, station, cohort], ["nfa?sex=F&row=overall%7Ca%7CA&count=of", "behind", "", "sex=F"]);
  store.set({ cohort: "sex=M" });
  assert.deepEqual([store.get().behind, store.get().panel], ["", ""]);
  showBehind(store, "nfa", "", "overall|a|A", "of", "");
  assert.equal(store.get().cohort, "");
  leaveBehind(store);
  assert.deepEqual([store.get().behind, store.get().panel], ["", ""]);
});

test("the command asks the same of the command line", () => {
  assert.equal(commandOf(FIGURE, "our council"),
    'flowmap measure nfa "our council" --station referral --journeys "earlier|3+|" --count count --cohort "age=5-9,10-15&visit=1+" --key "our council.key.csv"');
  assert.equal(commandOf("durations?direct=yes&case_by=x&row=%7Ca&count=of", "town"),
    'flowmap measure durations town --direct --case x --journeys "|a" --count of --key town.key.csv');
  assert.ok(!commandOf("durations?direct=no&row=a&count=of", "town").includes("--direct"));
});

test("only those journeys of the cohort are kept, and only they are counted by facet", () => {
  /** @type {any} */
  const facet = { key: "sex", label: "Sex", kind: "category", values: ["F", "M"] };
  const term = { facet, negated: false, codes: [0], ranges: [], missing: false };
  const columns = new Map([["sex", { value: Int16Array.of(0, 1, 0, 1, 0), place: Uint8Array.of(0, 1, 0, 1, 0), places: 2 }]]);
  const kept = filterJourneys([term], /** @type {any} */ (columns), 5, Uint32Array.of(0, 1, 4));
  assert.deepEqual([...kept.inside], [1, 0, 0, 0, 1]);
  assert.equal(kept.journeys, 2);
  assert.deepEqual(countFacets([term], kept.fails, /** @type {any} */ (columns)).sex.counts, [2, 1]);
  const none = filterJourneys([], /** @type {any} */ (columns), 5, new Uint32Array(0));
  assert.equal(none.journeys, 0);
  assert.deepEqual(countFacets([], none.fails, /** @type {any} */ (columns)).sex.counts, [0, 0]);
  assert.equal(filterJourneys([], /** @type {any} */ (columns), 5).journeys, 5);
});

// Names grow as far as they touch nothing: boxes placed so that the answer can be seen.

import assert from "node:assert/strict";
import { test } from "node:test";
import { growthOfNames } from "../../static/js/growth.js";

/** A name beside its station, to the right. @param {number} x @param {number} width */
const right = (x, width) => ({ x: x + 10, y: -5, width, height: 10, of: { x, y: 0, r: 5 } });

test("a name with nothing near it grows as far as it may", () => {
  assert.equal(growthOfNames([right(0, 40), right(1000, 40)], 1, 1.5), 1.5);
});

test("a name stops before the circle of the next station", () => {
  // Its right end is at 50 times its growth; the circle begins at 75 - 5 × 1.2 = 69: 1.35 (67.5) fits, 1.4 (70) does not.
  assert.equal(growthOfNames([right(0, 40), right(75, 4)], 1.2, 1.6).toFixed(2), "1.35");
});

test("names that face each other share the room between them", () => {
  // Ends at 30 g and at 85 - 30 g: 1.4 leaves 42 and 43, 1.45 would overlap.
  const left = { x: 55, y: -5, width: 20, height: 10, of: { x: 85, y: 0, r: 1 } };
  assert.equal(growthOfNames([right(0, 20), left], 1, 1.6).toFixed(2), "1.40");
});

test("where they touch already they stay as they are", () => {
  assert.equal(growthOfNames([right(0, 40), right(20, 40)], 1, 1.5), 1);
});

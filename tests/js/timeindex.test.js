// The index finds the legs that are active, no more and no fewer.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY } from "../../static/js/clock.js";
import { activeRows, durationClass, peakActive } from "../../static/js/timeindex.js";
import { orderBy, upperBound } from "../../static/js/order.js";
import { World } from "../../static/js/world.js";
import { makeDataset, random } from "./made.js";

test("the index finds exactly the legs that a search of all of them finds", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const { dataset, geometry, tables } = makeDataset({ seed, dates: seed % 2 > 0, exits: seed % 3 > 0, journeys: 150 });
    const world = new World(dataset, geometry, tables.journeys, tables.transitions);
    const next = random(seed);
    for (const [hop, together, query] of /** @type {[number, boolean, string][]} */ ([
      [1, false, ""],
      [2 * DAY, false, "sex=F"],
      [DAY, true, "age=5+"],
      [7 * DAY, false, "visit=1+"],
    ])) {
      world.filter(query);
      world.setTimes({ hop, together });
      world.arrange();
      const {
        legs,
        shown: { from, until },
        inside,
        shelves,
      } = world;
      const instants = [
        0,
        world.end,
        ...Array.from({ length: 12 }, () => next() * world.end),
        ...Array.from({ length: 12 }, () => Math.floor(next() * 400) * DAY),
      ];
      for (const t of instants) {
        const found = activeRows(shelves, t)
          .map((row) => shelves.leg[row])
          .sort((a, b) => a - b);
        const searched = [];
        for (let i = 0; i < legs.n; i++) {
          const over = legs.final[i] ? t > until[i] : t >= until[i];
          if (inside[legs.journey[i]] && from[i] <= until[i] && t >= from[i] && !over) searched.push(i);
        }
        assert.deepEqual(found, searched, `seed ${seed}, hop ${hop}, at ${t}`);
      }
      const seen = instants.map((t) => activeRows(shelves, t).length);
      assert.ok(peakActive(shelves, world.span()[1]) >= Math.max(...seen), "the peak is no less than what is seen");
    }
  }
});

test("durations of one class differ by less than the square root of two", () => {
  /** @type {Map<number, number>} */ const least = new Map();
  let before = 0;
  for (let d = 1; d < 200000; d++) {
    const c = durationClass(d);
    assert.ok(c >= before);
    before = c;
    if (!least.has(c)) least.set(c, d);
    assert.ok(d <= Number(least.get(c)) * Math.SQRT2 + 1);
  }
  assert.ok(durationClass(0x7fffffff) < 64);
});

test("the order of whole numbers is that of a stable sort", () => {
  const next = random(9);
  for (const top of [1, 5, 3000, 5e6, 0x7fffffff]) {
    const keys = Int32Array.from({ length: 500 }, () => Math.floor(next() * top));
    const rows = Uint32Array.from({ length: 200 }, () => Math.floor(next() * 500));
    assert.deepEqual(
      [...orderBy(keys)],
      [...keys.keys()].sort((a, b) => keys[a] - keys[b] || a - b),
    );
    assert.deepEqual(
      [...orderBy(keys, rows)],
      [...rows.keys()].sort((a, b) => keys[rows[a]] - keys[rows[b]] || a - b).map((k) => rows[k]),
    );
    const sorted = keys.slice().sort();
    for (const t of [-1, 0, top / 2, sorted[250], sorted[250] - 0.5, top])
      assert.equal(upperBound(sorted, t), sorted.filter((k) => k <= t).length);
  }
});

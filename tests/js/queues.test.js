// Places for those who wait: their own, compact, and within bounds.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY } from "../../static/js/clock.js";
import { FreeNumbers, packing, slotPlace, standingSize } from "../../static/js/queues.js";
import { World } from "../../static/js/world.js";
import { makeDataset, random } from "./made.js";

test("the lowest free number is found through any coming and going", () => {
  for (const [seed, leave] of [
    [1, 0.45],
    [2, 0.1],
    [3, 0.5],
  ]) {
    const next = random(seed),
      numbers = new FreeNumbers(100001),
      taken = new Set();
    for (let i = 0; i < 6000; i++) {
      if (taken.size && next() < leave) {
        const all = [...taken],
          k = all[Math.floor(next() * all.length)];
        taken.delete(k);
        numbers.free(k);
      } else {
        let lowest = 0;
        while (taken.has(lowest)) lowest++;
        assert.equal(numbers.take(), lowest);
        taken.add(lowest);
      }
    }
  }
});

test("a hundred thousand numbers are given in order", () => {
  const numbers = new FreeNumbers(100001);
  for (let k = 0; k < 100000; k++) assert.equal(numbers.take(), k);
  for (const k of [99999, 40000, 1024, 1023, 32, 31]) numbers.free(k);
  assert.deepEqual(
    Array.from({ length: 7 }, () => numbers.take()),
    [31, 32, 1023, 1024, 40000, 99999, 100000],
  );
  assert.equal(numbers.most, 100001);
});

for (const waits of [true, false]) {
  test(`nobody shares a place, and there are no more places than people at the fullest (${waits ? "wait and hop" : "glide"})`, () => {
    for (let seed = 1; seed <= 6; seed++) {
      const { dataset, geometry, tables } = makeDataset({ seed, dates: seed % 2 > 0 });
      const world = new World(dataset, geometry, tables.journeys, tables.transitions);
      world.filter(seed > 3 ? "sex=F,M" : "");
      world.setTimes({ waits, hop: seed * 7200 });
      world.arrange();
      const { legs, shown, slotOfLeg } = world;
      /** @type {{slot: number, station: number, from: number, until: number}[]} */ const standing = [];
      for (let i = waits ? 0 : legs.moves; i < legs.moves + legs.stays; i++) {
        const station = i < legs.moves ? dataset.routes[legs.track[i]].from : legs.track[i] - legs.tracks.routes;
        const until = shown.until[i] - (i < legs.moves ? world.hop : 0);
        if (world.inside[legs.journey[i]] && until > shown.from[i])
          standing.push({ slot: slotOfLeg[i], station, from: shown.from[i], until });
      }
      const fullest = new Int32Array(world.stations);
      for (const { station, from } of standing) {
        const here = standing.filter((other) => other.station === station && other.from <= from && from < other.until);
        assert.equal(new Set(here.map(({ slot }) => slot)).size, here.length, "one place each");
        fullest[station] = Math.max(fullest[station], here.length);
      }
      assert.deepEqual(world.places, fullest);
    }
  });
}

test("rows are of ten with a gap after five, until there are too many for that", () => {
  const how = packing(40);
  assert.equal(how.perRow, 10);
  const across = Array.from({ length: 10 }, (_, slot) => slotPlace(slot, how)[0]);
  const steps = across.slice(1).map((x, i) => x - across[i]);
  assert.ok(steps[4] > steps[0] * 1.2 && steps[3] === steps[0]);
  assert.deepEqual(slotPlace(10, how), [0, how.spacing]);
});

test("a queue of any length stays near its station, and its dots fit their places", () => {
  for (const n of [1, 9, 60, 300, 2000, 50000, 1000000]) {
    const how = packing(n),
      corner = [0, 0];
    for (let slot = 0; slot < n; slot += Math.max(1, Math.floor(n / 500))) {
      const [x, y] = slotPlace(slot, how);
      corner[0] = Math.max(corner[0], x);
      corner[1] = Math.max(corner[1], y);
    }
    assert.ok(corner[0] <= 1.75 * 55 && corner[1] <= 1.75 * 30, `${n}: ${corner}`);
    assert.ok(how.perRow % 5 === 0);
  }
  assert.deepEqual([1, 60, 200, 5000].map(standingSize), [0, 0, 1, 2]);
});

test("a longer wait moves nobody: a place is kept for the whole of the stay", () => {
  const { dataset, geometry, tables } = makeDataset({ seed: 2 });
  const world = new World(dataset, geometry, tables.journeys, tables.transitions);
  world.setTimes({ waits: true, hop: DAY });
  world.arrange();
  const before = world.slotOfLeg.slice();
  world.stale.cohort = true;
  world.arrange();
  assert.deepEqual(world.slotOfLeg, before);
});

// When legs are shown, and in which lane.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY } from "../../static/js/clock.js";
import { LANES, lanesOf, oppositeRoutes, shownTimes } from "../../static/js/legs.js";
import { World } from "../../static/js/world.js";
import { makeDataset, random } from "./made.js";

/** @param {Parameters<typeof makeDataset>[0]} how */
function worldOf(how) {
  const { dataset, geometry, tables } = makeDataset(how);
  return new World(dataset, geometry, tables.journeys, tables.transitions);
}

test("three moves of one day are shown one after another, by hand", () => {
  const legs = /** @type {any} */ ({
    n: 3,
    moves: 3,
    stays: 0,
    returns: 0,
    journey: [0, 0, 0],
    depart: [0, 0, 0],
    arrive: [0, 0, 5 * DAY],
  });
  const journeys = /** @type {any} */ ({ n: 1, start: [0], move: [0, 3], back: [0] });
  const { from, until } = shownTimes(legs, journeys, DAY, false);
  assert.deepEqual([...from], [0, DAY, 2 * DAY]);
  assert.deepEqual([...until], [DAY, 2 * DAY, 5 * DAY]);
});

test("every move is seen for the least time, in order, and an unhurried one at its true times", () => {
  for (let seed = 1; seed <= 12; seed++) {
    const world = worldOf({ seed, dates: seed % 2 > 0, journeys: 150 });
    const { legs, journeys } = world;
    for (const hop of [1, 3600, 2 * DAY, 9 * DAY]) {
      const { from, until } = shownTimes(legs, journeys, hop, false);
      for (let j = 0; j < journeys.n; j++) {
        let over = -Infinity;
        for (let m = journeys.move[j]; m < journeys.move[j + 1]; m++) {
          assert.ok(until[m] - from[m] >= hop && from[m] >= over && from[m] >= legs.depart[m] && until[m] >= legs.arrive[m]);
          if (over <= legs.depart[m]) assert.equal(from[m], legs.depart[m], "nobody leaves late without cause");
          if (over <= legs.depart[m] && legs.arrive[m] - legs.depart[m] >= hop) assert.equal(until[m], legs.arrive[m]);
          over = until[m];
        }
      }
    }
  }
});

test("a child is in one place at a time while its journey is shown", () => {
  const world = worldOf({ seed: 5 });
  const { legs, journeys } = world;
  const { from, until } = shownTimes(legs, journeys, 3 * DAY, false);
  for (let i = legs.moves; i < legs.moves + legs.stays; i++) {
    const j = legs.journey[i];
    if (journeys.move[j + 1] > journeys.move[j])
      assert.equal(from[i], until[journeys.move[j + 1] - 1], "the stay begins where the last move ends");
  }
  assert.ok(legs.stays > 0);
});

test("open journeys wait to the end of the data, in maps with exits only", () => {
  const world = worldOf({ seed: 2 });
  const { legs, journeys } = world;
  const open = [...journeys.open].filter(Boolean).length;
  const lasting = Array.from({ length: legs.stays }, (_, i) => legs.arrive[legs.moves + i]).filter((t) => t === world.end).length;
  assert.equal(lasting, open);
  const without = worldOf({ seed: 2, exits: false });
  for (let i = without.legs.moves; i < without.legs.moves + without.legs.stays; i++)
    assert.equal(without.legs.arrive[i], without.legs.depart[i]);
});

test("a child between journeys is on the way from its exit to its next entry", () => {
  const { legs, journeys, returns } = worldOf({ seed: 3, journeys: 400 });
  assert.ok(legs.returns > 10);
  for (let i = legs.moves + legs.stays; i < legs.n; i++) {
    const j = legs.journey[i],
      before = j - journeys.back[j],
      way = returns[legs.track[i] - legs.tracks.routes - legs.tracks.stations];
    assert.deepEqual(
      [way.from, way.to, legs.depart[i], legs.arrive[i]],
      [journeys.last[before], journeys.first[j], journeys.end[before], journeys.start[j]],
    );
  }
});

test("among the moves of a route the slower one is farther out", () => {
  const next = random(4);
  const routes = [
    { from: 0, to: 1 },
    { from: 1, to: 2 },
    { from: 2, to: 1 },
  ];
  const n = 600;
  const moves = {
    n,
    journey: new Uint32Array(n),
    route: Uint16Array.from({ length: n }, () => Math.floor(next() * 3)),
    depart: new Int32Array(n),
    arrive: Int32Array.from({ length: n }, () => Math.floor(next() * 40) * DAY),
  };
  const lane = new Uint8Array(n),
    twoWay = oppositeRoutes(routes);
  assert.deepEqual([...twoWay], [0, 1, 1]);
  lanesOf(moves, routes, lane);
  const out = (/** @type {number} */ m) => (twoWay[moves.route[m]] ? lane[m] : Math.abs(lane[m] + 0.5 - LANES / 2));
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < n; b++) {
      if (moves.route[a] === moves.route[b] && moves.arrive[a] < moves.arrive[b]) assert.ok(out(a) <= out(b));
    }
  }
  assert.ok(new Set(lane).size > LANES / 2, "lanes are used");
});

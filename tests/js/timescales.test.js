// Overdue, near and on time, against each journey's own clock.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY } from "../../static/js/clock.js";
import { NEVER } from "../../static/js/timescales.js";
import { tintsOf } from "../../static/js/tints.js";
import { World } from "../../static/js/world.js";
import { makeDataset, random } from "./made.js";

/** @param {number} seed @param {boolean} [exits] */
function worldOf(seed, exits = true) {
  const { dataset, geometry, tables } = makeDataset({ seed, exits });
  return new World(dataset, geometry, tables.journeys, tables.transitions);
}

/**
 * Stations where a journey is overdue at t, the slow way: its events, and each timescale in words.
 * @param {World} world @param {number} j @param {number} t
 */
function overdueSlowly({ journeys, moves, dataset: { routes, timescales = [], map }, end }, j, t) {
  const events = [{ at: journeys.first[j], time: journeys.start[j] }];
  for (let m = journeys.move[j]; m < journeys.move[j + 1]; m++) events.push({ at: routes[moves.route[m]].to, time: moves.arrive[m] });
  const over = map.exits && journeys.open[j] ? end : journeys.end[j];
  const past = events.filter(({ time }) => time <= t);
  if (!past.length || t > over || (t === over && !(map.exits && journeys.open[j]))) return -1;
  const here = past[past.length - 1];
  const late = timescales.some((scale) => {
    if (!scale.at.includes(here.at)) return false;
    const started = scale.since === null ? here : past.filter(({ at }) => at === scale.since).pop();
    return started !== undefined && t > scale.due[Math.floor(started.time / DAY)];
  });
  return late ? here.at : -1;
}

test("overdue counts are those of every journey's own clock, under random cohorts", () => {
  const next = random(3);
  let seen = 0;
  for (let seed = 1; seed <= 8; seed++) {
    const world = worldOf(seed, seed % 4 > 0);
    for (let i = 0; i < 12; i++) {
      world.filter(["", "sex=M", "age=5+"][i % 3]);
      const t = i === 0 ? world.end : Math.floor(next() * 400) * DAY + (i % 2) * 3600;
      const expected = new Int32Array(world.stations);
      for (let j = 0; j < world.journeys.n; j++) {
        const at = world.inside[j] ? overdueSlowly(world, j, t) : -1;
        if (at >= 0) {
          expected[at]++;
          seen++;
        }
      }
      assert.deepEqual(world.countsAt(t).overdue, expected, `seed ${seed} at ${t / DAY}`);
    }
  }
  assert.ok(seen > 200);
});

test("a wait is near its limit from the given share of it, and colours follow", () => {
  const { dataset, geometry } = makeDataset();
  const world = new World(
    dataset,
    geometry,
    { after: [10 * DAY], back: [0], moves: [1], first: [1], open: [0], sex: [0], age: [3] },
    { route: [12], wait: [50 * DAY] },
  );
  world.arrange();
  assert.equal(world.getLimits().due[0], 31 * DAY - 1); // 20 days and to the end of that day: fixed by the made-up table
  assert.equal(world.getLimits().near[0], Math.ceil(10 * DAY + 0.8 * (21 * DAY - 1)));
  const classes = /** @type {const} */ (["ontime", "near", "overdue", "none"]).map((state) => ({
    label: state,
    test: { state },
    colour: "#ffffff",
  }));
  const tints = tintsOf(world, { by: "timescale", classes }, false);
  assert.deepEqual([tints.tint[0], tints.nearTint, tints.dueTint], [3, 4, 5]);
  assert.deepEqual([tints.near?.[0], tints.due?.[0]], [world.getLimits().near[0], world.getLimits().due[0]]);
});

test("no clock runs where none is defined, nor on the way back", () => {
  const world = worldOf(3),
    { legs, dataset } = world,
    limits = world.getLimits();
  for (let i = 0; i < legs.n; i++) {
    const station = i < legs.moves ? dataset.routes[legs.track[i]].from : legs.track[i] - legs.tracks.routes;
    if (i >= legs.moves + legs.stays || ![1, 3, 4].includes(station)) assert.equal(limits.due[i], NEVER);
  }
});

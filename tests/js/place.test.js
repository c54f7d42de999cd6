// Where dots are: a pure function of leg and time.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY, clockAt } from "../../static/js/clock.js";
import { emptyPlaces, longestShelf, placeDots, placeLeg, progress } from "../../static/js/place.js";
import { queueSpots } from "../../static/js/queues.js";
import { pathsOf, placeOf, rasterOf, sample } from "../../static/js/routes.js";
import { tintsOf } from "../../static/js/tints.js";
import { World } from "../../static/js/world.js";
import { makeDataset, random } from "./made.js";

const view = { width: 640, height: 640, dpr: 1, k: 1, x: 5, y: -3, theme: /** @type {const} */ ("light") };
const raster = rasterOf(view);

/** @param {Parameters<typeof makeDataset>[0] & {waits?: boolean, hop?: number, query?: string, together?: boolean}} how */
function sceneOf({ waits = false, hop = DAY, query = "", together = false, ...how }) {
  const { dataset, geometry, tables } = makeDataset(how);
  const world = new World(dataset, geometry, tables.journeys, tables.transitions);
  world.filter(query);
  world.setTimes({ hop, waits, together });
  world.arrange();
  /** @type {import("../../static/js/place.js").Scene} */
  const scene = {
    shelves: world.shelves,
    hop,
    waits,
    lane: world.lane,
    bend: world.bend,
    slot: world.slot,
    ...tintsOf(world, { by: "visit", classes: [] }, false),
    ways: sample(pathsOf(geometry, world.legs.tracks), view, raster),
    queues: queueSpots(world.places, geometry.stations, view, raster),
    standing: new Uint8Array(dataset.stations.length),
    queueOf: world.queueOf,
    tracks: world.legs.tracks,
  };
  return { world, scene, geometry, dataset };
}

/** All dots at t: leg → spot. @param {import("../../static/js/place.js").Scene} scene @param {number} t */
function dotsAt(scene, t) {
  const into = emptyPlaces(longestShelf(scene.shelves));
  /** @type {Map<number, number>} */ const dots = new Map();
  const active = placeDots(scene, t, into, (n) => {
    for (let d = 0; d < n; d++) dots.set(scene.shelves.leg[into.row[d]], into.spot[d]);
  });
  return { dots, active };
}

for (const waits of [false, true]) {
  const way = waits ? "wait and hop" : "glide";

  test(`seeking to t shows what playing to t shows, whatever the way there (${way})`, () => {
    const next = random(7);
    for (let seed = 1; seed <= 4; seed++) {
      const { world, scene } = sceneOf({ seed, waits, journeys: 120 });
      for (let i = 0; i < 6; i++) {
        const target = Math.floor(next() * world.end),
          sought = dotsAt(scene, target).dots;
        // played to from before, backwards from after, and round a loop: frames fall where they fall
        for (const [at, speed, loop] of /** @type {[number, number, [number, number]|null][]} */ ([
          [target - 30 * DAY, 10 * DAY, null],
          [target + 12 * DAY, -4 * DAY, null],
          [target, 5 * DAY, [target - 10 * DAY, target + 10 * DAY]],
        ])) {
          const clock = { at, wall: 0, speed, playing: true, loop };
          const arrives = loop ? 4000 : (1000 * (target - at)) / speed;
          for (let wall = 0; wall < arrives; wall += 16 + 90 * next()) dotsAt(scene, clockAt(clock, wall, [-1e9, 1e9]));
          assert.equal(clockAt(clock, arrives, [-1e9, 1e9]), target);
          assert.deepEqual(dotsAt(scene, clockAt(clock, arrives, [-1e9, 1e9])).dots, sought);
        }
      }
    }
  });

  test(`the dots of the shelves are where their legs, one by one, say they are (${way})`, () => {
    const next = random(8);
    for (let seed = 1; seed <= 4; seed++) {
      const { world, scene } = sceneOf({
        seed,
        waits,
        journeys: 120,
        hop: 2 * DAY,
        together: seed === 2,
        query: seed === 3 ? "sex=!F" : "",
      });
      for (let i = 0; i < 15; i++) {
        const t = i % 2 ? next() * world.end : Math.floor((next() * world.end) / DAY) * DAY;
        const { dots } = dotsAt(scene, t);
        for (let leg = 0; leg < world.legs.n; leg++) {
          if (!world.inside[world.legs.journey[leg]]) assert.ok(!dots.has(leg));
          else if (world.shown.from[leg] <= world.shown.until[leg]) assert.equal(dots.get(leg) ?? null, placeLeg(world, scene, leg, t));
        }
      }
    }
  });
}

test("at departure and at arrival a dot is exactly at its stations", () => {
  const { world, scene, dataset, geometry } = sceneOf({ seed: 3, hop: DAY });
  const { legs, shown } = world;
  let checked = 0;
  for (let m = 0; m < legs.moves; m++) {
    const { from, to } = dataset.routes[legs.track[m]];
    const at = (/** @type {number} */ s) => [Number(geometry.stations[s].x) + view.x, Number(geometry.stations[s].y) + view.y];
    if (shown.from[m] !== legs.depart[m] || shown.until[m] !== legs.arrive[m]) continue; // hurried: the minimum time on screen
    assert.deepEqual(placeOf(raster, Number(placeLeg(world, scene, m, legs.depart[m]))), at(from));
    // the moment of arrival belongs to the leg that follows; the limit of this one is the same place
    const next = m + 1 < legs.moves && legs.journey[m + 1] === legs.journey[m] ? m + 1 : m;
    const spot = placeLeg(world, scene, next, legs.arrive[m]);
    if (next > m || legs.final[m]) {
      assert.deepEqual(placeOf(raster, Number(spot)), at(to));
      checked++;
    }
  }
  assert.ok(checked > 50);
});

test("halfway in time is halfway along, and off to the side by its lane", () => {
  const { world, scene, geometry } = sceneOf({ seed: 3, hop: 1 });
  const { legs, shown } = world;
  let checked = 0;
  for (let m = 0; m < legs.moves; m++) {
    const [a, corner, b] = geometry.routes[legs.track[m]].points;
    if (shown.until[m] - shown.from[m] < DAY || corner[1] !== a[1] || b[1] !== a[1] || b[0] <= a[0]) continue; // straight along x
    const [x, y] = placeOf(raster, Number(placeLeg(world, scene, m, (shown.from[m] + shown.until[m]) / 2)));
    assert.ok(Math.abs(x - ((a[0] + b[0]) / 2 + view.x)) <= 1, `${x}`);
    assert.ok(Math.abs(y - (a[1] + view.y)) <= 9.25);
    checked++;
  }
  assert.ok(checked > 10);
});

test("a dot of any pace is at its station when it leaves and when it comes, and never turns back", () => {
  for (let bend = -128; bend < 128; bend++) {
    assert.deepEqual([progress(0, bend), progress(1, bend)], [0, 1]);
    for (let u = 0; u < 1; u += 0.01) assert.ok(progress(u + 0.01, bend) > progress(u, bend));
  }
});

test("only moves whose pace says nothing have one of their own", () => {
  const {
    world: { legs, shown, bendOfLeg },
  } = sceneOf({ seed: 3, hop: 3 * DAY });
  let hurried = 0;
  for (let m = 0; m < legs.moves; m++) {
    if (shown.until[m] - shown.from[m] > 3 * DAY) assert.equal(bendOfLeg[m], 0);
    else if (legs.arrive[m] === legs.depart[m]) hurried += bendOfLeg[m] === 0 ? 0 : 1;
  }
  assert.ok(hurried > 50);
});

test("in wait and hop a dot stands in its queue, then makes the way in the hop", () => {
  const { world, scene } = sceneOf({ seed: 3, waits: true, hop: DAY });
  const { legs, shown } = world;
  let stood = 0;
  for (let m = 0; m < legs.moves; m++) {
    if (shown.until[m] - shown.from[m] < 3 * DAY) continue;
    const station = world.dataset.routes[legs.track[m]].from;
    const place = scene.queues.spot[scene.queues.base[station] + world.slotOfLeg[m]];
    for (const t of [shown.from[m], shown.from[m] + DAY / 2, shown.until[m] - DAY - 1]) assert.equal(placeLeg(world, scene, m, t), place);
    assert.notEqual(placeLeg(world, scene, m, shown.until[m] - DAY / 2), place);
    stood++;
  }
  assert.ok(stood > 50);
});

test("dots between journeys are drawn but not counted", () => {
  const { world, scene } = sceneOf({ seed: 3, journeys: 400, hop: 1 });
  const first = world.legs.moves + world.legs.stays;
  for (const day of [50, 150, 250, 350]) {
    const { dots, active } = dotsAt(scene, day * DAY);
    const between = [...dots.keys()].filter((leg) => leg >= first).length;
    assert.ok(between > 0);
    assert.equal(active, dots.size - between);
  }
});

test("with time on screen for every event, dots counted by journey are the server's count", () => {
  // Whole days and a hop of one second: at half past a day no move is hurried, so what is seen is what is.
  const { world, scene, dataset } = sceneOf({ seed: 6, journeys: 300, hop: 1 });
  const next = random(6);
  for (let i = 0; i < 100; i++) {
    world.filter(["", "sex=F", "age=5-15", "visit=1+", "outcome=!still_open"][i % 5]);
    world.arrange();
    const t = (Math.floor(next() * 399) + 0.5) * DAY;
    const counts = new Int32Array(dataset.stations.length);
    const { dots, active } = dotsAt(
      { ...scene, shelves: world.shelves, lane: world.lane, bend: world.bend, slot: new Uint32Array(world.shelves.n) },
      t,
    );
    for (const leg of dots.keys()) {
      if (leg < world.legs.moves) counts[dataset.routes[world.legs.track[leg]].from]++;
      else if (leg < world.legs.moves + world.legs.stays) counts[world.legs.track[leg] - world.legs.tracks.routes]++;
    }
    const exact = world.countsAt(t);
    assert.deepEqual(counts, exact.stations);
    assert.equal(active, exact.count);
  }
});

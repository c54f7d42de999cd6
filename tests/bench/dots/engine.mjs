// How long the parts of the engine take, without a browser: node tests/bench/dots/engine.mjs [moves in millions]
/* eslint no-console: "off" -- what it prints is what it is for */
// The best of several rounds, since other work on the machine can only add to a time.

import { clockAt } from "../../../static/js/clock.js";
import { markDots, drawMarks } from "../../../static/js/dots.js";
import { emptyPlaces, longestShelf, placeDots } from "../../../static/js/place.js";
import { queueSpots } from "../../../static/js/queues.js";
import { pathsOf, rasterOf, sample } from "../../../static/js/routes.js";
import { tintsOf } from "../../../static/js/tints.js";
import { World } from "../../../static/js/world.js";
import { makeDataset } from "../../js/made.js";

const millions = Number(process.argv[2] ?? 1);
const { dataset, geometry, tables } = makeDataset({ journeys: Math.round(millions * 475e3), days: 1460, wait: 300, most: 4 });

/** @param {string} name @param {() => any} work @param {number} [rounds] */
function time(name, work, rounds = 7) {
  let best = Infinity;
  for (let i = 0; i < rounds; i++) {
    const begun = performance.now();
    work();
    best = Math.min(best, performance.now() - begun);
  }
  console.log(`${name.padEnd(44)} ${best.toFixed(1).padStart(8)} ms`);
}

const world = new World(dataset, geometry, tables.journeys, tables.transitions);
world.setTimes({ hop: 181440 });
world.arrange();
console.log(
  `${world.journeys.n.toLocaleString("en-GB")} journeys, ${world.moves.n.toLocaleString("en-GB")} moves, at most ${world.peak.toLocaleString("en-GB")} dots at once\n`,
);

time("decode and prepare", () => new World(dataset, geometry, tables.journeys, tables.transitions), 2);
let hop = 181440;
time(
  "another speed",
  () => {
    world.setTimes({ hop: (hop += 3600) });
    world.arrange();
  },
  4,
);
time("filter and facet counts", () => world.filter("sex=F&age=0-12"));
time("arrange the cohort", () => {
  world.stale.cohort = true;
  world.arrange();
});
time("exact counts of the cohort", () => {
  world.counted = null;
  world.countsAt(1e7);
});
time("filter to all", () => world.filter(""));
time("arrange everybody", () => {
  world.stale.cohort = true;
  world.arrange();
});
time("exact counts of everybody", () => {
  world.counted = null;
  world.countsAt(1e7);
});
const colouring = { by: "visit", classes: [{ label: "", test: { range: /** @type {[number, number]} */ ([0, 0]) }, colour: "#ffffff" }] };
time("colours by visit", () => tintsOf(world, colouring, true));
world.setTimes({ waits: true });
time(
  "queues of wait and hop",
  () => {
    world.stale.slots = true;
    world.arrange();
  },
  3,
);
time(
  "arrange everybody, wait and hop",
  () => {
    world.stale.cohort = true;
    world.arrange();
  },
  3,
);
world.setTimes({ waits: false });
world.arrange();

const view = { width: 1280, height: 720, dpr: 1, k: 1, x: 0, y: 0, theme: /** @type {const} */ ("light") };
const raster = rasterOf(view),
  paths = pathsOf(geometry, world.legs.tracks);
time("sample routes for a view", () => sample(paths, view, raster));
time("sample routes for a view zoomed in", () => sample(paths, { ...view, k: 6 }, raster));
const pixels = new Uint32Array(raster.stride * raster.rows),
  marks = new Uint8Array((pixels.length + 3) & ~3);
const flat = { ink: new Uint32Array(256).fill(1), fill: new Uint32Array(256).fill(2) };
for (const waits of [false, true]) {
  world.setTimes({ waits });
  world.arrange();
  const scene = {
    shelves: world.shelves,
    hop,
    waits,
    lane: world.lane,
    bend: world.bend,
    slot: world.slot,
    ...tintsOf(world, colouring, true),
    ways: sample(paths, view, raster),
    queues: queueSpots(world.places, geometry.stations, view, raster),
    standing: new Uint8Array(dataset.stations.length),
    queueOf: world.queueOf,
    tracks: world.legs.tracks,
  };
  const places = emptyPlaces(longestShelf(world.shelves));
  const t = clockAt({ at: world.end * 0.6, wall: 0, speed: 1, playing: false, loop: null }, 0, world.span());
  let active = 0;
  const say = waits ? "wait and hop" : "glide";
  time(`place dots, ${say}`, () => {
    active = placeDots(scene, t, places, () => {});
  });
  time(`place and mark dots, ${say}`, () => {
    placeDots(scene, t, places, (n) => markDots(marks, places, n));
  });
  time(`a frame, ${say}`, () => {
    pixels.fill(0);
    placeDots(scene, t, places, (n) => markDots(marks, places, n));
    drawMarks(pixels, marks, raster.stride, 4, flat);
  });
  console.log(`  with ${active.toLocaleString("en-GB")} dots`);
}

// The room where dots are drawn, with a made-up canvas and a made-up wire.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { tableFromArrays, tableToIPC } from "apache-arrow";
import { DAY, wallNow } from "../../static/js/clock.js";
import { classesFor } from "../../static/js/palette.js";
import { createRoom } from "../../static/js/room.js";
import { makeDataset } from "./made.js";

const made = makeDataset({ seed: 3, journeys: 300 });
const view = { width: 640, height: 640, dpr: 1, k: 1, x: 0, y: 0, theme: "light" };
/** @type {any} */ const world = globalThis;
/** @type {(() => void)[]} */ let frames = [];
/** @type {any[]} */ let heard = [];
let painted = new Uint32Array(0);

/** Runs the frames that are waiting, and what they leave to be done after them. @param {number} n */
async function run(n = 1) {
  for (let i = 0; i < n; i++) {
    for (const frame of frames.splice(0)) frame();
    await new Promise((done) => {
      setTimeout(done, 1);
    });
  }
}

/** A room with the data loaded, and a way to ask it. */
async function open() {
  const canvas = {
    width: 0,
    height: 0,
    getContext: () => ({
      putImageData: (/** @type {any} */ image) => {
        painted = new Uint32Array(image.data.buffer);
      },
    }),
  };
  const take = createRoom(/** @type {any} */ (canvas), (message) => heard.push(message));
  let last = 0;
  const ask = async (/** @type {string} */ call, /** @type {any[]} */ ...args) => {
    const id = ++last;
    await take({ call, id, args });
    const { value, error } = heard.find((message) => message.id === id);
    if (error !== undefined) throw new Error(error);
    return value;
  };
  const tell = (/** @type {string} */ call, /** @type {any[]} */ ...args) => take({ call, args });
  await tell("setView", view);
  await tell("setColour", { by: "visit", classes: classesFor("visit", made.dataset, "light") });
  const loaded = await ask("load", {
    dataset: made.dataset,
    geometry: made.geometry,
    urls: { journeys: "http://x/journeys", transitions: "http://x/transitions" },
  });
  return { ask, tell, loaded, canvas };
}

const status = () => heard.filter((message) => message.status).pop()?.status;
const clock = (/** @type {number} */ at, playing = false, speed = 7 * DAY) => ({ at, wall: wallNow(), speed, playing, loop: null });
const inked = () => painted.reduce((n, p) => n + (p ? 1 : 0), 0);

beforeEach(() => {
  frames = [];
  heard = [];
  world.requestAnimationFrame = (/** @type {() => void} */ f) => frames.push(f);
  world.ImageData = class {
    constructor(/** @type {Uint8ClampedArray} */ data) {
      this.data = data;
    }
  };
  world.fetch = async (/** @type {string} */ url) =>
    new Response(
      /** @type {any} */ (
        tableToIPC(
          tableFromArrays(/** @type {any} */ (url.endsWith("journeys") ? made.tables.journeys : made.tables.transitions)),
          "stream",
        )
      ),
    );
});
afterEach(() => {
  for (const name of ["requestAnimationFrame", "ImageData"]) delete world[name];
});

test("after loading it says what it has and shows the first picture", async () => {
  const { loaded, canvas } = await open();
  assert.deepEqual(loaded, { journeys: 300, transitions: made.tables.transitions.route.length, span: [0, 399 * DAY] });
  assert.equal(canvas.width, 640);
  await run();
  assert.equal(status().frames, 1);
});

test("a still picture is drawn once and not again", async () => {
  const { tell } = await open();
  await tell("setClock", clock(100 * DAY));
  await run(5);
  assert.equal(status().frames, 1);
  assert.ok(status().active > 20 && inked() > status().active);
  assert.equal(frames.length, 0);
});

test("playing draws every frame and reports now and then; at the end it stops and says so", async () => {
  const { tell } = await open();
  await tell("setClock", clock(100 * DAY, true));
  await run(20);
  assert.equal(frames.length, 1, "the next frame is always asked for");
  assert.ok(heard.filter((m) => m.status).length < 10);
  await tell("setClock", clock(399 * DAY - 1, true));
  await new Promise((done) => {
    setTimeout(done, 5);
  });
  await run(2);
  assert.deepEqual([status().ended, status().at, frames.length], [true, 399 * DAY, 0]);
});

test("every setting that changes the picture draws it again", async () => {
  const { ask, tell } = await open();
  await tell("setClock", clock(200 * DAY));
  await run(2);
  const changes = [
    () => ask("setCohort", "sex=F"),
    () => tell("setView", { ...view, k: 1.5, theme: "dark" }),
    () => ask("setMode", { moving: "hop", together: false }),
    () => tell("setColour", { by: "timescale", classes: classesFor("timescale", made.dataset, "light") }),
    () => tell("setClock", clock(220 * DAY)),
    () => tell("setGeometry", { ...made.geometry, returns: [] }),
    () => ask("setMode", { moving: "glide", together: true }),
  ];
  for (const change of changes) {
    const before = painted.slice();
    await change();
    await run(2);
    assert.notDeepEqual(painted, before, String(change));
  }
  assert.equal(status().frames, 1 + changes.length);
});

test("the same settings by another way are the same picture", async () => {
  const { ask, tell } = await open();
  await tell("setClock", clock(200 * DAY));
  await run(2);
  const before = painted.slice();
  await ask("setCohort", "visit=1+");
  await tell("setClock", clock(50 * DAY, true));
  await run(3);
  await ask("setCohort", "");
  await tell("setClock", clock(200 * DAY));
  await run(2);
  assert.deepEqual(painted, before);
});

test("a cohort that cannot be understood is refused and the picture stays", async () => {
  const { ask } = await open();
  await ask("setCohort", "sex=F");
  await assert.rejects(ask("setCohort", "sex=X"), /no value “X”/);
  assert.equal((await ask("countsAt", 100 * DAY)).count, (await ask("setCohort", "sex=F"), await ask("countsAt", 100 * DAY)).count);
});

test("a press on a dot finds it; a press on nothing finds nothing; a followed child has a ring", async () => {
  const { ask, tell } = await open();
  await tell("setClock", clock(200 * DAY));
  await run(2);
  assert.equal(await ask("pick", 5, 630), null);
  let found = null;
  for (let x = 80; x < 600 && !found; x += 4) found = await ask("pick", x, 80);
  assert.ok(found && found.depart <= 200 * DAY && found.child >= 0);
  const { from, to } = found;
  assert.ok([...made.dataset.routes, ...(made.geometry.returns ?? [])].some((r) => r.from === from && (to === null || r.to === to)));
  const before = inked();
  await tell("highlight", found.child);
  await run(2);
  assert.ok(inked() > before);
});

test("a table that does not come is reported in words", async () => {
  world.fetch = async () =>
    new Response(JSON.stringify({ error: { message: "There is no such dataset.", parameter: "name", remedy: "Choose another." } }), {
      status: 404,
    });
  await assert.rejects(open(), /There is no such dataset\. Choose another\./);
  heard = [];
  world.fetch = async () => {
    throw new TypeError("Failed to fetch");
  };
  await assert.rejects(open(), /server does not answer/);
});

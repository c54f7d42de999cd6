// From map to pixels.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LANES } from "../../static/js/legs.js";
import { MARGIN, laneOffsets, makePath, placeOf, rasterOf, sample, spotAt } from "../../static/js/routes.js";

const view = { width: 800, height: 600, dpr: 1, k: 1, x: 0, y: 0, theme: /** @type {const} */ ("light") };

test("a spot is its place to a quarter of a pixel", () => {
  const raster = rasterOf({ ...view, dpr: 1.5 });
  for (const [x, y] of [
    [0, 0],
    [10.25, 20.75],
    [799.5, 599.5],
    [1199.75, 899.5],
    [3.1, 4.4],
  ]) {
    const [px, py] = placeOf(raster, spotAt(raster, x, y));
    assert.ok(Math.abs(px - x) <= 0.126 && Math.abs(py - y) <= 0.126);
  }
});

test("what is out of sight has a spot in the margin, whatever is drawn there", () => {
  const raster = rasterOf(view);
  for (const [x, y] of [
    [-100, 50],
    [50, 1e7],
    [NaN, 3],
    [900, 3],
  ]) {
    const [px, py] = placeOf(raster, spotAt(raster, x, y));
    assert.ok(px + MARGIN / 2 <= 0 && py + MARGIN / 2 <= 0 && px - MARGIN / 2 >= -MARGIN);
  }
});

test("a path is resampled evenly and knows its right-hand side", () => {
  const east = makePath([
    [0, 0],
    [30, 0],
    [100, 0],
  ]);
  assert.equal(east.length, 100);
  assert.deepEqual([...east.x.slice(0, 3), east.x[east.x.length - 1]], [0, 2, 4, 100]);
  assert.deepEqual([east.side[0], east.side[1]].map(Math.abs), [0, 1]);
  assert.equal(east.side[1], 1); // y grows downwards: going east, the right hand is south
  const south = makePath([
    [0, 0],
    [0, 50],
  ]);
  assert.equal(south.side[0], -1);
});

test("a route begins and ends at its stations in every lane, and lanes lie side by side between", () => {
  const paths = [
    makePath([
      [100, 300],
      [500, 300],
    ]),
    null,
    makePath([
      [500, 300],
      [100, 300],
    ]),
  ];
  const raster = rasterOf(view),
    { spot, base, steps } = sample({ paths, spreads: ["both", "both", "right"] }, view, raster);
  assert.deepEqual([base[1], steps[0]], [-1, 400]);
  const at = (/** @type {number} */ track, /** @type {number} */ lane, /** @type {number} */ step) =>
    placeOf(raster, spot[base[track] + lane * (steps[track] + 1) + step]);
  for (let lane = 0; lane < LANES; lane++) {
    assert.deepEqual(
      [at(0, lane, 0), at(0, lane, 400)],
      [
        [100, 300],
        [500, 300],
      ],
    );
    const [x, y] = at(0, lane, 200);
    assert.equal(x, 300);
    assert.ok(Math.abs(y - 300 - laneOffsets("both")[lane]) <= 0.126);
    assert.ok(at(2, lane, 200)[1] < 300, "the way back keeps to its right, which is north");
  }
});

test("zooming in does not cost without bound, and what is off the screen is hidden", () => {
  const near = { ...view, k: 40, x: -40 * 250, y: -40 * 280 };
  const raster = rasterOf(near),
    { spot, steps } = sample(
      {
        paths: [
          makePath([
            [100, 300],
            [500, 300],
          ]),
        ],
        spreads: ["both"],
      },
      near,
      raster,
    );
  assert.ok(steps[0] <= 2048);
  assert.ok(spot.includes(raster.hidden));
  const seen = [...spot].filter((s) => s !== raster.hidden);
  assert.ok(seen.length > 100);
  for (const s of seen) {
    const [x, y] = placeOf(raster, s);
    assert.ok(x > -MARGIN && y > -MARGIN && x < 800 + MARGIN && y < 600 + MARGIN);
  }
});

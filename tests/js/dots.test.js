// Pixels.

import assert from "node:assert/strict";
import { test } from "node:test";
import { blend, channels, mix, pack } from "../../static/js/colours.js";
import { discOffsets, drawMarks, drawSprite, markDots } from "../../static/js/dots.js";
import { dotSize, flatColours, makeSprite } from "../../static/js/sprites.js";
import { random } from "./made.js";

const stride = 64,
  middle = 32 * stride + 32;

test("colours are packed as ImageData keeps them: red first in memory", () => {
  assert.deepEqual([...new Uint8Array(Uint32Array.of(pack("#336699")).buffer)], [0x33, 0x66, 0x99, 255]);
  assert.deepEqual(channels("#fa0"), [255, 170, 0]);
  assert.equal(mix("#000000", "#ff8000", 0.5), "#804000");
  for (const bad of ["red", "#12345", "#gggggg"]) assert.throws(() => pack(bad), /is not a colour/);
});

test("one colour over another is what the arithmetic of light says, to one step in 255", () => {
  const next = random(2);
  for (let i = 0; i < 3000; i++) {
    const [over, under] = [0, 1].map((k) =>
      [0, 1, 2].map(() => Math.floor(next() * 256)).concat(k && i % 2 ? 255 : Math.floor(next() * 256)),
    );
    const packed = (/** @type {number[]} */ [r, g, b, a]) => ((a << 24) | (b << 16) | (g << 8) | r) >>> 0;
    const a = over[3] / 255,
      below = under[3] / 255,
      all = a + below * (1 - a);
    const found = new Uint8Array(Uint32Array.of(blend(packed(over), packed(under))).buffer);
    assert.ok(Math.abs(found[3] - all * 255) <= 1);
    if (all * 255 < 30) continue; // too faint for its colour to be told
    for (let c = 0; c < 3; c++)
      assert.ok(Math.abs(found[c] - (over[c] * a + under[c] * below * (1 - a)) / all) <= (below === 1 || below === 0 ? 2 : 4));
  }
});

test("a smooth dot has the area of its disc, is round, and is filled inside its outline", () => {
  const sprite = makeSprite("#ffcc00", "#112233", { diameter: 8, line: 1.2 }, stride);
  for (let phase = 0; phase < 16; phase++) {
    const pixels = new Uint32Array(stride * 64);
    drawSprite(pixels, middle * 16 + phase, sprite);
    const area = pixels.reduce((sum, p) => sum + (p >>> 24) / 255, 0);
    assert.ok(Math.abs(area - Math.PI * 16) < 2.5, `${area}`);
    assert.equal(pixels[middle], pack("#ffcc00"));
    const x = pixels.reduce((sum, p, i) => sum + ((p >>> 24) / 255) * (i % stride), 0) / area;
    assert.ok(Math.abs(x - 32 - (phase >> 2) / 4) < 0.05, "its centre is where its spot says, to a fraction of a pixel");
  }
});

test("marks become dots of whole pixels, each pixel once, and are cleared", () => {
  for (const size of /** @type {const} */ ([4, 5, 6, 8])) {
    const pixels = new Uint32Array(stride * 64),
      marks = new Uint8Array(stride * 64);
    const flat = { ink: new Uint32Array(64).fill(7), fill: Uint32Array.from({ length: 64 }, (_, i) => 100 + i) };
    markDots(marks, { spot: Uint32Array.of(middle * 16 + 5, middle * 16 + 5), tint: Uint8Array.of(3, 9) }, 2);
    drawMarks(pixels, marks, stride, size, flat);
    assert.ok(marks.every((m) => m === 0));
    const painted = [...pixels.keys()].filter((i) => pixels[i]);
    const columns = painted.map((i) => i % stride),
      rows = painted.map((i) => Math.floor(i / stride));
    assert.deepEqual([Math.max(...columns) - Math.min(...columns) + 1, Math.max(...rows) - Math.min(...rows) + 1], [size, size]);
    assert.equal(pixels[middle], 109, "the last one marked is the one seen");
    const filled = painted.filter((i) => pixels[i] === 109).length;
    assert.ok(filled >= 0.65 * (size - 2) ** 2 && filled <= (size - 2) ** 2);
    for (const i of painted) {
      // the fill nowhere touches the outside
      if (pixels[i] === 109) assert.ok([1, -1, stride, -stride].every((step) => pixels[i + step]));
    }
  }
});

test("a crowd has one outline: no fill is hidden under a neighbour's", () => {
  const pixels = new Uint32Array(stride * 64),
    marks = new Uint8Array(stride * 64);
  for (let x = 20; x < 40; x++) marks[32 * stride + x] = 3;
  drawMarks(pixels, marks, stride, 5, { ink: new Uint32Array(64).fill(7), fill: new Uint32Array(64).fill(8) });
  for (let x = 20; x < 40; x++) assert.equal(pixels[32 * stride + x], 8);
});

test("a disc of pixels is the same to all sides", () => {
  for (const size of [2, 3, 4, 5, 6, 8]) {
    const found = new Set(discOffsets(size, stride).map((o) => o + middle));
    assert.ok(found.size > 0);
    const xs = [...found].map((i) => i % stride),
      ys = [...found].map((i) => Math.floor(i / stride));
    const [x0, y0] = [Math.min(...xs), Math.min(...ys)];
    for (const i of found) {
      const [x, y] = [(i % stride) - x0, Math.floor(i / stride) - y0];
      assert.ok(found.has((y0 + x) * stride + x0 + y) && found.has((y0 + y) * stride + x0 + size - 1 - x));
    }
  }
});

test("dots are smooth while few and small when many, and fewer are never smaller", () => {
  const width = (/** @type {import("../../static/js/sprites.js").DotSize} */ size) => (size.smooth ? size.diameter : size.size);
  for (const dpr of [1, 2]) {
    let before = Infinity;
    for (const peak of [1, 100, 1500, 5000, 12000, 24000, 60000, 150000, 400000, 1e6]) {
      const size = dotSize(peak, dpr, 1);
      assert.ok(width(size) <= before);
      assert.ok(peak > 5000 || size.smooth);
      before = width(size);
    }
  }
  assert.deepEqual(dotSize(1e6, 1, 1), { smooth: false, size: 4 });
});

test("the shades of a crowd are of one colour, the first of them as in the legend", () => {
  const { fill } = flatColours(["#000000", "#bbbbbb", "#999999", "#ff8800"], { outline: "#1f2433" });
  assert.equal(fill[3], pack("#ff8800"));
  assert.equal(new Set([3, 19, 35, 51].map((tint) => fill[tint])).size, 4);
});

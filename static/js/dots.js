// The pixel kernel: placed dots into a buffer of pixels. Plain loops over typed arrays; nothing is made per frame.

import { blend } from "./colours.js";

/** @typedef {import("./sprites.js").Sprite} Sprite */

/**
 * Draws round, smooth dots, in order.
 * @param {Uint32Array} pixels @param {{spot: Uint32Array, tint: Uint8Array}} dots @param {number} n @param {Sprite[]} sprites by tint
 */
export function drawSprites(pixels, { spot, tint }, n, sprites) {
  for (let d = 0; d < n; d++) drawSprite(pixels, spot[d], sprites[tint[d]]);
}

/** @param {Uint32Array} pixels @param {number} spot @param {Sprite} sprite */
export function drawSprite(pixels, spot, sprite) {
  const phase = spot & 15, at = spot >>> 4;
  const offset = sprite.offset[phase], colour = sprite.colour[phase], opaque = sprite.opaque[phase];
  let i = 0;
  for (; i < opaque; i++) pixels[at + offset[i]] = colour[i];
  for (; i < offset.length; i++) {
    const under = pixels[at + offset[i]];
    pixels[at + offset[i]] = under === 0 ? colour[i] : blend(colour[i], under);
  }
}

/**
 * Marks where dots are, one byte a pixel; the last one at a pixel counts.
 * @param {Uint8Array} marks @param {{spot: Uint32Array, tint: Uint8Array}} dots @param {number} n
 */
export function markDots(marks, { spot, tint }, n) {
  for (let d = 0; d < n; d++) marks[spot[d] >>> 4] = tint[d];
}

/**
 * Turns marks into dots and clears them. However many dots fall on a pixel, it is drawn once: this is what makes a
 * million affordable. All outlines are drawn before all fills, so that a crowd shows its colours within one outline.
 * @param {Uint32Array} pixels @param {Uint8Array} marks @param {number} stride @param {4|5|6|8} size
 * @param {{ink: Uint32Array, fill: Uint32Array}} colour  by tint
 */
export function drawMarks(pixels, marks, stride, size, { ink, fill }) {
  const words = new Uint32Array(marks.buffer, marks.byteOffset, marks.length >> 2);
  const outline = discOffsets(size, stride), inside = discOffsets(size - 2, stride, 1);
  for (let w = 0; w < words.length; w++) {
    if (words[w] === 0) continue;
    for (let at = 4 * w; at < 4 * w + 4; at++) {
      const tint = marks[at];
      if (tint === 0) continue;
      const colour = ink[tint];
      for (let i = 0; i < outline.length; i++) pixels[at + outline[i]] = colour;
    }
  }
  for (let w = 0; w < words.length; w++) {
    if (words[w] === 0) continue;
    for (let at = 4 * w; at < 4 * w + 4; at++) {
      const tint = marks[at];
      if (tint === 0) continue;
      const colour = fill[tint];
      for (let i = 0; i < inside.length; i++) pixels[at + inside[i]] = colour;
    }
    words[w] = 0;
  }
}

/**
 * Pixels of a small disc around its own pixel: a square without its corners.
 * @param {number} size @param {number} stride @param {number} [inset] of the disc that it lies within
 * @returns {Int32Array}
 */
export function discOffsets(size, stride, inset = 0) {
  const start = -((size + 2 * inset) >> 1) + inset, cut = size >= 8 ? 3 : size >= 6 ? 2 : size >= 4 ? 1 : 0;
  const offsets = [];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const corner = Math.min(x, size - 1 - x) + Math.min(y, size - 1 - y);
      if (corner >= cut) offsets.push((start + y) * stride + start + x);
    }
  }
  return Int32Array.from(offsets);
}

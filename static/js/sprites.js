// How a dot looks. While there are few, each is round, smooth and outlined, and placed to a quarter of a pixel; when
// there are very many, each is a few whole pixels and the crowd has one outline.

import { mix, pack } from "./colours.js";
import { STANDING } from "./queues.js";
import { BETWEEN, CLASSES } from "./tints.js";

/**
 * @typedef {object} Sprite     one for each tint; arrays by quarter-pixel phase (across × 4 + down)
 * @property {Int32Array[]} offset   pixels from the dot's own pixel: the opaque ones, then those to be blended
 * @property {Uint32Array[]} colour
 * @property {number[]} opaque       how many are opaque
 *
 * @typedef {{smooth: true, diameter: number} | {smooth: false, size: 4|5|6|8}} DotSize  device pixels
 */

/** How much of the outline's colour is mixed into the fills of a crowd. */
const SHADES = [0, 0.06, 0.14, 0.3];

/**
 * Size of the dots for a cohort: by the most that are ever active at once, so that it never changes while playing.
 * @param {number} peak @param {number} dpr @param {number} k  CSS pixels a map unit
 * @returns {DotSize}
 */
export function dotSize(peak, dpr, k) {
  const zoom = Math.sqrt(Math.min(4, Math.max(0.7, k)));
  const few = peak <= 1500 ? 8 : peak <= 5000 ? 7.2 : peak <= 12000 ? 6.4 : peak <= 24000 ? 5.6 : 5;
  if (peak * dpr * dpr <= 200000) return { smooth: true, diameter: few * zoom * dpr };
  if (dpr >= 1.5) return { smooth: false, size: peak > 200000 ? 6 : 8 };
  return { smooth: false, size: peak > 100000 ? 4 : 5 };
}

/**
 * @param {string} fill @param {string} ink  of the outline
 * @param {{diameter: number, line: number, opacity?: number}} how  device pixels
 * @param {number} stride @returns {Sprite}
 */
export function makeSprite(fill, ink, { diameter, line, opacity = 1 }, stride) {
  /** @type {Sprite} */
  const sprite = { offset: [], colour: [], opaque: [] };
  for (let phase = 0; phase < 16; phase++) {
    const { solid, edge } = spritePixels(fill, ink, { diameter, line, opacity }, (phase >> 2) / 4, (phase & 3) / 4);
    const pixels = [...solid, ...edge];
    sprite.offset.push(Int32Array.from(pixels, (p) => p.y * stride + p.x));
    sprite.colour.push(Uint32Array.from(pixels, (p) => p.colour));
    sprite.opaque.push(solid.length);
  }
  return sprite;
}

/**
 * Sprites by tint: each class as it moves, then at the three sizes in which it stands in a queue.
 * @param {string[]} fills by class @param {{outline: string}} palette @param {number} diameter
 * @param {number} scale device pixels a map unit
 * @param {number} line @param {number} stride @returns {Sprite[]}
 */
export function smoothSprites(fills, { outline }, diameter, scale, line, stride) {
  /** @type {Sprite[]} */
  const sprites = [];
  [diameter, ...STANDING.map((units) => Math.max(1.8, Math.min(diameter, units * scale)))].forEach((width, variant) => {
    const soft = variant > 1 || width < 3.5 ? 0.7 : 1; // the smallest would be all outline
    fills.forEach((fill, tint) => {
      sprites[variant * CLASSES + tint] = tint === BETWEEN
        ? makeSprite(fill, fill, { diameter: width * 0.5, line: 0.5, opacity: 0.28 }, stride)
        : makeSprite(fill, mix(fill, outline, soft), { diameter: width, line: Math.min(line, width * 0.17) }, stride);
    });
  });
  return sprites;
}

/**
 * Colours by tint where dots are a few pixels: each class in four shades.
 * @param {string[]} fills by class @param {{outline: string}} palette
 */
export function flatColours(fills, { outline }) {
  const ink = new Uint32Array(SHADES.length * CLASSES), fill = new Uint32Array(SHADES.length * CLASSES);
  SHADES.forEach((shade, variant) => fills.forEach((colour, tint) => {
    const muted = tint === BETWEEN;
    ink[variant * CLASSES + tint] = muted ? pack(colour, 0.5) : pack(outline);
    fill[variant * CLASSES + tint] = pack(mix(colour, outline, muted ? 0 : shade), muted ? 0.6 : 1);
  }));
  return { ink, fill };
}

/**
 * @param {string} fill @param {string} ink @param {{diameter: number, line: number, opacity: number}} how
 * @param {number} dx @param {number} dy
 */
function spritePixels(fill, ink, { diameter, line, opacity }, dx, dy) {
  const outer = diameter / 2, inner = outer - line, reach = Math.ceil(outer + 1);
  /** @type {{x: number, y: number, colour: number}[]} */ const solid = [];
  /** @type {{x: number, y: number, colour: number}[]} */ const edge = [];
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      const d = Math.hypot(x - dx, y - dy);
      const cover = Math.min(1, Math.max(0, outer + 0.5 - d)) * opacity;
      if (cover < 1 / 255) continue;
      const colour = pack(mix(ink, fill, Math.min(1, Math.max(0, inner + 0.5 - d))), cover);
      (colour >>> 24 === 255 ? solid : edge).push({ x, y, colour });
    }
  }
  return { solid, edge };
}

/**
 * Ring around the dot of a followed child.
 * @param {string} colour @param {{diameter: number, line: number}} how @param {number} stride @returns {Sprite}
 */
export function makeRing(colour, { diameter, line }, stride) {
  /** @type {Sprite} */
  const ring = { offset: [], colour: [], opaque: [] };
  const outer = diameter / 2, inner = outer - line, reach = Math.ceil(outer + 1);
  for (let phase = 0; phase < 16; phase++) {
    const offset = [], colours = [];
    for (let y = -reach; y <= reach; y++) {
      for (let x = -reach; x <= reach; x++) {
        const d = Math.hypot(x - (phase >> 2) / 4, y - (phase & 3) / 4);
        const cover = Math.min(1, Math.max(0, outer + 0.5 - d), Math.max(0, d - inner + 0.5));
        if (cover < 1 / 255) continue;
        offset.push(y * stride + x); colours.push(pack(colour, cover));
      }
    }
    ring.offset.push(Int32Array.from(offset)); ring.colour.push(Uint32Array.from(colours)); ring.opaque.push(0);
  }
  return ring;
}

// Which colour each leg has: one number, a row of the sprites. Colours by timescale change while time goes by, so a
// leg carries the two instants at which they do.

import { scramble } from "./order.js";
import { NEVER } from "./timescales.js";

/**
 * A tint is a class in its low four bits and a variant of its look in the high four. The first classes are the same in
 * every colouring; those of the legend follow. 0 is no dot.
 */
export const OTHER = 1,
  BETWEEN = 2,
  FIRST_CLASS = 3,
  CLASSES = 16,
  VARIANT = 16;

/** @typedef {{tint: Uint8Array, near: Int32Array|null, due: Int32Array|null, nearTint: number, dueTint: number}} Tints */

/**
 * @param {import("./world.js").World} world @param {import("./types.js").Colouring} colouring  at most 13 classes
 * @param {boolean} shaded  give each dot one of four shades, so that a crowd has a grain and is seen to move
 * @returns {Tints}  rows in the order of the shelves
 */
export function tintsOf(world, colouring, shaded) {
  if (colouring.classes.length > CLASSES - FIRST_CLASS) throw new Error(`At most ${CLASSES - FIRST_CLASS} colours can be shown.`);
  const tints = plainTints(world, colouring);
  if (shaded) for (let i = 0; i < world.shelves.n; i++) tints.tint[i] |= (scramble(world.shelves.leg[i]) & 3) * VARIANT;
  return tints;
}

/** @param {import("./world.js").World} world @param {import("./types.js").Colouring} colouring @returns {Tints} */
function plainTints(world, { by, classes }) {
  const { leg, journey, n } = world.shelves;
  const { moves, stays } = world.legs;
  const firstReturn = moves + stays;
  const tint = new Uint8Array(n);
  if (by === "timescale") return tintsByLimit(world, classes, tint, firstReturn);
  const ofJourney = journeyTints(world.columns.get(by) ?? world.columns.get("visit"), classes, world.journeys.n);
  for (let i = 0; i < n; i++) tint[i] = leg[i] < firstReturn ? ofJourney[journey[i]] : BETWEEN;
  return { tint, near: null, due: null, nearTint: OTHER, dueTint: OTHER };
}

/** @param {import("./facets.js").FacetColumn|undefined} column @param {import("./types.js").ColourClass[]} classes @param {number} n */
export function journeyTints(column, classes, n) {
  const tints = new Uint8Array(n).fill(OTHER);
  if (!column) return tints;
  const table = new Uint8Array(65536).fill(OTHER); // by value, negative numbers in the upper half
  for (let c = classes.length - 1; c >= 0; c--) {
    const { test } = classes[c];
    if ("values" in test) for (const code of test.values) table[code & 65535] = FIRST_CLASS + c;
    else if ("range" in test)
      for (let v = Math.max(-32767, test.range[0]); v <= Math.min(32767, test.range[1]); v++) table[v & 65535] = FIRST_CLASS + c;
  }
  const { value } = column;
  for (let j = 0; j < n; j++) tints[j] = table[value[j] & 65535];
  return tints;
}

/**
 * @param {import("./world.js").World} world @param {import("./types.js").ColourClass[]} classes
 * @param {Uint8Array} tint @param {number} firstReturn @returns {Tints}
 */
function tintsByLimit(world, classes, tint, firstReturn) {
  const { leg, n } = world.shelves;
  const { legs, journeys, together } = world,
    limits = world.getLimits();
  const of = (/** @type {string} */ state) => {
    const c = classes.findIndex(({ test }) => "state" in test && test.state === state);
    return c < 0 ? OTHER : FIRST_CLASS + c;
  };
  const none = of("none"),
    onTime = of("ontime");
  const near = new Int32Array(n).fill(NEVER),
    due = new Int32Array(n).fill(NEVER);
  for (let i = 0; i < n; i++) {
    const l = leg[i];
    if (l >= firstReturn) {
      tint[i] = BETWEEN;
      continue;
    }
    if (limits.due[l] === NEVER) {
      tint[i] = none;
      continue;
    }
    const shift = together ? journeys.start[legs.journey[l]] : 0;
    tint[i] = onTime;
    near[i] = limits.near[l] - shift;
    due[i] = limits.due[l] - shift;
  }
  return { tint, near, due, nearTint: of("near"), dueTint: of("overdue") };
}

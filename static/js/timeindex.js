// Which legs are on the map at t, at a cost of what is active and not of what exists. Nothing is remembered from one
// frame to the next, so seeking, running backwards and looping need no code of their own.
//
// Legs are sorted into shelves: one for each track and class of duration (two classes an octave), and by start within
// a shelf. The legs of a shelf that are active at t began after t - (the longest of the shelf): a run of neighbours,
// found by two binary searches and read in order of memory. Hardly any of the run is over already, since durations
// within a shelf differ by less than the square root of two.

import { orderBy, upperBound } from "./order.js";

/** Lets a closed journey's last leg count at both ends, without lengthening it by anything that shows. */
export const BOTH_ENDS = 2 ** -10;
const CLASSES = 64;
/** The middle of each octave. */
const HALF_WAY = Float64Array.from({ length: 32 }, (_, octave) => 2 ** octave * Math.SQRT2);

/**
 * @typedef {object} Shelves    legs of the cohort in shelf order
 * @property {number} n
 * @property {Uint32Array} leg    row of Legs
 * @property {Uint32Array} journey
 * @property {Int32Array} from    shown from (seconds)
 * @property {Float64Array} lasts for so long: active while 0 <= t - from < lasts
 * @property {number} count       of shelves
 * @property {Uint32Array} start  (count + 1) first row of each shelf
 * @property {Uint16Array} track  of each shelf, ascending
 * @property {Float64Array} longest of each shelf
 */

/** @returns {Shelves} */
export function emptyShelves() {
  return {
    n: 0,
    leg: new Uint32Array(0),
    journey: new Uint32Array(0),
    from: new Int32Array(0),
    lasts: new Float64Array(0),
    count: 0,
    start: new Uint32Array(1),
    track: new Uint16Array(0),
    longest: new Float64Array(0),
  };
}

/** @param {number} duration whole seconds @returns {number} two classes an octave */
export function durationClass(duration) {
  if (duration < 1) return 0;
  const octave = 31 - Math.clz32(duration);
  return 2 * octave + (duration >= HALF_WAY[octave] ? 1 : 0);
}

/**
 * Sorts all legs that are shown at all: first into shelves, then each shelf, which is small enough to stay in the
 * processor's cache.
 * @param {{n: number, track: Uint16Array, final: Uint8Array, journey: Uint32Array, tracks: {all: number}}} legs
 * @param {{from: Int32Array, until: Int32Array}} shown
 * @returns {Shelves}
 */
export function shelve({ n, track, final, journey, tracks }, { from, until }) {
  const cells = tracks.all * CLASSES,
    none = 0xffffffff;
  const cell = new Uint32Array(n),
    at = new Uint32Array(cells + 1);
  for (let i = 0; i < n; i++) {
    const duration = until[i] - from[i];
    if (duration < 0 || (duration === 0 && !final[i])) {
      cell[i] = none;
      continue;
    }
    cell[i] = track[i] * CLASSES + durationClass(duration);
    at[cell[i] + 1]++;
  }
  for (let c = 0; c < cells; c++) at[c + 1] += at[c];
  const total = at[cells],
    next = at.slice();
  const unsorted = new Uint32Array(total),
    begins = new Int32Array(total);
  for (let i = 0; i < n; i++) {
    if (cell[i] === none) continue;
    const row = next[cell[i]]++;
    unsorted[row] = i;
    begins[row] = from[i];
  }
  const shelves = {
    ...emptyShelves(),
    n: total,
    leg: new Uint32Array(total),
    journey: new Uint32Array(total),
    from: new Int32Array(total),
    lasts: new Float64Array(total),
  };
  /** @type {number[]} */ const start = [];
  /** @type {number[]} */ const trackOf = [];
  /** @type {number[]} */ const longest = [];
  for (let c = 0; c < cells; c++) {
    if (at[c + 1] === at[c]) continue;
    const order = orderBy(begins.subarray(at[c], at[c + 1]));
    let most = 0;
    for (let i = 0, row = at[c]; i < order.length; i++, row++) {
      const leg = unsorted[at[c] + order[i]],
        lasts = until[leg] - from[leg] + (final[leg] ? BOTH_ENDS : 0);
      shelves.leg[row] = leg;
      shelves.journey[row] = journey[leg];
      shelves.from[row] = from[leg];
      shelves.lasts[row] = lasts;
      if (lasts > most) most = lasts;
    }
    start.push(at[c]);
    trackOf.push(Math.floor(c / CLASSES));
    longest.push(most);
  }
  return {
    ...shelves,
    count: start.length,
    start: Uint32Array.from([...start, total]),
    track: Uint16Array.from(trackOf),
    longest: Float64Array.from(longest),
  };
}

/**
 * The shelves of a cohort: the same rows in the same order, less those of journeys outside it.
 * @param {Shelves} all @param {Uint8Array} inside  of each journey: 1 = in the cohort
 * @param {Shelves} [reuse]  shelves whose memory may be written over
 * @returns {Shelves}
 */
export function keepCohort(all, inside, reuse) {
  const kept =
    reuse && reuse.leg.length === all.n
      ? reuse
      : {
          ...emptyShelves(),
          leg: new Uint32Array(all.n),
          journey: new Uint32Array(all.n),
          from: new Int32Array(all.n),
          lasts: new Float64Array(all.n),
        };
  const { leg, journey, from, lasts } = kept;
  const start = new Uint32Array(all.count + 1);
  let k = 0;
  for (let s = 0; s < all.count; s++) {
    start[s] = k;
    const stop = all.start[s + 1];
    for (let i = all.start[s]; i < stop; i++) {
      const who = all.journey[i];
      if (!inside[who]) continue;
      leg[k] = all.leg[i];
      journey[k] = who;
      from[k] = all.from[i];
      lasts[k] = all.lasts[i];
      k++;
    }
  }
  start[all.count] = k;
  return { n: k, leg, journey, from, lasts, count: all.count, start, track: all.track, longest: all.longest };
}

/**
 * The run of rows in each shelf that may be active at t: `first` to `last` (not included).
 * A row in a run is active where t - from < lasts.
 * @param {Shelves} shelves @param {number} t
 * @param {{first: Uint32Array, last: Uint32Array}} [runs]
 */
export function runsAt(shelves, t, runs = { first: new Uint32Array(shelves.count), last: new Uint32Array(shelves.count) }) {
  for (let s = 0; s < shelves.count; s++) {
    const stop = shelves.start[s + 1];
    const first = upperBound(shelves.from, t - shelves.longest[s], shelves.start[s], stop);
    runs.first[s] = first;
    runs.last[s] = upperBound(shelves.from, t, first, stop);
  }
  return runs;
}

/**
 * Rows active at t. For tests and rare questions; drawing reads the runs itself.
 * @param {Shelves} shelves @param {number} t @returns {number[]} rows of the shelves
 */
export function activeRows(shelves, t) {
  const { first, last } = runsAt(shelves, t);
  const rows = [];
  for (let s = 0; s < shelves.count; s++) {
    for (let i = first[s]; i < last[s]; i++) if (t - shelves.from[i] < shelves.lasts[i]) rows.push(i);
  }
  return rows;
}

/**
 * About the most legs that are active at once: to within a bin, and from a sample where there are very many. It sets the
 * size of dots, which must not change while playing.
 * @param {Shelves} shelves @param {number} end  last second of the data @param {number} [bins]
 */
export function peakActive(shelves, end, bins = 512) {
  const change = new Int32Array(bins + 2);
  const scale = bins / Math.max(1, end);
  const step = shelves.n > 200000 ? 5 : 1;
  for (let i = 0; i < shelves.n; i += step) {
    const a = Math.min(bins, (shelves.from[i] * scale) | 0);
    const b = Math.min(bins, ((shelves.from[i] + shelves.lasts[i]) * scale) | 0);
    change[a] += step;
    change[b + 1] -= step;
  }
  let active = 0,
    most = 0;
  for (let b = 0; b <= bins; b++) {
    active += change[b];
    if (active > most) most = active;
  }
  return most;
}

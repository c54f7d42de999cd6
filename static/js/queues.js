// Waiting dots: each has a place of its own at its station for as long as it waits, in rows of ten with a gap after
// five, so that people can count them. Places that fall free are taken again, lowest first.

import { orderBy } from "./order.js";
import { spotAt } from "./routes.js";

/**
 * @typedef {object} QueueSpots
 * @property {Uint32Array} spot  of every place, station after station
 * @property {Int32Array} base   of each station; -1 = it has no place on the map
 *
 * @typedef {{spacing: number, perRow: number}} Packing  spacing in map units
 */

const SPACING = 5,
  GAP = 0.5,
  ROW = 10;
/** The area that the map keeps free for a queue (as flowmap/tubemap/geometry.py), and how far a long queue may outgrow it. */
const ACROSS = 55,
  DOWN = 30,
  MOST = 1.75;

/**
 * How tightly n places must be packed to stay within their area.
 * @param {number} n @returns {Packing}
 */
export function packing(n) {
  const room = Math.min(MOST, Math.max(1, Math.sqrt(n / 80)));
  for (let spacing = SPACING; ; spacing *= 0.85) {
    const perRow = Math.max(ROW, 5 * Math.floor((ACROSS * room) / ((5 + GAP) * spacing)));
    if (Math.ceil(n / perRow) * spacing <= DOWN * room || spacing < 0.05) return { spacing, perRow };
  }
}

/**
 * Place of a slot, in map units from the queue's first.
 * @param {number} slot @param {Packing} how @returns {[number, number]} [across, down]
 */
export function slotPlace(slot, { spacing, perRow }) {
  const column = slot % perRow;
  return [(column + GAP * Math.floor(column / 5)) * spacing, Math.floor(slot / perRow) * spacing];
}

/** Diameters of standing dots, in map units: the widest that fits its queue's spacing is taken. */
export const STANDING = [4.9, 3.4, 2.2];

/** @param {number} n places @returns {number} which of STANDING */
export function standingSize(n) {
  const { spacing } = packing(n),
    fits = STANDING.findIndex((diameter) => diameter <= spacing);
  return fits < 0 ? STANDING.length - 1 : fits;
}

/**
 * Pixels of every place in every queue.
 * @param {Int32Array} places  how many each station needs
 * @param {import("./types.js").StationShape[]} stations @param {import("./types.js").View} view
 * @param {import("./routes.js").Raster} raster
 * @returns {QueueSpots}
 */
export function queueSpots(places, stations, view, raster) {
  const base = new Int32Array(places.length).fill(-1);
  let total = 0;
  places.forEach((n, s) => {
    if (stations[s] && stations[s].x !== null) {
      base[s] = total;
      total += Math.max(1, n);
    }
  });
  const spot = new Uint32Array(total);
  places.forEach((n, s) => {
    if (base[s] < 0) return;
    const head = stations[s].queue ?? { x: Number(stations[s].x) + 18, y: Number(stations[s].y) + 18, dx: 1, dy: 1 };
    const how = packing(n),
      all = Math.max(1, n);
    // a grid: every column is at one x and every row at one y
    const across = Float64Array.from(
      { length: how.perRow },
      (_, slot) => ((head.x + slotPlace(slot, how)[0] * head.dx) * view.k + view.x) * view.dpr,
    );
    for (let slot = 0; slot < all;) {
      const y = ((head.y + slotPlace(slot, how)[1] * head.dy) * view.k + view.y) * view.dpr;
      for (let column = 0; column < how.perRow && slot < all; column++, slot++) spot[base[s] + slot] = spotAt(raster, across[column], y);
    }
  });
  return { spot, base };
}

const FULL = 0xffffffff;

/** The lowest free number, found through levels of bits: one of level n + 1 says that a word of 32 of level n is all taken. */
export class FreeNumbers {
  /** @param {number} capacity  at most so many are taken at once */
  constructor(capacity) {
    const level = (/** @type {number} */ each) => new Uint32Array(Math.ceil((capacity + 1) / each));
    this.numbers = level(32);
    this.words = level(1024);
    this.blocks = level(32768);
    this.top = level(1048576);
    this.most = 0;
  }

  /** @returns {number} the lowest number not taken, now taken */
  take() {
    const { numbers, words, blocks, top } = this;
    let t = 0;
    while (top[t] === FULL) t++;
    const c = t * 32 + lowestClear(top[t]);
    const b = c * 32 + lowestClear(blocks[c]);
    const a = b * 32 + lowestClear(words[b]);
    const low = lowestClear(numbers[a]);
    if ((numbers[a] |= 1 << low) === -1 && (words[b] |= 1 << (a & 31)) === -1 && (blocks[c] |= 1 << (b & 31)) === -1)
      top[t] |= 1 << (c & 31);
    const number = a * 32 + low;
    if (number >= this.most) this.most = number + 1;
    return number;
  }

  /** @param {number} number */
  free(number) {
    const { numbers, words, blocks, top } = this;
    const a = number >>> 5;
    const full = numbers[a] === FULL;
    numbers[a] &= ~(1 << (number & 31));
    if (!full) return; // what is above did not say that it was
    words[number >>> 10] &= ~(1 << (a & 31));
    blocks[number >>> 15] &= ~(1 << ((number >>> 10) & 31));
    top[number >>> 20] &= ~(1 << ((number >>> 15) & 31));
  }
}

/** @param {number} word not all ones @returns {number} its lowest clear bit */
function lowestClear(word) {
  const free = ~word;
  return 31 - Math.clz32(free & -free);
}

/**
 * @typedef {object} Waits   everyone who stands, station by station, in order of arrival, and again of departure
 * @property {number} n
 * @property {Uint32Array} start     (stations + 1) first of each station, in both orders
 * @property {Uint32Array} leg       by arrival, as are the next two
 * @property {Uint32Array} journey
 * @property {Int32Array} from
 * @property {Uint32Array} leaving   by departure: the place in the order of arrival
 * @property {Int32Array} until      by departure
 */

/**
 * Stays stand to their end. In wait and hop, moves stand until there is just time left for the hop.
 * @param {import("./legs.js").Legs} legs @param {{from: Int32Array, until: Int32Array}} shown
 * @param {Int32Array} queueOf  station of each track @param {number} hop @param {boolean} waits
 * @returns {Waits}
 */
export function makeWaits(legs, shown, queueOf, hop, waits) {
  const standing = new Uint32Array(legs.moves + legs.stays);
  const untilOf = (/** @type {number} */ i) => shown.until[i] - (i < legs.moves ? hop : 0);
  let n = 0;
  for (let i = waits ? 0 : legs.moves; i < standing.length; i++) if (untilOf(i) > shown.from[i]) standing[n++] = i;
  const arrivals = orderBy(shown.from, standing.subarray(0, n));
  const start = new Uint32Array(legs.tracks.stations + 1);
  for (const i of arrivals) start[queueOf[legs.track[i]] + 1]++;
  for (let s = 0; s < legs.tracks.stations; s++) start[s + 1] += start[s];
  const next = start.slice();
  const leg = new Uint32Array(n),
    journey = new Uint32Array(n),
    from = new Int32Array(n),
    over = new Int32Array(n),
    until = new Int32Array(n);
  for (const i of arrivals) {
    const a = next[queueOf[legs.track[i]]]++;
    leg[a] = i;
    journey[a] = legs.journey[i];
    from[a] = shown.from[i];
    over[a] = untilOf(i);
  }
  const leaving = new Uint32Array(n);
  for (let s = 0; s < legs.tracks.stations; s++) {
    const order = orderBy(over.subarray(start[s], start[s + 1]));
    for (let k = 0, d = start[s]; k < order.length; k++, d++) {
      leaving[d] = start[s] + order[k];
      until[d] = over[leaving[d]];
    }
  }
  return { n, start, leg, journey, from, leaving, until };
}

/**
 * Gives everyone who waits a place. A pure function of who waits when: seeking changes nothing.
 * @param {Waits} waits @param {Uint8Array} inside  of each journey: 1 = in the cohort
 * @param {Uint32Array} slotOfLeg  written over: the place of each leg that stands
 * @returns {Int32Array} how many places each station needs
 */
export function assignSlots({ n, start, leg, journey, from, leaving, until }, inside, slotOfLeg) {
  const places = new Int32Array(start.length - 1),
    slot = new Uint32Array(n);
  for (let s = 0; s < places.length; s++) {
    const free = new FreeNumbers(start[s + 1] - start[s]);
    for (let a = start[s], d = a; a < start[s + 1]; a++) {
      if (!inside[journey[a]]) continue;
      // who leaves at this instant has left, so that its place can be taken
      for (; until[d] <= from[a]; d++) if (inside[journey[leaving[d]]]) free.free(slot[leaving[d]]);
      slotOfLeg[leg[a]] = slot[a] = free.take();
    }
    places[s] = free.most;
  }
  return places;
}

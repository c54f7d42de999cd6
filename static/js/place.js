// Where every dot is at t: the one function that drawing, picking and the tests all use.
//
// A moving dot is at sample x / lasts of its lane, x seconds after it set out. In "wait and hop" it stands in its
// station's queue first and makes the whole way in the last `hop` seconds.

import { BOTH_ENDS, runsAt } from "./timeindex.js";

/**
 * @typedef {object} Scene
 * @property {import("./timeindex.js").Shelves} shelves
 * @property {number} hop              least seconds of data that a move is shown
 * @property {boolean} waits           wait and hop, rather than glide
 * @property {Uint8Array} lane         of each row of the shelves, as are the next five
 * @property {Int8Array} bend         how its pace varies on the way, see `progress`
 * @property {Uint8Array} tint         number of the sprite
 * @property {Uint32Array} slot        place in its queue (stays; and moves, in wait and hop)
 * @property {Int32Array|null} near    seconds: from here on the tint is `nearTint`; null = colours do not change with time
 * @property {Int32Array|null} due     seconds: after this the tint is `dueTint`
 * @property {number} nearTint
 * @property {number} dueTint
 * @property {import("./routes.js").Sampled} ways
 * @property {import("./queues.js").QueueSpots} queues
 * @property {Uint8Array} standing     of each station: variant of the tint for dots that stand there, in its high bits
 * @property {Int32Array} queueOf      of each track: the station where its dots stand
 * @property {{routes: number, stations: number, returns: number, all: number}} tracks
 *
 * @typedef {object} Placed     dots of one shelf
 * @property {Uint32Array} spot
 * @property {Uint8Array} tint
 * @property {Uint32Array} row  of the shelves
 */

/**
 * Share of the way that is done when a share `u` of the time is: all of the way in all of the time, and no step back.
 * A hop is drawn out to the least time on screen, or put at the end of a wait, so its pace says nothing: each dot has one
 * of its own, so that children who move on one day are a stream and not a row. A move at its true pace has bend 0.
 * @param {number} u 0 to 1 @param {number} bend -128 to 127
 */
export function progress(u, bend) {
  return u + bend * BEND * u * (1 - u);
}
const BEND = 0.9 / 128;

/** @param {number} n most dots in a shelf @returns {Placed} */
export function emptyPlaces(n) {
  return { spot: new Uint32Array(n), tint: new Uint8Array(n), row: new Uint32Array(n) };
}

/** @param {import("./timeindex.js").Shelves} shelves */
export function longestShelf({ start, count }) {
  let most = 0;
  for (let s = 0; s < count; s++) most = Math.max(most, start[s + 1] - start[s]);
  return most;
}

/**
 * Places the active dots, shelf by shelf.
 * @param {Scene} scene @param {number} t @param {Placed} into  at least as long as the longest shelf
 * @param {(n: number) => void} each  told after every shelf how many dots are in `into`
 * @param {{first: Uint32Array, last: Uint32Array}} [memory]
 * @returns {number} dots placed, those between journeys left out
 */
export function placeDots(scene, t, into, each, memory) {
  const { shelves, ways, tracks, waits } = scene;
  const { first, last } = runsAt(shelves, t, memory);
  const firstReturn = tracks.routes + tracks.stations;
  let active = 0;
  for (let s = 0; s < shelves.count; s++) {
    if (first[s] === last[s]) continue;
    const track = shelves.track[s];
    const standing = track >= tracks.routes && track < firstReturn;
    if (standing ? scene.queues.base[track - tracks.routes] < 0 : ways.base[track] < 0) continue;
    const n = standing
      ? placeStanding(scene, t, track - tracks.routes, first[s], last[s], into)
      : waits && track < tracks.routes
        ? placeHopping(scene, t, track, first[s], last[s], into)
        : placeGliding(scene, t, track, first[s], last[s], into);
    if (scene.near) tintByTime(scene, t, into, n);
    if (n) each(n);
    if (track < firstReturn) active += n;
  }
  return active;
}

/** @param {Scene} scene @param {number} t @param {number} track @param {number} a @param {number} b @param {Placed} into */
function placeGliding({ shelves, lane, bend, tint, ways }, t, track, a, b, into) {
  const { from, lasts } = shelves;
  const { spot, tint: tints, row } = into;
  const ways_ = ways.spot,
    base = ways.base[track],
    steps = ways.steps[track],
    width = steps + 1;
  let n = 0;
  for (let i = a; i < b; i++) {
    const x = t - from[i],
      whole = lasts[i];
    if (x >= whole) continue;
    spot[n] = ways_[base + lane[i] * width + ((progress(x / whole, bend[i]) * steps + 0.5) | 0)];
    tints[n] = tint[i];
    row[n] = i;
    n++;
  }
  return n;
}

/** @param {Scene} scene @param {number} t @param {number} station @param {number} a @param {number} b @param {Placed} into */
function placeStanding({ shelves, tint, slot, queues, standing }, t, station, a, b, into) {
  const { from, lasts } = shelves;
  const { spot, tint: tints, row } = into;
  const { spot: stands, base } = queues;
  const at = base[station],
    small = standing[station];
  let n = 0;
  for (let i = a; i < b; i++) {
    if (t - from[i] >= lasts[i]) continue;
    spot[n] = stands[at + slot[i]];
    tints[n] = tint[i] + small;
    row[n] = i;
    n++;
  }
  return n;
}

/** @param {Scene} scene @param {number} t @param {number} track @param {number} a @param {number} b @param {Placed} into */
function placeHopping({ shelves, lane, bend, tint, slot, ways, queues, hop, queueOf, standing }, t, track, a, b, into) {
  const { from, lasts } = shelves;
  const { spot, tint: tints, row } = into;
  const ways_ = ways.spot,
    base = ways.base[track],
    steps = ways.steps[track],
    width = steps + 1;
  const stands = queues.spot,
    at = queues.base[queueOf[track]],
    small = standing[queueOf[track]];
  const reach = hop + BOTH_ENDS; // so that a last move which is all hop does not stand first
  let n = 0;
  for (let i = a; i < b; i++) {
    const x = t - from[i],
      whole = lasts[i];
    if (x >= whole) continue;
    const moving = x - whole + reach;
    if (moving < 0 && at >= 0) {
      spot[n] = stands[at + slot[i]];
      tints[n] = tint[i] + small;
    } else {
      spot[n] = ways_[base + lane[i] * width + (moving > 0 ? (progress(moving / reach, bend[i]) * steps + 0.5) | 0 : 0)];
      tints[n] = tint[i];
    }
    row[n] = i;
    n++;
  }
  return n;
}

/** Colours by timescale change while a dot is under way. @param {Scene} scene @param {number} t @param {Placed} into @param {number} n */
function tintByTime({ near, due, nearTint, dueTint }, t, { tint, row }, n) {
  if (!near || !due) return;
  for (let k = 0; k < n; k++) {
    const i = row[k];
    if (t > due[i]) tint[k] = dueTint | (tint[k] & 0xf0);
    else if (t >= near[i]) tint[k] = nearTint | (tint[k] & 0xf0);
  }
}

/**
 * The tracks' queues: a dot waits at the station that its route leaves from.
 * @param {{from: number}[]} routes @param {{routes: number, stations: number, all: number}} tracks
 */
export function queueOfTracks(routes, tracks) {
  const queueOf = new Int32Array(tracks.all).fill(-1);
  routes.forEach((route, r) => {
    queueOf[r] = route.from;
  });
  for (let s = 0; s < tracks.stations; s++) queueOf[tracks.routes + s] = s;
  return queueOf;
}

/**
 * Where one leg's dot is at t, worked out from the leg itself and without the shelves; null while it is not shown.
 * @param {import("./world.js").World} world @param {Scene} scene @param {number} leg @param {number} t
 * @returns {number|null} spot
 */
export function placeLeg({ legs, shown, slotOfLeg, bendOfLeg }, { ways, queues, queueOf, waits, hop, tracks }, leg, t) {
  const { from, until } = shown;
  if (t < from[leg] || (legs.final[leg] ? t > until[leg] : t >= until[leg])) return null;
  const track = legs.track[leg];
  const stand = queueOf[track] >= 0 ? queues.base[queueOf[track]] : -1;
  if (track >= tracks.routes && track < tracks.routes + tracks.stations) return stand < 0 ? null : queues.spot[stand + slotOfLeg[leg]];
  if (ways.base[track] < 0) return null;
  const x = t - from[leg],
    whole = until[leg] - from[leg] + (legs.final[leg] ? BOTH_ENDS : 0);
  const reach = waits && track < tracks.routes ? hop + BOTH_ENDS : whole;
  const moving = x - whole + reach;
  if (moving < 0 && stand >= 0) return queues.spot[stand + slotOfLeg[leg]];
  return ways.spot[
    ways.base[track] +
      legs.lane[leg] * (ways.steps[track] + 1) +
      Math.floor(progress(Math.max(0, moving) / reach, bendOfLeg[leg]) * ways.steps[track] + 0.5)
  ];
}

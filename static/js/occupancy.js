// Exact counts: how many journeys are at each station at t, whatever the picture shows. A journey is where its latest
// event at or before t put it; it is active from its first event to its exit (both ends count), or, without one, to
// the end of the data; in a map without exits, to its last event (docs/contracts.md, "Counting rule").

import { orderBy, upperBound } from "./order.js";

/**
 * @typedef {object} Comings    every arrival at a station, in order of time; a first event arrives from nowhere (NOWHERE)
 * @property {number} n
 * @property {Int32Array} time
 * @property {Uint32Array} journey
 * @property {Uint16Array} to
 * @property {Uint16Array} from
 *
 * @typedef {object} Tally      of one station: sorted times
 * @property {Int32Array} came
 * @property {Int32Array} moved  left for another station
 * @property {Int32Array} ended  came to the journey's end here: still counted at that instant
 *
 * @typedef {object} Occupancy
 * @property {Tally[]} stations
 * @property {Int32Array} starts  of journeys, sorted
 * @property {Int32Array} ends    of closed journeys, sorted
 */

export const NOWHERE = 65535;

/**
 * @typedef {object} History
 * @property {Comings} comings
 * @property {{n: number, time: Int32Array, journey: Uint32Array, at: Uint16Array}} endings  of journeys that end, by time
 * @property {{came: Uint32Array, moved: Uint32Array, ended: Uint32Array}} most  of each, by station, if all are counted
 */

/**
 * What happened, in order of time: sorted once, so that the counts of a cohort need one pass.
 * @param {import("./transitions.js").Journeys} journeys @param {import("./transitions.js").Moves} moves
 * @param {{from: number, to: number}[]} routes @param {boolean} exits @param {boolean} together @param {number} stations
 * @returns {History}
 */
export function makeHistory(journeys, moves, routes, exits, together, stations) {
  const n = journeys.n + moves.n;
  const time = new Int32Array(n), journey = new Uint32Array(n), to = new Uint16Array(n), from = new Uint16Array(n);
  for (let j = 0; j < journeys.n; j++) {
    time[j] = together ? 0 : journeys.start[j]; journey[j] = j; to[j] = journeys.first[j]; from[j] = NOWHERE;
  }
  for (let m = 0, i = journeys.n; m < moves.n; m++, i++) {
    const j = moves.journey[m], route = routes[moves.route[m]];
    time[i] = moves.arrive[m] - (together ? journeys.start[j] : 0); journey[i] = j; to[i] = route.to; from[i] = route.from;
  }
  const order = orderBy(time);
  const ending = new Int32Array(journeys.n), closed = new Uint32Array(journeys.n);
  let k = 0;
  for (let j = 0; j < journeys.n; j++) {
    ending[j] = journeys.end[j] - (together ? journeys.start[j] : 0);
    if (!(exits && journeys.open[j])) closed[k++] = j;
  }
  const byEnd = orderBy(ending, closed.subarray(0, k));
  const most = { came: new Uint32Array(stations), moved: new Uint32Array(stations), ended: new Uint32Array(stations) };
  for (let i = 0; i < n; i++) { most.came[to[i]]++; if (from[i] !== NOWHERE) most.moved[from[i]]++; }
  for (let i = 0; i < k; i++) most.ended[journeys.last[byEnd[i]]]++;
  return {
    most,
    comings: { n, time: pick(time, order), journey: pick(journey, order), to: pick(to, order), from: pick(from, order) },
    endings: { n: k, time: pick(ending, byEnd), journey: byEnd, at: pick(journeys.last, byEnd) },
  };
}

/** @template {Int32Array|Uint32Array|Uint16Array} T @param {T} column @param {Uint32Array} order @returns {T} */
function pick(column, order) {
  const picked = /** @type {T} */ (new (/** @type {any} */ (column.constructor))(order.length));
  for (let i = 0; i < order.length; i++) picked[i] = column[order[i]];
  return picked;
}

/**
 * The counts of a cohort.
 * @param {History} history @param {Uint8Array} inside  of each journey: 1 = in the cohort
 * @returns {Occupancy}
 */
export function countCohort({ comings, endings, most }, inside) {
  const stations = most.came.length;
  const lists = (/** @type {Uint32Array} */ sizes) => Array.from(sizes, (size) => new Int32Array(size));
  const came = lists(most.came), moved = lists(most.moved), ended = lists(most.ended);
  const filled = { came: new Uint32Array(stations), moved: new Uint32Array(stations), ended: new Uint32Array(stations) };
  const starts = new Int32Array(inside.length), ends = new Int32Array(endings.n);
  let a = 0, z = 0;
  for (let i = 0; i < comings.n; i++) {
    if (!inside[comings.journey[i]]) continue;
    const to = comings.to[i], from = comings.from[i], time = comings.time[i];
    came[to][filled.came[to]++] = time;
    if (from === NOWHERE) starts[a++] = time; else moved[from][filled.moved[from]++] = time;
  }
  for (let i = 0; i < endings.n; i++) {
    if (!inside[endings.journey[i]]) continue;
    const at = endings.at[i];
    ended[at][filled.ended[at]++] = endings.time[i];
    ends[z++] = endings.time[i];
  }
  return {
    stations: Array.from({ length: stations }, (_, s) => ({
      came: came[s].subarray(0, filled.came[s]), moved: moved[s].subarray(0, filled.moved[s]), ended: ended[s].subarray(0, filled.ended[s]),
    })),
    starts: starts.subarray(0, a), ends: ends.subarray(0, z),
  };
}

/** Times at or before t. @param {Int32Array} times @param {number} t */
const upTo = (times, t) => upperBound(times, t);
/**
 * Times before t. Times are whole seconds, so those before t are those up to the whole second below.
 * @param {Int32Array} times @param {number} t
 */
const before = (times, t) => upperBound(times, Math.ceil(t) - 1);

/**
 * @param {Occupancy} occupancy @param {number} t
 * @param {{stations: Int32Array, through: Int32Array}} into  at each station: here now, and arrivals so far
 * @returns {number} journeys active
 */
export function countsAt({ stations, starts, ends }, t, into) {
  for (let s = 0; s < stations.length; s++) {
    const { came, moved, ended } = stations[s];
    into.through[s] = upTo(came, t);
    into.stations[s] = into.through[s] - upTo(moved, t) - before(ended, t);
  }
  return upTo(starts, t) - before(ends, t);
}

/**
 * Journeys open at the beginning of each bin, and those that arrive in it.
 * @param {Occupancy} occupancy @param {number} end  last second @param {number} bin  seconds
 * @returns {{start: number[], stock: number[], arrivals: number[]}}
 */
export function seriesOf({ starts, ends }, end, bin) {
  const start = [], stock = [], arrivals = [];
  for (let t = 0; t <= end; t += bin) {
    start.push(t);
    stock.push(upTo(starts, t) - before(ends, t));
    arrivals.push(before(starts, t + bin) - before(starts, t));
  }
  return { start, stock, arrivals };
}

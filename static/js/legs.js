// Legs: everything that puts a dot on the map for a while. A move along a route, a stay at a station where the
// data leave a child, a return along the re-referral loop. Each leg has a track, and each track a shape.

import { scramble, orderBy } from "./order.js";

/** @typedef {import("./transitions.js").Journeys} Journeys */
/** @typedef {import("./transitions.js").Moves} Moves */

/**
 * @typedef {object} Legs      moves first, then stays, then returns
 * @property {number} n
 * @property {number} moves    how many of each
 * @property {number} stays
 * @property {number} returns
 * @property {Uint32Array} journey
 * @property {Uint16Array} track   route; routes + station; routes + stations + place in geometry.returns
 * @property {Int32Array} depart   true times, seconds from origin
 * @property {Int32Array} arrive
 * @property {Uint8Array} lane     of LANES; see lanesOf
 * @property {Uint8Array} final    1 = a closed journey's last leg: both ends count
 * @property {{routes: number, stations: number, returns: number, all: number}} tracks
 */

/** Side-by-side positions across a route. */
export const LANES = 32;
/** Even a move of no time is seen for a while (seconds); see `shownTimes`. */
const SHORT = 86400;

/**
 * @param {Journeys} journeys @param {Moves} moves
 * @param {{stations: number, routes: {from: number, to: number}[], exits: boolean, end: number,
 *   returns: {from: number, to: number, at?: number|null}[]}} place  exits: does the map declare exits; end: last second of the data
 * @returns {Legs}
 */
export function makeLegs(journeys, moves, { stations, routes, exits, end, returns }) {
  const staying = rowsWhere(journeys.n, (j) => journeys.move[j] === journeys.move[j + 1] || (exits && journeys.open[j] === 1));
  const wayBack = waysBack(journeys, moves, routes, returns, exits);
  const returning = returns.length ? rowsWhere(journeys.n, (j) => wayBack(j) !== undefined) : new Uint32Array(0);
  const n = moves.n + staying.length + returning.length;
  const legs = {
    n, moves: moves.n, stays: staying.length, returns: returning.length, journey: new Uint32Array(n), track: new Uint16Array(n),
    depart: new Int32Array(n), arrive: new Int32Array(n), lane: new Uint8Array(n), final: new Uint8Array(n),
    tracks: { routes: routes.length, stations, returns: returns.length, all: routes.length + stations + returns.length },
  };
  legs.journey.set(moves.journey); legs.track.set(moves.route); legs.depart.set(moves.depart); legs.arrive.set(moves.arrive);
  lanesOf(moves, routes, legs.lane);
  for (let j = 0; j < journeys.n; j++) {
    if (journeys.move[j + 1] > journeys.move[j] && !(exits && journeys.open[j])) legs.final[journeys.move[j + 1] - 1] = 1;
  }
  let i = moves.n;
  for (const j of staying) {
    legs.journey[i] = j; legs.track[i] = routes.length + journeys.last[j];
    legs.depart[i] = journeys.end[j]; legs.arrive[i] = exits && journeys.open[j] ? Math.max(end, journeys.end[j]) : journeys.end[j];
    legs.final[i++] = 1;
  }
  for (const j of returning) {
    legs.journey[i] = j; legs.track[i] = routes.length + stations + /** @type {number} */ (wayBack(j));
    legs.depart[i] = journeys.end[j - journeys.back[j]]; legs.arrive[i] = journeys.start[j];
    legs.lane[i++] = scramble(j) % LANES;
  }
  return legs;
}

/**
 * The way that brought a journey's child back: from the exit of the journey before (by the stub at the station it was
 * left from, where the exit has several) to this one's entry. @returns {(journey: number) => number|undefined}
 * @param {Journeys} journeys @param {Moves} moves @param {{from: number}[]} routes
 * @param {{from: number, to: number, at?: number|null}[]} returns @param {boolean} exits
 */
function waysBack(journeys, moves, routes, returns, exits) {
  const key = (/** @type {number} */ from, /** @type {number} */ to, /** @type {number} */ at) => (from * 65536 + to) * 65536 + at;
  const ways = new Map(returns.flatMap((r, i) => [[key(r.from, r.to, 65535), i], [key(r.from, r.to, r.at ?? 65535), i]]));
  return (j) => {
    const before = j - journeys.back[j];
    if (before === j || (exits && journeys.open[before])) return undefined;
    const last = journeys.move[before + 1] - 1;
    const at = last >= journeys.move[before] ? routes[moves.route[last]].from : 65535;
    return ways.get(key(journeys.last[before], journeys.first[j], at)) ?? ways.get(key(journeys.last[before], journeys.first[j], 65535));
  };
}

/** @param {number} n @param {(row: number) => boolean} test */
function rowsWhere(n, test) {
  const rows = new Uint32Array(n);
  let k = 0;
  for (let i = 0; i < n; i++) if (test(i)) rows[k++] = i;
  return rows.slice(0, k);
}

/**
 * Lane of each move: the slower among the moves of its route, the farther from the middle of the line. Slowness is
 * half a rank (so that one outlier does not push everyone else together) and half the share of all waiting on the route
 * that those faster account for (so that the dots seen at any one moment, mostly slow ones, fill the line evenly).
 * Equals are ranked in a fixed scrambled order. Where the line is also travelled the other way, lanes fill the
 * right-hand side only.
 * @param {Moves} moves @param {{from: number, to: number}[]} routes @param {Uint8Array} lane
 */
export function lanesOf(moves, routes, lane) {
  const twoWay = oppositeRoutes(routes);
  const wait = new Int32Array(moves.n), mix = new Int32Array(moves.n), route = Int32Array.from(moves.route);
  for (let m = 0; m < moves.n; m++) { wait[m] = Math.max(0, moves.arrive[m] - moves.depart[m]); mix[m] = scramble(m) & 2047; }
  const order = orderBy(route, orderBy(wait, orderBy(mix)));
  for (let from = 0; from < order.length;) {
    const r = route[order[from]];
    let all = 0, to = from;
    for (; to < order.length && route[order[to]] === r; to++) all += wait[order[to]] + SHORT;
    for (let i = from, sum = 0; i < to; i++) {
      const m = order[i], own = wait[m] + SHORT;
      const slow = ((i - from + 0.5) / (to - from) + (sum + own / 2) / all) / 2;
      const across = twoWay[r] ? slow : 0.5 + (scramble(m) & 4096 ? slow : -slow) / 2;
      lane[m] = Math.min(LANES - 1, Math.floor(across * LANES));
      sum += own;
    }
    from = to;
  }
}

/** @param {{from: number, to: number}[]} routes @returns {Uint8Array} 1 where the way back is a route too */
export function oppositeRoutes(routes) {
  const seen = new Set(routes.map((r) => r.from * 65536 + r.to));
  return Uint8Array.from(routes, (r) => (r.from !== r.to && seen.has(r.to * 65536 + r.from) ? 1 : 0));
}

/**
 * When each leg is shown. A move takes at least `hop` on screen, and begins no sooner than the move before it is over:
 * several moves of one day are thus seen one after another, in order. Depends on the journey and `hop` alone.
 * @param {Legs} legs @param {Journeys} journeys @param {number} hop  whole seconds of data
 * @param {boolean} together  all journeys start at 0 (and nobody is seen between journeys)
 * @returns {{from: Int32Array, until: Int32Array}}  a leg with until <= from is not shown
 */
export function shownTimes(legs, journeys, hop, together) {
  const from = new Int32Array(legs.n), until = new Int32Array(legs.n);
  for (let j = 0; j < journeys.n; j++) {
    const shift = together ? journeys.start[j] : 0;
    const stop = journeys.move[j + 1];
    let over = 0;
    for (let m = journeys.move[j]; m < stop; m++) {
      const depart = Math.max(legs.depart[m] - shift, over);
      over = Math.max(legs.arrive[m] - shift, depart + hop);
      from[m] = depart; until[m] = over;
    }
  }
  const over = (/** @type {number} */ j) => until[journeys.move[j + 1] - 1];
  const firstReturn = legs.moves + legs.stays;
  for (let i = legs.moves; i < firstReturn; i++) {
    const j = legs.journey[i], shift = together ? journeys.start[j] : 0;
    from[i] = journeys.move[j + 1] > journeys.move[j] ? over(j) : legs.depart[i] - shift;
    until[i] = legs.arrive[i] > legs.depart[i] ? legs.arrive[i] - shift : from[i] + hop;
  }
  for (let i = firstReturn; i < legs.n && !together; i++) {
    const j = legs.journey[i], before = j - journeys.back[j];
    from[i] = Math.max(legs.depart[i], journeys.move[before + 1] > journeys.move[before] ? over(before) : 0);
    until[i] = legs.arrive[i];
  }
  return { from, until };
}

/**
 * How the pace of each leg varies on its way (see `progress` in place.js): of moves that are drawn out to the least time
 * on screen, and of all moves in wait and hop; 0 for those that are shown as long as they took.
 * @param {Legs} legs @param {{from: Int32Array, until: Int32Array}} shown @param {number} hop @param {boolean} waits
 */
export function bendsOf(legs, { from, until }, hop, waits) {
  const bend = new Int8Array(legs.n);
  for (let m = 0; m < legs.moves; m++) {
    if (waits || (until[m] - from[m] === hop && legs.arrive[m] - legs.depart[m] !== hop)) bend[m] = (scramble(m) >>> 12) & 255;
  }
  return bend;
}

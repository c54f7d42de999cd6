// Clocks that run at a station: when a wait comes near its limit, and when it is overdue. The server says by which
// second a clock started on a given day must have stopped (working days and bank holidays are its business).

import { orderBy, upperBound } from "./order.js";
import { DAY } from "./clock.js";

/** @typedef {import("./types.js").Timescale} Timescale */

/** "No clock runs." Later than any time in the data. */
export const NEVER = 0x7fffffff;

/**
 * When each leg comes near its limit and when it passes it: NEVER where no clock runs, and for ways back.
 * A clock starts on arrival at the station, or at the journey's latest arrival at `since`; where several run at one
 * station, the first to end counts.
 * @param {import("./legs.js").Legs} legs @param {import("./transitions.js").Journeys} journeys
 * @param {{from: number, to: number}[]} routes @param {Timescale[]} timescales
 * @returns {{near: Int32Array, due: Int32Array}}
 */
export function limitsOf(legs, journeys, routes, timescales) {
  const near = new Int32Array(legs.n).fill(NEVER),
    due = new Int32Array(legs.n).fill(NEVER);
  const stayOf = new Uint32Array(journeys.n); // leg + 1; 0 = none
  for (let i = legs.moves; i < legs.moves + legs.stays; i++) stayOf[legs.journey[i]] = i + 1;
  for (const scale of timescales) {
    const at = new Set(scale.at);
    const running = Uint8Array.from(routes, (route) => (at.has(route.from) ? 1 : 0));
    const starting = Uint8Array.from(routes, (route) => (route.to === scale.since ? 1 : 0));
    const onArrival = scale.since === null;
    for (let j = 0; j < journeys.n; j++) {
      let since = journeys.first[j] === scale.since ? journeys.start[j] : -1;
      const stop = journeys.move[j + 1];
      for (let m = journeys.move[j]; m < stop; m++) {
        const route = legs.track[m];
        if (running[route]) setLimit(near, due, m, onArrival ? legs.depart[m] : since, scale);
        if (starting[route]) since = legs.arrive[m];
      }
      const stay = stayOf[j] - 1;
      if (stay >= 0 && journeys.open[j] && at.has(journeys.last[j]))
        setLimit(near, due, stay, onArrival ? legs.depart[stay] : since, scale);
    }
  }
  return { near, due };
}

/** @param {Int32Array} near @param {Int32Array} due @param {number} leg @param {number} started -1 = never @param {Timescale} scale */
function setLimit(near, due, leg, started, scale) {
  if (started < 0 || !scale.due.length) return;
  const limit = scale.due[Math.min(scale.due.length - 1, Math.floor(started / DAY))];
  if (limit >= due[leg]) return;
  due[leg] = limit;
  near[leg] = Math.min(limit, Math.ceil(started + (limit - started) * scale.near_share));
}

/**
 * @typedef {object} Lapses   waits that outlast their limit, in order of the moment they do, and in order of their end
 * @property {{time: Int32Array, journey: Uint32Array, at: Uint16Array}} begin  overdue after this second
 * @property {{time: Int32Array, journey: Uint32Array, at: Uint16Array}} over   no longer there from this second on
 */

/**
 * @param {import("./legs.js").Legs} legs @param {Int32Array} due @param {{from: number}[]} routes
 * @param {Int32Array|null} shift  start of each journey, where all start together
 * @returns {Lapses}
 */
export function makeLapses(legs, due, routes, shift) {
  const { moves, journey, depart, arrive, track } = legs;
  const rows = new Uint32Array(moves + legs.stays);
  let n = 0;
  // Who leaves a station is not there at that instant; who stays is there to the last second of the data.
  for (let i = 0; i < rows.length; i++) if (arrive[i] > due[i] && (i >= moves || arrive[i] > depart[i])) rows[n++] = i;
  const begin = new Int32Array(n),
    over = new Int32Array(n);
  for (let k = 0; k < n; k++) {
    const i = rows[k],
      away = shift ? shift[journey[i]] : 0;
    // One who arrives past the limit is overdue from the moment of arrival.
    begin[k] = Math.max(due[i] + 1, depart[i]) - away;
    over[k] = i < moves ? arrive[i] - away : NEVER - 1;
  }
  /** @param {Int32Array} time */
  const sorted = (time) => {
    const order = orderBy(time),
      at = new Uint16Array(n),
      who = new Uint32Array(n),
      when = new Int32Array(n);
    for (let k = 0; k < n; k++) {
      const i = rows[order[k]];
      when[k] = time[order[k]];
      who[k] = journey[i];
      at[k] = i < moves ? routes[track[i]].from : track[i] - legs.tracks.routes;
    }
    return { time: when, journey: who, at };
  };
  return { begin: sorted(begin), over: sorted(over) };
}

/**
 * Overdue journeys of a cohort, by station: sorted times between which each is overdue.
 * @param {Lapses} lapses @param {Uint8Array} inside @param {number} stations
 * @returns {{begin: Int32Array[], over: Int32Array[]}}
 */
export function lapsesOfCohort({ begin, over }, inside, stations) {
  const split = (/** @type {{time: Int32Array, journey: Uint32Array, at: Uint16Array}} */ { time, journey, at }) => {
    const sizes = new Uint32Array(stations);
    for (let i = 0; i < time.length; i++) if (inside[journey[i]]) sizes[at[i]]++;
    const lists = Array.from(sizes, (size) => new Int32Array(size));
    sizes.fill(0);
    for (let i = 0; i < time.length; i++) if (inside[journey[i]]) lists[at[i]][sizes[at[i]]++] = time[i];
    return lists;
  };
  return { begin: split(begin), over: split(over) };
}

/** @param {{begin: Int32Array[], over: Int32Array[]}} lapses @param {number} t @param {Int32Array} into by station */
export function overdueAt({ begin, over }, t, into) {
  // `begin` holds whole seconds from which the wait is overdue; t between due and due + 1 is already past the limit
  for (let s = 0; s < begin.length; s++) into[s] = upperBound(begin[s], Math.ceil(t)) - upperBound(over[s], t);
}

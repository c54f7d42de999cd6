// Wire tables → columns: journeys, their moves, and the times at which each move is shown.

/**
 * @typedef {Record<string, ArrayLike<number>>} Columns
 *
 * @typedef {object} Journeys   struct of arrays, in the dataset's order (by start)
 * @property {number} n
 * @property {Int32Array} start  seconds from origin of the first event
 * @property {Int32Array} end    of the last event
 * @property {Int32Array} back   rows back to the same child's journey before; 0 = none
 * @property {Uint16Array} visit 0 for a child's first journey
 * @property {Uint32Array} child number of the child, by first journey
 * @property {Uint32Array} move  (n + 1) where each journey's moves begin
 * @property {Uint16Array} first station
 * @property {Uint16Array} last  station
 * @property {Uint8Array} open   1 = no exit yet
 *
 * @typedef {object} Moves      journey by journey, in order of move
 * @property {number} n
 * @property {Uint32Array} journey
 * @property {Uint16Array} route
 * @property {Int32Array} depart seconds from origin
 * @property {Int32Array} arrive
 */

/**
 * Decodes both wire tables (docs/contracts.md, "Wire tables").
 * @param {Columns} journeyColumns  after, back, moves, first, open
 * @param {Columns} moveColumns     route, wait
 * @param {{from: number, to: number}[]} routes
 * @returns {{journeys: Journeys, moves: Moves}}
 * @throws {Error} when the two tables do not belong together
 */
export function decode(journeyColumns, moveColumns, routes) {
  const journeys = decodeJourneys(journeyColumns);
  const { route, wait } = moveColumns;
  const n = route.length;
  if (journeys.move[journeys.n] !== n) {
    throw new Error(`The journeys have ${journeys.move[journeys.n]} moves but the table of moves has ${n} rows. Reload the page.`);
  }
  const moves = {
    n, journey: new Uint32Array(n), route: Uint16Array.from(route), depart: new Int32Array(n), arrive: new Int32Array(n),
  };
  for (let j = 0; j < journeys.n; j++) {
    let t = journeys.start[j];
    const stop = journeys.move[j + 1];
    for (let m = journeys.move[j]; m < stop; m++) {
      moves.journey[m] = j;
      moves.depart[m] = t;
      t += wait[m];
      moves.arrive[m] = t;
    }
    journeys.end[j] = t;
    journeys.last[j] = stop > journeys.move[j] ? routes[route[stop - 1]].to : journeys.first[j];
  }
  return { journeys, moves };
}

/** @param {Columns} columns @returns {Journeys} */
function decodeJourneys({ after, back, moves, first, open }) {
  const n = after.length;
  const journeys = {
    n, start: new Int32Array(n), end: new Int32Array(n), back: Int32Array.from(back), visit: new Uint16Array(n),
    child: new Uint32Array(n), move: new Uint32Array(n + 1), first: Uint16Array.from(first), last: new Uint16Array(n),
    open: Uint8Array.from(open),
  };
  let t = 0, children = 0;
  for (let j = 0; j < n; j++) {
    t += after[j];
    journeys.start[j] = t;
    const before = j - back[j];
    journeys.visit[j] = back[j] ? journeys.visit[before] + 1 : 0;
    journeys.child[j] = back[j] ? journeys.child[before] : children++;
    journeys.move[j + 1] = journeys.move[j] + moves[j];
  }
  return journeys;
}

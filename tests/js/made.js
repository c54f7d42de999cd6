// Made-up datasets for tests and benchmarks: seeded, so that a failure can be had again.

import { DAY } from "../../static/js/clock.js";

/** Small, fast, seeded random numbers (mulberry32). @param {number} seed @returns {() => number} 0 to 1 */
export function random(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Stations 0 to 7 and exits 8 to 10, and the moves that occur between them. */
const ROUTES = [
  [0, 1],
  [0, 2],
  [1, 3],
  [1, 4],
  [2, 3],
  [3, 4],
  [4, 3],
  [3, 5],
  [4, 5],
  [5, 6],
  [6, 7],
  [0, 8],
  [1, 8],
  [3, 8],
  [3, 9],
  [5, 9],
  [6, 10],
  [7, 10],
  [4, 4],
];
const FIRST_EXIT = 8,
  PLACES = 11;

/**
 * @param {{seed?: number, journeys?: number, days?: number, exits?: boolean, dates?: boolean, most?: number, wait?: number}} how
 *   days: length of the data; dates: events fall on midnights; most: moves a journey; wait: typical days of a move
 */
export function makeDataset({ seed = 1, journeys = 200, days = 400, exits = true, dates = true, most = 5, wait = 20 } = {}) {
  const next = random(seed);
  const whole = (/** @type {number} */ n) => Math.floor(next() * n);
  const routes = ROUTES.map(([from, to]) => ({ from, to }));
  const out = Array.from({ length: PLACES }, (_, s) => routes.flatMap((r, i) => (r.from === s ? [i] : [])));
  const end = (days - 1) * DAY;
  const starts = Float64Array.from({ length: journeys }, () => (dates ? whole(days) * DAY : whole(end + 1))).sort();
  /** @type {Record<string, number[]>} */
  const j = { after: [], back: [], moves: [], first: [], open: [], sex: [], age: [] };
  /** @type {Record<string, number[]>} */
  const m = { route: [], wait: [] };
  /** @type {{row: number, end: number}[]} */ const gone = []; // journeys whose child may come back
  starts.forEach((start, row) => {
    let at = next() < 0.8 ? 0 : 1,
      t = start,
      moves = 0;
    const first = at;
    for (let k = 0; k < most && out[at].length && next() < 0.93; k++) {
      const route = out[at][whole(out[at].length)];
      const days_ = next() < 0.4 ? 0 : Math.ceil(-Math.log(1 - next()) * wait);
      const gap = dates ? days_ * DAY : Math.round(days_ * DAY * next());
      if (t + gap > end) break;
      m.route.push(route);
      m.wait.push(gap);
      t += gap;
      at = routes[route].to;
      moves++;
    }
    const open = exits && at < FIRST_EXIT;
    let back = 0;
    if (gone.length && next() < 0.35) {
      const k = whole(gone.length);
      if (gone[k].end <= start) {
        back = row - gone[k].row;
        gone.splice(k, 1);
      }
    }
    if (!open) gone.push({ row, end: t });
    j.after.push(start - (row ? starts[row - 1] : 0));
    j.back.push(back);
    j.moves.push(moves);
    j.first.push(first);
    j.open.push(open ? 1 : 0);
    j.sex.push(whole(3));
    j.age.push(next() < 0.05 ? -32768 : whole(19) - 1);
  });
  return { dataset: describe(days, exits, routes), geometry: drawn(routes), tables: { journeys: columns(j), transitions: columns(m) } };
}

/** @param {Record<string, number[]>} lists @returns {Record<string, ArrayLike<number>>} typed as on the wire */
function columns(lists) {
  /** @type {Record<string, any>} */
  const kind = {
    after: Uint32Array,
    back: Uint32Array,
    moves: Uint16Array,
    first: Uint16Array,
    open: Uint8Array,
    sex: Uint8Array,
    age: Int16Array,
    route: Uint16Array,
    wait: Uint32Array,
  };
  return Object.fromEntries(Object.entries(lists).map(([key, list]) => [key, kind[key].from(list)]));
}

/**
 * @param {number} days @param {boolean} exits @param {{from: number, to: number}[]} routes
 * @returns {import("../../static/js/types.js").DatasetInfo}
 */
function describe(days, exits, routes) {
  const origin = "2014-12-01T00:00:00Z";
  const stations = Array.from({ length: PLACES }, (_, s) => ({
    id: `s${s}`,
    label: `S${s}`,
    kind: /** @type {"exit"|"station"} */ (exits && s >= FIRST_EXIT ? "exit" : "station"),
  }));
  return {
    origin,
    first: origin,
    last: new Date(Date.parse(origin) + (days - 1) * DAY * 1000).toISOString(),
    stations,
    routes,
    map: { exits },
    facets: [
      {
        key: "visit",
        label: "Visit",
        kind: "number",
        of: "journey",
        bands: [
          [0, 0, "first"],
          [1, 1, "second"],
          [2, null, "third or later"],
        ],
      },
      {
        key: "year",
        label: "Year",
        kind: "number",
        of: "journey",
        bands: [
          [2014, 2014, "2014"],
          [2015, 2015, "2015"],
          [2016, 2016, "2016"],
        ],
      },
      {
        key: "outcome",
        label: "Outcome",
        kind: "category",
        of: "journey",
        values: [...stations.map(({ label }) => label), "still open"],
      },
      { key: "entry", label: "Entry", kind: "category", of: "journey", values: ["S0", "S1"] },
      { key: "sex", label: "Sex", kind: "category", of: "child", values: ["F", "M", "not recorded"] },
      {
        key: "age",
        label: "Age",
        kind: "number",
        of: "journey",
        bands: [
          [-1, -1, "unborn"],
          [0, 4, "0–4"],
          [5, 15, "5–15"],
          [16, null, "16 and over"],
        ],
      },
    ],
    timescales: [
      {
        id: "a",
        label: "Since arriving",
        at: [1, 3],
        since: null,
        limit: "20 days",
        near_share: 0.8,
        due: Array.from({ length: days }, (_, d) => (d + 21) * DAY - 1),
      },
      {
        id: "b",
        label: "Since station 0",
        at: [3, 4],
        since: 0,
        limit: "30 days",
        near_share: 0.5,
        due: Array.from({ length: days }, (_, d) => (d + 31) * DAY - 1),
      },
    ],
  };
}

/** @param {{from: number, to: number}[]} routes @returns {import("../../static/js/types.js").Geometry} */
function drawn(routes) {
  const at = (/** @type {number} */ s) => /** @type {[number, number]} */ ([80 + 150 * (s % 4), 80 + 160 * Math.floor(s / 4)]);
  return {
    stations: Array.from({ length: PLACES }, (_, s) => ({
      index: s,
      x: at(s)[0],
      y: at(s)[1],
      r: 18,
      queue: { x: at(s)[0] + 16, y: at(s)[1] + 16, dx: 1, dy: 1 },
    })),
    routes: routes.map(({ from, to }) => {
      const [a, b] = [at(from), at(to)];
      return { from, to, points: from === to ? [a, [a[0] + 30, a[1] - 30], [a[0] - 30, a[1] - 30], b] : [a, [b[0], a[1]], b] };
    }),
    returns: [8, 9, 10].flatMap((from) =>
      [0, 1].map((to) => ({ from, to, points: [at(from), [at(from)[0], 560], [20, 560], [20, at(to)[1]], at(to)] })),
    ),
  };
}

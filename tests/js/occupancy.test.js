// Exact counts against a count of states, journey by journey.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY } from "../../static/js/clock.js";
import { keeps, parse } from "../../static/js/cohort.js";
import { World } from "../../static/js/world.js";
import { makeDataset, random } from "./made.js";

/**
 * Every journey's events and nothing else: the slow reading of the wire that the counts are checked with.
 * @param {ReturnType<typeof makeDataset>} made @returns {{at: number, time: number}[][]}
 */
function eventsOf({ dataset: { routes }, tables: { journeys, transitions } }) {
  let time = 0,
    row = 0;
  return Array.from({ length: journeys.after.length }, (_, j) => {
    time += journeys.after[j];
    const events = [{ at: journeys.first[j], time }];
    for (let k = 0, t = time; k < journeys.moves[j]; k++, row++)
      events.push({ at: routes[transitions.route[row]].to, time: (t += transitions.wait[row]) });
    return events;
  });
}

/**
 * Where a journey is at t, by the rule in docs/contracts.md; -1 = not active.
 * @param {{at: number, time: number}[]} events @param {boolean} lasting @param {number} end @param {number} t
 */
function stateAt(events, lasting, end, t) {
  const over = lasting ? end : events[events.length - 1].time;
  if (t < events[0].time || t > over) return -1;
  return events.filter(({ time }) => time <= t).pop()?.at ?? -1;
}

const QUERIES = [
  "",
  "sex=F",
  "sex=!F&age=5+",
  "visit=1+",
  "outcome=still_open",
  "year=2015&entry=S1",
  "age=not_recorded,-1",
  "outcome=S8,S9&sex=M,F",
  "year=2031",
];

test("a hundred random instants under random cohorts count as the states of the journeys do", () => {
  const next = random(11);
  let counted = 0;
  for (let seed = 1; seed <= 10; seed++) {
    const made = makeDataset({ seed, exits: seed % 3 > 0, dates: seed % 2 > 0 });
    const world = new World(made.dataset, made.geometry, made.tables.journeys, made.tables.transitions);
    const events = eventsOf(made),
      {
        end,
        stations,
        dataset: { facets, map },
      } = world;
    const instants = Array.from({ length: 10 }, (_, i) => (i < 5 ? Math.floor(next() * 400) * DAY : next() * end)).concat([0, end]);
    for (const t of instants) {
      const query = QUERIES[Math.floor(next() * QUERIES.length)];
      const { journeys } = world.filter(query);
      const { terms } = parse(query, facets);
      const expected = new Int32Array(stations),
        through = new Int32Array(stations);
      let active = 0,
        kept = 0;
      events.forEach((list, j) => {
        const value = (/** @type {string} */ key) => Number(world.columns.get(key)?.value[j]);
        if (!terms.every((term) => keeps(term, value(term.facet.key)))) return;
        kept++;
        const at = stateAt(list, map.exits && made.tables.journeys.open[j] === 1, end, t);
        if (at >= 0) {
          expected[at]++;
          active++;
          counted++;
        }
        for (const event of list) if (event.time <= t) through[event.at]++;
      });
      const exact = world.countsAt(t);
      assert.equal(journeys, kept);
      assert.deepEqual(exact.stations, expected, `seed ${seed}, "${query}", at ${t}`);
      assert.deepEqual(exact.through, through);
      assert.equal(exact.count, active);
    }
  }
  assert.ok(counted > 800, `${counted}`);
});

test("together, a journey is at day d where it is d days after its start", () => {
  for (const exits of [true, false]) {
    const made = makeDataset({ seed: 4, exits });
    const world = new World(made.dataset, made.geometry, made.tables.journeys, made.tables.transitions);
    world.setTimes({ together: true });
    const events = eventsOf(made);
    for (const t of [0, 1, 10 * DAY, 33.5 * DAY, 200 * DAY, world.span()[1]]) {
      const expected = new Int32Array(world.stations);
      events.forEach((list, j) => {
        const at = stateAt(list, exits && made.tables.journeys.open[j] === 1, world.end, list[0].time + t);
        if (at >= 0) expected[at]++;
      });
      // to the end of the span nobody can have been followed; those still open leave the picture when the data do
      if (!exits || t < 1) assert.deepEqual(world.countsAt(t).stations, expected);
    }
  }
});

test("an exit is counted at exactly its instant", () => {
  const { dataset, geometry } = makeDataset();
  const world = new World(
    dataset,
    geometry,
    { after: [DAY], back: [0], moves: [1], first: [0], open: [0], sex: [0], age: [3] },
    { route: [11], wait: [5 * DAY] },
  );
  const at = (/** @type {number} */ t) => {
    const { stations, count } = world.countsAt(t);
    return [stations[0], stations[8], count];
  };
  assert.deepEqual(
    [at(DAY - 1), at(DAY), at(6 * DAY - 1), at(6 * DAY), at(6 * DAY + 0.5), at(6 * DAY + 1)],
    [
      [0, 0, 0],
      [1, 0, 1],
      [1, 0, 1],
      [0, 1, 1],
      [0, 0, 0],
      [0, 0, 0],
    ],
  );
});

test("stock is the count at each bin's start, and arrivals are all the journeys", () => {
  for (const together of [false, true]) {
    const { dataset, geometry, tables } = makeDataset({ seed: 8, dates: false });
    const world = new World(dataset, geometry, tables.journeys, tables.transitions);
    world.setTimes({ together });
    world.filter("sex=F,M");
    const { start, stock, arrivals } = world.series(7 * DAY);
    assert.deepEqual(start.slice(0, 3), [0, 7 * DAY, 14 * DAY]);
    start.forEach((t, i) => assert.equal(stock[i], world.countsAt(t).count));
    assert.equal(
      arrivals.reduce((a, b) => a + b),
      world.filter("sex=F,M").journeys,
    );
  }
});

test("facet counts are those of filtering by each choice in turn", () => {
  const { dataset, geometry, tables } = makeDataset({ seed: 5 });
  const world = new World(dataset, geometry, tables.journeys, tables.transitions);
  const { facets } = world.filter("sex=F&age=0-15&year=2015");
  const alone = (/** @type {string} */ query) => world.filter(query).journeys;
  assert.deepEqual(
    facets.sex.counts,
    ["F", "M", "not_recorded"].map((v) => alone(`sex=${v}&age=0-15&year=2015`)),
  );
  assert.deepEqual(
    facets.age.counts,
    ["-1", "0-4", "5-15", "16+"].map((v) => alone(`sex=F&age=${v}&year=2015`)),
  );
  assert.deepEqual(
    facets.year.counts,
    ["2014", "2015", "2016"].map((v) => alone(`sex=F&age=0-15&year=${v}`)),
  );
  assert.deepEqual(
    facets.outcome.counts,
    (dataset.facets.find((f) => f.key === "outcome")?.values ?? []).map((v) =>
      alone(`sex=F&age=0-15&year=2015&outcome=${v.replace(" ", "_")}`),
    ),
  );
});

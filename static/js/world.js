// What is in force: the data, how time is shown, the cohort and its exact counts. No canvas, no clock of its own;
// each part is worked out again only when something it rests on has changed.

import { facetColumns } from "./facets.js";
import { countFacets, filterJourneys } from "./facetcounts.js";
import { parse } from "./cohort.js";
import { bendsOf, makeLegs, shownTimes } from "./legs.js";
import { countCohort, countsAt, makeHistory, seriesOf } from "./occupancy.js";
import { queueOfTracks } from "./place.js";
import { assignSlots, makeWaits } from "./queues.js";
import { lapsesOfCohort, limitsOf, makeLapses, overdueAt } from "./timescales.js";
import { emptyShelves, keepCohort, peakActive, shelve } from "./timeindex.js";
import { decode } from "./transitions.js";

/** @typedef {import("./types.js").DatasetInfo} DatasetInfo */
/** @typedef {import("./types.js").Geometry} Geometry */

/** @param {Geometry} geometry */
const waysBackOf = (geometry) => (geometry.returns ?? []).map(({ from, to, at }) => ({ from, to, at }));

export class World {
  /**
   * @param {DatasetInfo} dataset @param {Geometry} geometry
   * @param {Record<string, ArrayLike<number>>} journeyTable @param {Record<string, ArrayLike<number>>} moveTable
   */
  constructor(dataset, geometry, journeyTable, moveTable) {
    this.dataset = dataset;
    this.stations = dataset.stations.length;
    const { journeys, moves } = decode(journeyTable, moveTable, dataset.routes);
    this.journeys = journeys;
    this.moves = moves;
    this.end = Math.round((Date.parse(dataset.last) - Date.parse(dataset.origin)) / 1000);
    this.columns = facetColumns(dataset.facets, journeys, journeyTable, dataset);
    this.hop = 1;
    this.together = false;
    this.waits = false;
    this.query = "";
    /** Rows of the journeys that alone are kept, of the cohort; null: all of it. @type {Uint32Array|null} */ this.only = null;
    /** @type {Uint8Array} */ this.inside = new Uint8Array(journeys.n).fill(1);
    /** Grows with every change of what is drawn. */
    this.edition = 0;
    /** What must be worked out again; see `count` and `arrange`. */
    this.stale = { times: true, cohort: true, slots: true };
    this.returns = waysBackOf(geometry);
    this.legs = this.makeLegs();
    this.queueOf = queueOfTracks(dataset.routes, this.legs.tracks);
    /** @type {{near: Int32Array, due: Int32Array}|null} */ this.limits = null;
    /** @type {{child: number, legs: number[]}} */
    this.followed = { child: -1, legs: [] };
    /** @type {{occupancy: import("./occupancy.js").Occupancy, lapses: {begin: Int32Array[], over: Int32Array[]}}|null} */
    this.counted = null;
    /** @type {{events: import("./occupancy.js").History, lapses: import("./timescales.js").Lapses}|null} */ this.history = null;
    // What is drawn: legs as shown, in shelves, all of them and those of the cohort, with their lanes and places in queues.
    /** @type {{from: Int32Array, until: Int32Array}} */ this.shown = { from: new Int32Array(0), until: new Int32Array(0) };
    this.all = emptyShelves();
    this.shelves = emptyShelves();
    /** @type {Uint8Array} */ this.lane = new Uint8Array(0);
    /** @type {Int8Array} */ this.bend = new Int8Array(0);
    /** @type {Int8Array} */ this.bendOfLeg = new Int8Array(0);
    /** @type {Uint32Array} */ this.slot = new Uint32Array(0);
    /** @type {Uint32Array} */ this.slotOfLeg = new Uint32Array(0);
    /** @type {Int32Array} */ this.places = new Int32Array(this.stations);
    this.standing = makeWaits(this.legs, { from: this.legs.depart, until: this.legs.depart }, this.queueOf, 0, false);
    this.peak = 0;
  }

  makeLegs() {
    const { routes, map } = this.dataset;
    return makeLegs(this.journeys, this.moves, { stations: this.stations, routes, exits: map.exits, end: this.end, returns: this.returns });
  }

  /** When each leg comes near its limit and passes it; worked out when first asked for, as are the next two. */
  getLimits() {
    this.limits ??= limitsOf(this.legs, this.journeys, this.dataset.routes, this.dataset.timescales ?? []);
    return this.limits;
  }

  getHistory() {
    const { journeys, moves, legs, dataset: { routes, map }, together } = this;
    this.history ??= {
      events: makeHistory(journeys, moves, routes, map.exits, together, this.stations),
      lapses: makeLapses(legs, this.getLimits().due, routes, together ? journeys.start : null),
    };
    return this.history;
  }

  /** @param {Geometry} geometry  only the ways back decide which legs there are */
  setGeometry(geometry) {
    const returns = waysBackOf(geometry);
    if (JSON.stringify(returns) === JSON.stringify(this.returns)) return;
    this.returns = returns;
    this.legs = this.makeLegs();
    this.limits = null;
    this.history = null;
    this.queueOf = queueOfTracks(this.dataset.routes, this.legs.tracks);
    this.followed = { child: -1, legs: [] };
    this.stale.times = true;
  }

  /** @param {{hop?: number, together?: boolean, waits?: boolean}} how */
  setTimes({ hop = this.hop, together = this.together, waits = this.waits }) {
    if (hop !== this.hop || together !== this.together) this.stale.times = true;
    if (together !== this.together) this.history = this.counted = null;
    if (waits !== this.waits) this.stale.slots = true;
    Object.assign(this, { hop, together, waits });
  }

  /** First and last second that the clock can show. @returns {[number, number]} */
  span() {
    if (!this.together) return [0, this.end];
    let longest = 0;
    const { start, end, open, n } = this.journeys;
    for (let j = 0; j < n; j++) longest = Math.max(longest, (open[j] && this.dataset.map.exits ? this.end : end[j]) - start[j]);
    return [0, longest];
  }

  /**
   * Puts a cohort in force, or of it only some journeys.
   * @param {string} query @param {Uint32Array|null} [only] @throws {Error} when it is not a cohort of this dataset
   */
  keep(query, only = null) {
    const { terms } = parse(query, this.dataset.facets);
    const { inside, fails, journeys } = filterJourneys(terms, this.columns, this.journeys.n, only);
    Object.assign(this, { inside, query, only, counted: null });
    this.stale.cohort = true;
    /** How many journeys it keeps, and each choice of each facet would keep. */
    return () => ({ journeys, of: this.journeys.n, facets: countFacets(terms, fails, this.columns) });
  }

  /** Puts a cohort in force and counts it. @param {string} query */
  filter(query) { return this.keep(query)(); }

  /**
   * Filters once and takes it back, so that a person's first press is answered as quickly as the next: by then the code
   * is compiled and the memory taken. Before the first frame, where it costs no frame.
   */
  warm() {
    const { query, only } = this;
    this.filter("visit=1+");
    this.arrange();
    this.keep(query, only);
  }

  /** Exact counts of the cohort, worked out once. */
  count() {
    if (!this.counted) {
      const { events, lapses } = this.getHistory();
      this.counted = { occupancy: countCohort(events, this.inside), lapses: lapsesOfCohort(lapses, this.inside, this.stations) };
    }
    return this.counted;
  }

  /** Brings what is drawn up to date. */
  arrange() {
    const { legs, stale } = this;
    if (!stale.times && !stale.cohort && !stale.slots) return;
    if (stale.times) {
      this.shown = shownTimes(legs, this.journeys, this.hop, this.together);
      this.all = shelve(legs, this.shown);
    }
    if (stale.times || stale.cohort) {
      this.shelves = keepCohort(this.all, this.inside, this.shelves);
      this.lane = this.byRow(legs.lane, new Uint8Array(this.shelves.n));
      this.peak = peakActive(this.shelves, this.span()[1]);
    }
    if (stale.times || stale.slots) this.standing = makeWaits(legs, this.shown, this.queueOf, this.hop, this.waits);
    if (stale.times || stale.slots) this.bendOfLeg = bendsOf(legs, this.shown, this.hop, this.waits);
    this.bend = this.byRow(this.bendOfLeg, new Int8Array(this.shelves.n));
    if (this.slotOfLeg.length !== legs.n) this.slotOfLeg = new Uint32Array(legs.n);
    this.places = assignSlots(this.standing, this.inside, this.slotOfLeg);
    this.slot = this.standing.n ? this.byRow(this.slotOfLeg, new Uint32Array(this.shelves.n)) : new Uint32Array(this.shelves.n);
    Object.assign(stale, { times: false, cohort: false, slots: false });
    this.edition++;
  }

  /**
   * A column of legs in the order of the shelves. @template {Uint8Array|Int8Array|Uint32Array} T
   * @param {T} column @param {T} into @returns {T}
   */
  byRow(column, into) {
    const { leg, n } = this.shelves;
    for (let i = 0; i < n; i++) into[i] = column[leg[i]];
    return into;
  }

  /** Every leg of a child's journeys. @param {number} child @returns {number[]} */
  legsOfChild(child) {
    if (this.followed.child !== child) {
      const { journeys, legs } = this;
      const found = [];
      for (let i = 0; i < legs.n; i++) if (journeys.child[legs.journey[i]] === child) found.push(i);
      this.followed = { child, legs: found };
    }
    return this.followed.legs;
  }

  /** What a press on a dot tells. @param {number} leg */
  describe(leg) {
    const { legs, journeys, dataset: { routes } } = this;
    const journey = legs.journey[leg], track = legs.track[leg];
    const station = track - legs.tracks.routes, way = station - legs.tracks.stations;
    const ends = way >= 0 ? this.returns[way] : station >= 0 ? { from: station, to: null } : routes[track];
    return {
      child: journeys.child[journey], journey, from: ends?.from ?? null, to: ends?.to ?? null,
      depart: legs.depart[leg], arrive: station >= 0 && way < 0 ? null : legs.arrive[leg],
    };
  }

  /** Exact counts at t. @param {number} t */
  countsAt(t) {
    const { occupancy, lapses } = this.count();
    const stations = new Int32Array(this.stations), through = new Int32Array(this.stations), overdue = new Int32Array(this.stations);
    const count = countsAt(occupancy, t, { stations, through });
    overdueAt(lapses, t, overdue);
    return { at: t, count, stations, overdue, through };
  }

  /** @param {number} bin seconds */
  series(bin) { return seriesOf(this.count().occupancy, this.span()[1], bin); }
}

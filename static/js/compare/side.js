// One side: a dataset, its cohort and its map, under a head of its own that says in words what is shown.

import { createApi } from "../api.js";
import { DAY, fromISO, toDate, toISO } from "../clock.js";
import { parse } from "../cohort.js";
import { inForceOn, sayDate } from "../headline.js";
import { createStage } from "../stage.js";
import { themeOf } from "../theme.js";
import { count, plural } from "../words.js";
import { likelyDay0, standing } from "./alignment.js";
import { sideOf } from "./state.js";

/** @typedef {import("./state.js").Hand} Hand */
/** @typedef {import("../state.js").Store<import("./state.js").CompareState>} Store */

export class Side {
  /**
   * @param {HTMLElement} root @param {Hand} hand @param {string} name  of the dataset, in addresses
   * @param {Store} store
   * @param {{onStation: (id: string) => void, onStatus: () => void, onMoved: (view: {k: number, x: number, y: number}) => void}} on
   */
  constructor(root, hand, name, store, on) {
    this.root = root;
    this.hand = hand;
    this.name = name;
    this.store = store;
    this.api = createApi(name);
    this.stage = createStage(/** @type {HTMLElement} */ (root.querySelector(".stage")), {
      workerUrl: /** @type {string} */ (document.documentElement.dataset.worker),
      theme: () => themeOf(store.get()),
      whole: true, // two parts of two maps compare badly
      ...on,
    });
    /** @type {any} */ this.dataset = null;
    /** @type {any} */ this.geometry = null;
    /** @type {import("../periodspanel.js").Period[]} */ this.periods = [];
    /** @type {[number, number]} */ this.data = [0, 1];
    /** @type {{journeys: number, of: number, facets: any}} */ this.counts = { journeys: 0, of: 0, facets: {} };
    /** @type {import("./alignment.js").Placed} */ this.placed = { zero: 0, data: [0, 1], window: [0, 1], opens: 0 };
    /** What is written now: the day, and how that day stands. */
    this.written = "";
    this.standing = /** @type {import("./alignment.js").Standing} */ ("shown");
  }

  state() { return sideOf(this.store.get(), this.hand); }

  /** @param {string} part @returns {any} */
  part(part) { return this.root.querySelector(part); }

  /** Fetches and draws; what fails is said on this side. */
  async load() {
    const { api, stage } = this;
    const urls = { journeys: api.url("/journeys"), transitions: api.url("/transitions") };
    stage.engine.prefetch(urls);
    const [dataset, geometry, kept] = await Promise.all(["", "/map", "/periods"].map((path) => api.get(api.url(path))));
    Object.assign(this, { dataset, geometry, periods: kept.periods ?? kept });
    this.part(".side-title").textContent = dataset.title;
    stage.map.draw(geometry);
    stage.showView();
    const { span } = await stage.engine.load({ dataset, geometry, urls });
    this.data = span;
    stage.say("");
  }

  /** For the alignment; see there. @returns {import("./alignment.js").SideTime} */
  time() {
    const { align, from, to } = this.state();
    const { origin } = this.dataset;
    return { origin, data: this.data, filled: fromISO(origin, this.firstWhole()), day0: this.day0(align), from, to };
  }

  /** The first day of the data, or that after a stretch in which they only fill up (a period of kind "data" at the start). */
  firstWhole() {
    const first = this.dataset.first.slice(0, 10);
    const filling = this.periods.find(({ kind, from }) => kind === "data" && from <= first);
    return filling ? toISO(filling.to, DAY).slice(0, 10) : first;
  }

  /** @param {string} chosen */
  day0(chosen) { return chosen || likelyDay0(this.periods, this.dataset.first); }

  /** For the server's question; see state.js. @returns {import("./state.js").Known} */
  known() {
    return { name: this.name, first: this.firstWhole(), last: this.dataset.last.slice(0, 10), day0: this.day0(this.state().align) };
  }

  /** The cohort in words, or why it is none. */
  sentence() {
    try { return parse(this.state().cohort, this.dataset.facets).sentence(); } catch (error) { return /** @type {Error} */ (error).message; }
  }

  /** Puts the cohort and the words for it in force. @returns {Promise<boolean>} whether it is one */
  async showCohort() {
    const { cohort, from, to } = this.state();
    const [first, last] = [from, to].map((day) => day && this.sayDay(day));
    const days = from && to ? `, ${first} to ${last}` : from ? `, from ${first}` : to ? `, up to ${last}` : "";
    this.part(".cohort").textContent = this.sentence() + (this.store.get().together ? "" : days);
    try {
      this.counts = await this.stage.engine.setCohort(cohort);
    } catch {
      this.part(".journeys").textContent = "· nothing is filtered";
      return false;
    }
    const { journeys, of } = this.counts;
    this.part(".journeys").textContent = cohort ? `· ${count(journeys)} journeys of ${count(of)}` : `· ${plural(of, "journey")}`;
    return true;
  }

  /** @param {string} iso */
  sayDay(iso) { return sayDate(new Date(iso)); }

  /** This side's own second at a shared second. @param {number} shared */
  own(shared) { return shared + this.placed.zero; }

  /** Its instant, ISO 8601, for the server. @param {number} shared */
  instant(shared) { return toISO(this.dataset.origin, this.own(shared)); }

  /** The periods as bands of the shared timeline. @param {"upper"|"lower"} [half] @returns {import("../timeline.js").Band[]} */
  bands(half) {
    const seconds = (/** @type {string} */ day) => fromISO(this.dataset.origin, day) - this.placed.zero;
    return this.periods.map(({ label, kind, from, to }) => ({ label, kind, from: seconds(from), to: seconds(to) + DAY, half }));
  }

  /** What the head says of the instant. Asked at every frame, written once a day. @param {number} shared @param {import("./state.js").TimeKind} kind */
  showTime(shared, kind) {
    const date = toDate(this.dataset.origin, this.own(shared));
    const now = standing(this.placed, shared);
    const today = date.toISOString().slice(0, 10);
    if (`${today} ${now}` === this.written) return;
    this.written = `${today} ${now}`;
    this.standing = now;
    const { words, inspection } = kind === "together" ? { words: "", inspection: false } : inForceOn(this.periods, today);
    this.part(".own-date").textContent = kind === "days" ? sayDate(date) : ""; // by the calendar both have the date above
    this.part(".in-force").textContent = words;
    this.part(".in-force").classList.toggle("quiet", !inspection);
    this.stage.setKnown(now === "shown");
    this.stage.say(this.explain());
  }

  /** Why nothing is shown, in a sentence; "" where something is. */
  explain() {
    if (this.store.get().together) return this.standing === "shown" ? "" : "No journey here is as long.";
    const [first, last] = this.standing.endsWith("data") ? this.placed.data : this.placed.window;
    const day = (/** @type {number} */ t) => sayDate(toDate(this.dataset.origin, t));
    switch (this.standing) {
      case "before data": return `No data yet: they begin on ${day(first)}.`;
      case "after data": return `No more data: they end on ${day(last)}.`;
      case "before period": return `Before the days compared: they begin on ${day(first)}.`;
      case "after period": return `After the days compared: they end on ${day(last)}.`;
      default: return "";
    }
  }
}

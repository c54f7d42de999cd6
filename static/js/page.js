// The parts of the page and what each tells the others. The store says what is to be shown; `follow` shows it.

import { DAY, fromISO, toDate } from "./clock.js";
import { createCurve } from "./curve.js";
import { createDrawer } from "./drawer.js";
import { createEditor } from "./editor.js";
import { byId } from "./element.js";
import { folded, readCohort, toggle } from "./filters.js";
import { createHeadline, sayIso } from "./headline.js";
import { drawLegend } from "./legend.js";
import { createLoops } from "./loops.js";
import { createMap } from "./map.js";
import { classesFor, colourOptions } from "./palette.js";
import { createPanels } from "./panels.js";
import { createPlayer } from "./player.js";
import { createTimeline } from "./timeline.js";
import { count, pace, plural } from "./words.js";

/** @typedef {import("./periodspanel.js").Period} Period */

const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");

/** Nothing shows without a word about why. @param {unknown} error */
export function fail(error) { byId("notice").textContent = error instanceof Error ? error.message : String(error); }

export class Page {
  /**
   * @param {object} known
   * @param {import("./api.js").Api} known.api
   * @param {ReturnType<typeof import("./state.js").createStore>} known.store
   * @param {ReturnType<typeof import("./engine.js").createEngine>} known.engine
   * @param {any} known.dataset @param {any} known.geometry @param {Period[]} known.periods
   */
  constructor({ api, store, engine, dataset, geometry, periods }) {
    this.api = api;
    this.store = store;
    this.engine = engine;
    this.dataset = dataset;
    this.geometry = geometry;
    this.periods = periods;
    /** @type {[number, number]} */ this.lasting = [0, 1];
    /** The engine's latest report. @type {any} */ this.latest = null;
    /** @type {{journeys: number, of: number, facets: any}} */ this.counts = { journeys: 0, of: 0, facets: {} };
    this.span = () => this.lasting;
    this.headline = createHeadline(dataset, store, () => this.periods);
    this.map = this.makeMap();
    this.timeline = createTimeline(byId("timeline"), {
      onSeek: (t) => { this.player.pause(); this.player.seek(t); },
      onLoop: (window) => this.loops.choose(window),
      say: this.headline.say,
    });
    this.player = createPlayer(store, engine, {
      onFrame: (t) => { this.timeline.move(t); this.headline.showTime(t); },
      onStill: (t) => { this.timeline.describe(t); this.panels.refresh(); },
    });
    this.loops = createLoops(store, this.player, this.timeline, this.span);
    this.curve = createCurve(dataset, store, engine, this.timeline);
    this.drawer = createDrawer(byId("drawer"), { onClose: () => store.set({ panel: "", station: "", child: "" }) });
    this.editor = this.makeEditor();
    this.panels = this.makePanels();
    dark.addEventListener("change", () => this.showTheme());
  }

  makeMap() {
    const { store, engine } = this;
    return createMap(byId("stage"), {
      onStation: (id) => store.set({ station: store.get().station === id ? "" : id, child: "", panel: store.get().panel === "edit" ? "edit" : "" }),
      onView: (view) => this.showView(view),
      onEmpty: async (x, y) => {
        const hit = await engine.pick(x, y);
        if (hit) store.set({ child: String(hit.child), station: "", panel: "" });
      },
    });
  }

  makeEditor() {
    const { api, store } = this;
    return createEditor(this.map, {
      current: () => this.geometry,
      layout: (positions) => api.post("/map/layout", { positions }),
      save: async (positions) => { this.useGeometry(await api.put("/map", { positions })); },
      onGeometry: (next) => this.useGeometry(next),
      onDone: () => store.set({ panel: "" }),
      mapFile: api.url("/map.yaml"),
    });
  }

  makePanels() {
    const { api, store, dataset, drawer, editor, map, player, headline, curve } = this;
    return createPanels({
      api, store, dataset, drawer, editor, map, player, sayIso,
      say: headline.say,
      sentence: headline.sentence,
      labels: Object.fromEntries(dataset.facets.map((/** @type {any} */ facet) => [facet.key, facet.label])),
      timescaleAt: (index) => (dataset.timescales ?? []).find((/** @type {any} */ scale) => scale.at.includes(index)) ?? null,
      counts: () => this.counts,
      periods: () => this.periods,
      savePeriods: async (next) => {
        const saved = await api.put("/periods", next);
        this.periods = saved.periods ?? saved;
        this.showPeriods();
        this.panels.draw();
      },
      onCurve: curve.showStation,
    });
  }

  theme() {
    const { theme } = this.store.get();
    return theme === "auto" ? (dark.matches ? "dark" : "light") : theme;
  }

  /** @param {{k: number, x: number, y: number}} [view] */
  showView(view = this.map.view()) {
    const { clientWidth: width, clientHeight: height } = byId("stage");
    this.engine.setView({ ...view, width, height, dpr: devicePixelRatio, theme: this.theme() });
  }

  showTheme() {
    const { theme } = this.store.get();
    if (theme === "auto") delete root.dataset.theme; else root.dataset.theme = theme;
    this.showView();
    this.showLegend();
  }

  /** Stations were moved. @param {any} next */
  useGeometry(next) {
    const { engine, map, store, latest } = this;
    this.geometry = next;
    engine.setGeometry(next);
    map.draw(next, true);
    if (store.get().panel !== "edit") map.refit();
    map.open(store.get().station);
    if (latest) map.count(latest.counts, latest.overdue, latest.through);
  }

  /** The engine's report: the figures at the stations. @param {any} status */
  showStatus(status) {
    this.latest = status;
    this.map.count(status.counts, status.overdue, status.through);
    // Only when it stands are the figures those of the shown instant; while playing nobody could listen to them.
    if (!status.playing) {
      this.map.describe(({ kind, label, index }) => (kind === "exit"
        ? `${label}: ${plural(status.through[index], "journey")} so far`
        : `${label}: ${count(status.counts[index])} here`));
    }
    this.panels.tick();
  }

  showPeriods() {
    const { dataset, timeline, headline, player } = this;
    const seconds = (/** @type {string} */ day) => fromISO(dataset.origin, day);
    timeline.setPeriods(this.periods.map(({ label, kind, from, to }) => ({ label, kind, from: seconds(from), to: seconds(to) + DAY })));
    headline.forget();
    headline.showTime(player.now());
  }

  showLegend() {
    const { store, dataset, engine } = this;
    const { colour, cohort } = store.get();
    const classes = classesFor(colour, dataset, this.theme());
    engine.setColour({ by: colour, classes });
    const chosen = readCohort(cohort).get(colour);
    drawLegend(byId("legend"), {
      by: colour,
      options: colourOptions(dataset),
      chosen: new Set(chosen && !chosen.not ? chosen.values.map(folded) : []),
      ring: Boolean(dataset.timescales?.length),
      classes: classes.map((/** @type {any} */ c) => ({ label: c.label, colour: c.colour, value: c.cohort ?? null })),
    }, {
      onColour: (key) => store.set({ colour: key }),
      onToggle: (value) => store.set({ cohort: toggle(store.get().cohort, colour, value) }),
    });
  }

  async showCohort() {
    const { store, engine, headline, panels, curve } = this;
    headline.showSentence();
    headline.showFindings(null);
    try {
      this.counts = await engine.setCohort(store.get().cohort);
    } catch (error) {
      headline.showRefusal(/** @type {Error} */ (error).message);
      return;
    }
    headline.showCounts(this.counts);
    this.showLegend();
    panels.draw();
    curve.show(this.lasting[1]).catch(fail); // not waited for: the curve may come after the first moving frame
  }

  /** How many findings there are, said once the first picture stands; of another filter it is not known until they are opened. */
  async offerFindings() {
    const { api, store, headline } = this;
    const { cohort, finding, panel } = store.get();
    if (finding || panel === "findings") return; // they are there already
    const { findings } = await api.get(api.url("/findings", {}, cohort));
    if (store.get().cohort === cohort) headline.showFindings(findings.length);
  }

  async showTogether() {
    const { store, engine, player, timeline, headline, dataset } = this;
    const { together, moving } = store.get();
    const result = await engine.setMode({ moving, together });
    if (result?.span) this.lasting = result.span;
    player.setSpan({ origin: dataset.origin, span: this.lasting });
    timeline.setSpan({ span: this.lasting[1], origin: Date.parse(dataset.origin) / 1000, together });
    headline.forget();
  }

  /** Each part shows what it is responsible for, whenever that has changed. */
  follow() {
    const { store, player, panels, map, engine, loops, curve } = this;
    store.subscribe((state, changed) => {
      if (changed.has("playing")) showPlaying(state.playing);
      if (changed.has("speed")) { byId("speed").textContent = pace(state.speed); player.setSpeed(state.speed); }
      if (changed.has("theme")) this.showTheme();
      if (changed.has("cohort")) this.showCohort();
      else if (changed.has("colour")) this.showLegend();
      if (changed.has("together")) {
        player.pause();
        const begin = () => player.seek(changed.has("at") ? player.read(state.at) : this.lasting[0]);
        this.showTogether().then(() => curve.show(this.lasting[1])).then(begin);
      } else if (changed.has("moving")) engine.setMode({ moving: state.moving, together: state.together });
      if (changed.has("loop")) loops.show();
      if (changed.has("child")) engine.highlight(state.child === "" ? null : Number(state.child));
      if (changed.has("station")) map.open(state.station);
      if (["panel", "measure", "ask", "finding", "station", "child", "theme", "moving", "speed", "together"].some((key) => changed.has(key))) panels.draw();
    });
  }

  /** Where a fresh page begins: after the stretch in which the data only fill up (a period of kind "data" at the start). */
  opening() {
    const { dataset, store } = this;
    const filling = this.periods.find((period) => period.kind === "data" && fromISO(dataset.origin, period.from) <= 0);
    return filling && !store.get().together ? Math.min(this.lasting[1], fromISO(dataset.origin, filling.to) + DAY) : this.lasting[0];
  }

  /** For measuring: what was drawn, where the clock is; and the same seek that a hand makes. */
  measures() {
    const { dataset, player } = this;
    return {
      stats: () => ({
        frames: this.latest?.frames ?? 0,
        active: this.latest?.active ?? 0,
        clock: toDate(dataset.origin, player.now()).toISOString(),
        playing: player.playing(),
      }),
      seek: (/** @type {string} */ iso) => player.seek(fromISO(dataset.origin, iso)),
    };
  }
}

/** @param {boolean} playing */
function showPlaying(playing) {
  const play = byId("play");
  play.toggleAttribute("data-playing", playing);
  play.setAttribute("aria-label", playing ? "Pause" : "Play");
}

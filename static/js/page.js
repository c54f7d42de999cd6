// The parts of the page and what each tells the others. The store says what is to be shown; `follow` shows it.

import { createBehind } from "./behind.js";
import { DAY, fromISO, toDate } from "./clock.js";
import { showPlaying } from "./controls.js";
import { createCurve } from "./curve.js";
import { createDrawer } from "./drawer.js";
import { createEditor } from "./editor.js";
import { byId } from "./element.js";
import { folded, readCohort, toggle } from "./filters.js";
import { createHeadline, sayIso } from "./headline.js";
import { drawLegend } from "./legend.js";
import { createLoops } from "./loops.js";
import { classesFor, colourOptions } from "./palette.js";
import { createPanels } from "./panels.js";
import { createPlayer } from "./player.js";
import { onThemeOfComputer, setTheme, themeOf } from "./theme.js";
import { createTimeline } from "./timeline.js";
import { pace } from "./words.js";

/** @typedef {import("./periodspanel.js").Period} Period */

export class Page {
  /**
   * @param {object} known
   * @param {import("./api.js").Api} known.api
   * @param {ReturnType<typeof import("./state.js").createStore>} known.store
   * @param {import("./stage.js").Stage} known.stage
   * @param {any} known.dataset @param {any} known.geometry @param {Period[]} known.periods
   */
  constructor({ api, store, stage, dataset, geometry, periods }) {
    this.api = api;
    this.store = store;
    this.stage = stage;
    this.engine = stage.engine;
    this.map = stage.map;
    this.dataset = dataset;
    this.geometry = geometry;
    this.periods = periods;
    /** @type {[number, number]} */ this.lasting = [0, 1];
    /** @type {{journeys: number, of: number, facets: any}} */ this.counts = { journeys: 0, of: 0, facets: {} };
    this.span = () => this.lasting;
    this.behind = createBehind(api, store);
    this.headline = createHeadline(dataset, store, () => this.periods);
    this.timeline = createTimeline(byId("timeline"), {
      onSeek: (t) => { this.player.pause(); this.player.seek(t); },
      onLoop: (window) => this.loops.choose(window),
      say: this.headline.say,
    });
    this.player = createPlayer(store, this.engine, {
      onFrame: (t) => { this.timeline.move(t); this.headline.showTime(t); },
      onStill: (t) => { this.timeline.describe(t); this.panels.refresh(); },
    });
    this.loops = createLoops(store, this.player, this.timeline, this.span);
    this.curve = createCurve(dataset, store, this.engine, this.timeline);
    this.drawer = createDrawer(byId("drawer"), { onClose: () => store.set({ panel: "", station: "", child: "" }) });
    this.editor = this.makeEditor();
    this.panels = this.makePanels();
    onThemeOfComputer(() => this.showTheme());
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
    const { api, store, dataset, drawer, editor, map, player, headline, curve, behind } = this;
    return createPanels({
      api, store, dataset, drawer, editor, map, player, sayIso, behind,
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

  showTheme() {
    setTheme(this.store.get());
    this.stage.showView();
    this.showLegend();
  }

  /** Stations were moved. @param {any} next */
  useGeometry(next) {
    const { stage, map, store } = this;
    this.geometry = next;
    stage.redraw(next);
    if (store.get().panel !== "edit") map.refit();
    map.open(store.get().station);
  }

  /** The periods as bands of the timeline; from a common start there is no calendar that they could stand in. */
  bands() {
    const seconds = (/** @type {string} */ day) => fromISO(this.dataset.origin, day);
    if (this.store.get().together) return [];
    return this.periods.map(({ label, kind, from, to }) => ({ label, kind, from: seconds(from), to: seconds(to) + DAY }));
  }

  showPeriods() {
    const { timeline, headline, player } = this;
    timeline.setPeriods(this.bands());
    headline.forget();
    headline.showTime(player.now());
  }

  showLegend() {
    const { store, dataset, engine } = this;
    const { colour, cohort } = store.get();
    const classes = classesFor(colour, dataset, themeOf(this.store.get()));
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
    const { store, engine, headline, panels, curve, behind } = this;
    const wanted = store.get();
    headline.showSentence();
    headline.showFindings(null);
    try {
      const figure = await behind.load();
      if (store.get().behind !== wanted.behind || store.get().cohort !== wanted.cohort) return; // another was chosen meanwhile
      if (figure) headline.showSentence(figure);
      this.counts = await engine.setCohort(wanted.cohort, figure && Uint32Array.from(figure.rows ?? []));
    } catch (error) {
      headline.showRefusal(/** @type {Error} */ (error).message);
      return;
    }
    headline.showCounts(this.counts);
    this.showLegend();
    panels.draw();
    curve.show(this.lasting[1]).catch(this.stage.fail); // not waited for: the curve may come after the first moving frame
  }

  /** Where nobody behind a figure is on the map now, it goes to the first of them. @param {import("./state.js").State} state */
  async showSomebody({ behind, together }) {
    const figure = await this.behind.load();
    const first = figure?.lines[0];
    if (!first || together || this.store.get().behind !== behind || (await this.engine.countsAt(this.player.now())).count) return;
    this.player.pause();
    this.player.seek(fromISO(this.dataset.origin, first.start));
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
    timeline.setPeriods(this.bands());
    headline.forget();
  }

  /** Each part shows what it is responsible for, whenever that has changed. */
  follow() {
    const { store, player, panels, map, engine, loops, curve } = this;
    store.subscribe((state, changed) => {
      if (changed.has("playing")) showPlaying(state.playing);
      if (changed.has("speed")) { byId("speed").textContent = pace(state.speed); player.setSpeed(state.speed); }
      if (changed.has("theme")) this.showTheme();
      if (changed.has("cohort") || changed.has("behind")) {
        const shown = this.showCohort();
        if (state.behind && changed.has("behind") && !changed.has("at")) shown.then(() => this.showSomebody(state)).catch(this.stage.fail);
      }
      else if (changed.has("colour")) this.showLegend();
      if (changed.has("together")) {
        player.pause();
        const begin = () => player.seek(changed.has("at") ? player.read(state.at) : this.lasting[0]);
        this.showTogether().then(() => curve.show(this.lasting[1])).then(begin);
      } else if (changed.has("moving")) engine.setMode({ moving: state.moving, together: state.together });
      if (changed.has("loop")) loops.show();
      if (changed.has("child")) engine.highlight(state.child === "" ? null : Number(state.child));
      if (changed.has("station")) map.open(state.station);
      if (["panel", "measure", "ask", "finding", "behind", "station", "child", "theme", "moving", "speed", "together"].some((key) => changed.has(key))) panels.draw();
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
    const { dataset, player, stage } = this;
    return {
      stats: () => ({
        frames: stage.latest()?.frames ?? 0,
        active: stage.latest()?.active ?? 0,
        clock: toDate(dataset.origin, player.now()).toISOString(),
        playing: player.playing(),
      }),
      seek: (/** @type {string} */ iso) => player.seek(fromISO(dataset.origin, iso)),
    };
  }
}

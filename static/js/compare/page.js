// The parts of the compare page and what each tells the others. One clock moves both sides and the timeline; the store says
// what is to be shown, and `follow` shows it.

import { DAY, fromISO, toDate, toISO } from "../clock.js";
import { showPlaying } from "../controls.js";
import { byId } from "../element.js";
import { sayDate } from "../headline.js";
import { drawLegend } from "../legend.js";
import { createLoops } from "../loops.js";
import { classesFor, colourOptions, palettes } from "../palette.js";
import { createPlayer } from "../player.js";
import { onThemeOfComputer, setTheme, themeOf } from "../theme.js";
import { createTimeline } from "../timeline.js";
import { count, dayNumber, pace } from "../words.js";
import { align, beginning, ownClock } from "./alignment.js";
import { inColoursOf, legendOf } from "./colours.js";
import { createFigures } from "./figures.js";
import { createPanels } from "./panels.js";
import { TIME, kindOf } from "./state.js";

/** @typedef {import("./side.js").Side} Side */

/** Longer data are counted by weeks: days would be narrower than a pixel. */
const LONG = 500 * DAY;

export class ComparePage {
  /** @param {import("./side.js").Store} store @param {[Side, Side]} sides  left and right, loaded */
  constructor(store, sides) {
    this.store = store;
    this.sides = sides;
    this.alignment = align("calendar", /** @type {any} */ (sides.map((side) => side.time())));
    this.span = () => this.alignment.span;
    this.written = "";
    const engine = {
      setClock: (/** @type {import("../clock.js").Clock} */ clock) => {
        for (const { stage, placed } of sides) stage.engine.setClock(ownClock(clock, placed.zero));
      },
    };
    this.timeline = createTimeline(byId("timeline"), {
      onSeek: (t) => { this.player.pause(); this.player.seek(t); },
      onLoop: (window) => this.loops.choose(window),
      say: (t) => this.say(t),
    });
    this.player = createPlayer(store, engine, {
      onFrame: (t) => { this.timeline.move(t); this.showTime(t); },
      onStill: (t) => { this.timeline.describe(t); this.panels.refresh(); },
    }, () => kindOf(store.get()) !== "calendar");
    this.loops = createLoops(store, this.player, this.timeline, this.span);
    this.figures = createFigures(this);
    this.panels = createPanels(this);
    onThemeOfComputer(() => this.showTheme());
  }

  /** The shared instant in words. @param {number} t */
  say(t) { return this.alignment.kind === "calendar" ? sayDate(toDate(this.alignment.origin, t)) : dayNumber(Math.floor(t / DAY)); }

  /** Asked at every frame; each part writes only what has changed. @param {number} t */
  showTime(t) {
    const written = this.say(t);
    if (written !== this.written) byId("date").textContent = written.replace(/^day/, "Day");
    this.written = written;
    for (const side of this.sides) side.showTime(t, this.alignment.kind);
  }

  showTheme() {
    setTheme(this.store.get());
    for (const { stage } of this.sides) stage.showView();
    this.showColours();
  }

  /** One legend for both: the same value has the same colour. */
  showColours() {
    const { colour } = this.store.get();
    const theme = themeOf(this.store.get());
    const [left, right] = this.sides;
    const first = classesFor(colour, left.dataset, theme);
    const second = inColoursOf(first, classesFor(colour, right.dataset, theme), palettes[theme].other);
    left.stage.engine.setColour({ by: colour, classes: first });
    right.stage.engine.setColour({ by: colour, classes: second });
    const both = new Set(colourOptions(right.dataset).map(({ key }) => key));
    drawLegend(byId("legend"), {
      by: colour,
      options: colourOptions(left.dataset).filter(({ key }) => both.has(key)),
      chosen: new Set(),
      ring: this.sides.some(({ dataset }) => dataset.timescales?.length),
      classes: legendOf(first, second),
    }, { onColour: (key) => this.store.set({ colour: key }), onToggle: () => {} });
  }

  /** @param {Side} side */
  async showCohort(side) {
    await side.showCohort();
    this.panels.draw();
    this.figures.ask();
    this.showCurves().catch(side.stage.fail); // not waited for: the curves may come after the first moving frame
  }

  /** Stock of both over the shared time: solid on the left, dashed on the right. */
  async showCurves() {
    const [first, last] = this.span();
    const bin = last - first > LONG ? 7 * DAY : DAY;
    const [left, right] = await Promise.all(this.sides.map(async ({ stage, placed }) => {
      const { start, stock, arrivals } = await stage.engine.series(bin);
      const inside = start.map((_, i) => i).filter((i) => start[i] >= placed.window[0] && start[i] <= placed.window[1]);
      return { start: inside.map((i) => start[i] - placed.zero), stock: inside.map((i) => stock[i]), arrivals: inside.map((i) => arrivals[i]) };
    }));
    const most = (/** @type {number[]} */ stock) => count(stock.length ? Math.max(...stock) : 0);
    this.timeline.setSeries(left, `open journeys: left solid, at most ${most(left.stock)}; right dashed, at most ${most(right.stock)}`, right);
  }

  /** Time is counted anew: where each side's seconds lie on the shared clock. */
  async showAlignment() {
    const { store, sides, timeline, player } = this;
    const { moving, together } = store.get();
    const kind = kindOf(store.get());
    for (const side of sides) side.data = (await side.stage.engine.setMode({ moving, together })).span;
    this.alignment = align(kind, /** @type {any} */ (sides.map((side) => side.time())));
    sides.forEach((side, i) => { side.placed = this.alignment.sides[i]; side.written = ""; });
    const { origin, span: [first, last] } = this.alignment;
    player.setSpan({ origin, span: this.span() });
    timeline.setSpan({ first, span: last, origin: Date.parse(origin) / 1000, together: kind !== "calendar" });
    timeline.setPeriods(this.bands());
    byId("kind").value = kind;
    byId("moving").value = moving;
  }

  showMoving() {
    const { moving, together } = this.store.get();
    byId("moving").value = moving;
    for (const { stage } of this.sides) stage.engine.setMode({ moving, together });
  }

  /** The same periods at the same time are drawn once. */
  bands() {
    const [left, right] = this.sides;
    if (this.alignment.kind === "together") return [];
    return JSON.stringify(left.bands()) === JSON.stringify(right.bands()) ? left.bands() : [...left.bands("upper"), ...right.bands("lower")];
  }

  /** The map's stretch that a hand chose on one side, on the other too. @param {Side} side @param {{k: number, x: number, y: number}} view */
  moveBoth(side, view) {
    const other = this.sides[side === this.sides[0] ? 1 : 0];
    if (JSON.stringify(other.geometry.bounds) === JSON.stringify(side.geometry.bounds)) other.stage.map.lookAt(view);
  }

  /** Each part shows what it is responsible for, whenever that has changed. */
  follow() {
    const { store, player, sides, loops, panels } = this;
    const [left, right] = sides;
    store.subscribe((state, changed) => {
      const some = (/** @type {string[]} */ keys) => keys.some((key) => changed.has(key));
      if (changed.has("with")) { location.reload(); return; } // the address is written by now
      if (changed.has("playing")) showPlaying(state.playing);
      if (changed.has("speed")) { byId("speed").textContent = pace(state.speed); player.setSpeed(state.speed); }
      if (changed.has("theme")) this.showTheme();
      if (changed.has("colour")) this.showColours();
      if (some(TIME)) this.realign(changed.has("at"));
      else if (changed.has("moving")) this.showMoving();
      if (some(["cohort", "from", "to", "together"])) this.showCohort(left);
      if (some(["with_cohort", "with_from", "with_to", "together"])) this.showCohort(right);
      if (changed.has("loop")) loops.show();
      if (changed.has("station")) for (const { stage } of sides) stage.map.open(state.station);
      if (some(["panel", "station", "align", "with_align", "together"])) panels.draw();
    });
  }

  /** Another way of counting time: the left side stays at its instant, where that can be. @param {boolean} told  the address says the instant */
  async realign(told) {
    const { player, sides, store } = this;
    const was = sides[0].own(player.now());
    const wasTogether = this.alignment.kind === "together";
    player.pause();
    await this.showAlignment();
    const { kind } = this.alignment;
    const same = kind !== "together" && !wasTogether;
    player.seek(told ? player.read(store.get().at) : same ? was - sides[0].placed.zero : beginning(this.alignment));
    store.set({ loop: told ? store.get().loop : "" });
    await this.showCurves();
    this.figures.ask();
  }

  /** For measuring: what was drawn on each side, where the clock is; and the same seek that a hand makes, to the left side's own instant. */
  measures() {
    const { player, sides } = this;
    const drawnOn = (/** @type {Side} */ side) => {
      const { frames, active } = side.stage.latest() ?? { frames: 0, active: 0 };
      return { frames, active, clock: toISO(side.dataset.origin, Math.floor(side.own(player.now()))), standing: side.standing };
    };
    return {
      /** `frames`: of the side that has drawn fewer; `clock`: the left side's own. */
      stats: () => {
        const drawn = sides.map(drawnOn);
        const frames = Math.min(...drawn.map((one) => one.frames));
        return { frames, active: drawn[0].active + drawn[1].active, clock: drawn[0].clock, playing: player.playing(), sides: drawn };
      },
      seek: (/** @type {string} */ iso) => player.seek(fromISO(sides[0].dataset.origin, iso) - sides[0].placed.zero),
    };
  }
}

// The page: opens the dataset named in the document, wires the parts together, and keeps the address true.

import { utcFormat } from "d3-time-format";
import { createApi } from "./api.js";
import { DAY, fromISO, toDate } from "./clock.js";
import { createDrawer } from "./drawer.js";
import { createEditor } from "./editor.js";
import { createEngine } from "./engine.js";
import { folded, readCohort, toggle } from "./filters.js";
import { listen } from "./keyboard.js";
import { drawLegend } from "./legend.js";
import { createMap } from "./map.js";
import { classesFor, colourOptions } from "./palette.js";
import { createPanels } from "./panels.js";
import { createPlayer } from "./player.js";
import { createStore, read, write } from "./state.js";
import { createTimeline } from "./timeline.js";
import { pace, plural, count } from "./words.js";
import { parse } from "./cohort.js";

const longDate = utcFormat("%-d %B %Y");
const shortDate = utcFormat("%-d %b %Y");
const byId = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const root = document.documentElement;
const still = matchMedia("(prefers-reduced-motion: reduce)");
const dark = matchMedia("(prefers-color-scheme: dark)");

/** Nothing shows without a word about why. @param {unknown} error */
function fail(error) {
  byId("notice").textContent = error instanceof Error ? error.message : String(error);
}

async function start() {
  const api = createApi(/** @type {string} */ (root.dataset.dataset));
  const store = createStore(read(location.search));
  // The worker fetches the tables while the page fetches the rest.
  const engine = createEngine(byId("dots"), {
    workerUrl: /** @type {string} */ (root.dataset.worker),
    onStatus: (/** @type {any} */ status) => showStatus(status), onError: fail,
  });
  const urls = { journeys: api.url("/journeys"), transitions: api.url("/transitions") };
  engine.prefetch(urls);
  const [dataset, drawn, kept] = await Promise.all([api.get(api.url("")), api.get(api.url("/map")), api.get(api.url("/periods"))]);
  /** @type {import("./periodspanel.js").Period[]} */ let periods = kept.periods ?? kept;
  let geometry = drawn;
  /** @type {[number, number]} */ let span = [0, 1];
  /** @type {any} */ let latest = null;
  let cohortCounts = { journeys: 0, of: 0, facets: /** @type {any} */ ({}) };
  const labels = Object.fromEntries(dataset.facets.map((/** @type {any} */ facet) => [facet.key, facet.label]));
  const timescaleAt = (/** @type {number} */ index) =>
    (dataset.timescales ?? []).find((/** @type {any} */ scale) => scale.at.includes(index)) ?? null;

  const theme = () => { const { theme: chosen } = store.get(); return chosen === "auto" ? (dark.matches ? "dark" : "light") : chosen; };
  const sentence = () => {
    try { return parse(store.get().cohort, dataset.facets).sentence(); } catch (error) { return /** @type {Error} */ (error).message; }
  };
  /** The shown instant in words. @param {number} t */
  const say = (t) => (store.get().together ? `day ${count(Math.floor(t / DAY))}` : longDate(toDate(dataset.origin, t)));
  const sayIso = (/** @type {string} */ iso) => shortDate(new Date(iso));

  const map = createMap(byId("stage"), {
    onStation: (id) => store.set({ station: store.get().station === id ? "" : id, child: "", panel: store.get().panel === "edit" ? "edit" : "" }),
    onView: (view) => showView(view),
    onEmpty: async (x, y) => {
      const hit = await engine.pick(x, y);
      if (hit) store.set({ child: String(hit.child), station: "", panel: "" });
    },
  });
  const timeline = createTimeline(byId("timeline"), {
    onSeek: (t) => { player.pause(); player.seek(t); },
    onLoop: (window) => store.set({ loop: window ? window.map(player.written).join("/") : "" }),
    say,
  });
  const player = createPlayer(store, engine, { onFrame: showTime, onStill: (t) => { timeline.describe(t); panels.refresh(); } });
  const drawer = createDrawer(byId("drawer"), { onClose: () => store.set({ panel: "", station: "", child: "" }) });
  const editor = createEditor(map, {
    current: () => geometry, layout: (positions) => api.post("/map/layout", { positions }),
    save: async (positions) => { useGeometry(await api.put("/map", { positions })); },
    onGeometry: useGeometry, onDone: () => store.set({ panel: "" }), mapFile: api.url("/map.yaml"),
  });
  const panels = createPanels({ api, store, dataset, drawer, editor, map, player, say, sayIso, sentence, labels, timescaleAt,
    counts: () => cohortCounts, periods: () => periods,
    savePeriods: async (next) => { const saved = await api.put("/periods", next); periods = saved.periods ?? saved; showPeriods(); panels.draw(); },
    onCurve: showCurve });

  /** @param {{k: number, x: number, y: number}} [view] */
  function showView(view = map.view()) {
    const stage = byId("stage");
    engine.setView({ ...view, width: stage.clientWidth, height: stage.clientHeight, dpr: devicePixelRatio, theme: theme() });
  }

  /** @param {any} next */
  function useGeometry(next) {
    geometry = next;
    engine.setGeometry(geometry);
    map.draw(geometry, true);
    if (store.get().panel !== "edit") map.refit();
    map.open(store.get().station);
    if (latest) map.count(latest.counts, latest.overdue, latest.through);
  }

  /** @param {any} status */
  function showStatus(status) {
    latest = status;
    map.count(status.counts, status.overdue, status.through);
    // Only now are the figures those of the shown instant; while playing nobody could listen to them.
    if (!status.playing) describeStations();
    panels.tick();
  }

  let shownDate = "";
  /** @param {number} t */
  function showTime(t) {
    timeline.move(t);
    const written = say(t);
    if (written === shownDate) return;
    shownDate = written;
    byId("date").textContent = written.replace(/^day/, "Day");
    const today = toDate(dataset.origin, t).toISOString().slice(0, 10);
    const inForce = store.get().together ? [] : periods.filter((period) => period.from <= today && today <= period.to);
    byId("in-force").classList.toggle("quiet", !inForce.some((period) => period.kind === "inspection"));
    byId("in-force").textContent = inForce.map((period) => `${period.label}, day ${1 + Math.round((Date.parse(today) - Date.parse(period.from)) / 864e5)}`).join(" · ");
  }

  function describeStations() {
    if (!latest) return;
    map.describe((place) => (place.kind === "exit" ? `${place.label}: ${plural(latest.through[place.index], "journey")} so far` : `${place.label}: ${count(latest.counts[place.index])} here`));
  }

  function showPeriods() {
    const seconds = (/** @type {string} */ day) => fromISO(dataset.origin, day);
    timeline.setPeriods(periods.map(({ label, kind, from, to }) => ({ label, kind, from: seconds(from), to: seconds(to) + DAY })));
    shownDate = "";
    showTime(player.now());
  }

  function showLegend() {
    const { colour, cohort } = store.get();
    const classes = classesFor(colour, dataset, theme());
    engine.setColour({ by: colour, classes });
    const chosen = readCohort(cohort).get(colour);
    drawLegend(byId("legend"), { by: colour, options: colourOptions(dataset), chosen: new Set(chosen && !chosen.not ? chosen.values.map(folded) : []), ring: Boolean(dataset.timescales?.length),
      classes: classes.map((/** @type {any} */ c) => ({ label: c.label, colour: c.colour, value: c.cohort ?? null })) },
    { onColour: (key) => store.set({ colour: key }), onToggle: (value) => store.set({ cohort: toggle(store.get().cohort, colour, value) }) });
  }

  /** @type {any} */ let whole = null;
  let curveOf = "";
  async function showSeries() {
    const bin = store.get().together || span[1] > 500 * DAY ? 7 * DAY : DAY;
    whole = await engine.series(bin);
    if (!curveOf) timeline.setSeries(whole);
  }

  /** With a station open, the curve is that station's: what an inspection did to it is seen there, not in the total. @param {any} station */
  function showCurve(station) {
    const wanted = station && !store.get().together && station.weekly.length > 1 ? station.label : "";
    if (!wanted && !curveOf) return;
    curveOf = wanted;
    if (!wanted) { if (whole) timeline.setSeries(whole); return; }
    /** @type {{start: string, in: number, waiting: number}[]} */ const weekly = station.weekly;
    timeline.setSeries({
      start: weekly.map((week) => Math.max(0, fromISO(dataset.origin, week.start))),
      stock: weekly.map((week) => week.waiting), arrivals: weekly.map((week) => week.in),
    }, `at ${wanted}`);
  }

  async function showCohort() {
    const { cohort } = store.get();
    byId("sentence").textContent = sentence();
    byId("clear").hidden = !cohort;
    try {
      cohortCounts = await engine.setCohort(cohort);
    } catch (error) {
      byId("journeys").textContent = "· nothing is filtered";
      byId("sentence").textContent = /** @type {Error} */ (error).message;
      return;
    }
    byId("journeys").textContent = cohort ? `· ${count(cohortCounts.journeys)} journeys of ${count(cohortCounts.of)}` : `· ${plural(cohortCounts.of, "journey")}`;
    if (cohort) byId("spoken").textContent = `${sentence()}: ${plural(cohortCounts.journeys, "journey")}`;
    showLegend();
    panels.draw();
    showSeries().catch(fail); // not waited for: the curve may come after the first moving frame
  }

  async function showTogether() {
    const { together, moving } = store.get();
    const result = await engine.setMode({ moving, together });
    if (result?.span) span = result.span;
    player.setSpan({ origin: dataset.origin, span });
    timeline.setSpan({ span: span[1], origin: Date.parse(dataset.origin) / 1000, together });
    shownDate = "";
  }

  function showTheme() {
    const { theme: chosen } = store.get();
    if (chosen === "auto") delete root.dataset.theme; else root.dataset.theme = chosen;
    showView();
    showLegend();
  }

  const readLoop = () => {
    const [a, b] = store.get().loop.split("/").map(player.read);
    return /** @type {[number, number] | null} */ (store.get().loop && b > a ? [a, b] : null);
  };
  function showLoop() {
    const loop = readLoop();
    player.setLoop(loop);
    timeline.setLoop(loop);
    byId("loop").setAttribute("aria-pressed", String(Boolean(loop)));
  }
  function toggleLoop() {
    // With no stretch chosen, the eight weeks around now.
    const t = player.now();
    store.set({ loop: store.get().loop ? "" : [Math.max(span[0], t - 28 * DAY), Math.min(span[1], t + 28 * DAY)].map(player.written).join("/") });
  }
  /** @param {0|1} end */
  function setLoopEnd(end) {
    const loop = readLoop() ?? [span[0], span[1]];
    loop[end] = player.now();
    if (loop[1] > loop[0]) store.set({ loop: loop.map(player.written).join("/") });
  }

  /** Where a fresh page begins: after the stretch in which the data only fill up (a period of kind "data" at the start), else at the start. */
  function opening() {
    const filling = periods.find((period) => period.kind === "data" && fromISO(dataset.origin, period.from) <= 0);
    return filling && !store.get().together ? Math.min(span[1], fromISO(dataset.origin, filling.to) + DAY) : span[0];
  }

  /** What a person would call a step back is a new entry in the history; the clock's place is not. */
  const steps = new Set(["cohort", "panel", "station", "child", "colour", "moving", "together"]);
  let fromHistory = false;
  store.subscribe((state, changed) => {
    const query = write(state);
    const address = `${location.pathname}${query ? `?${query}` : ""}`;
    if (!fromHistory && address !== `${location.pathname}${location.search}`) history[[...changed].some((key) => steps.has(key)) ? "pushState" : "replaceState"](null, "", address);
    if (changed.has("playing")) {
      const play = byId("play");
      play.toggleAttribute("data-playing", state.playing);
      play.setAttribute("aria-label", state.playing ? "Pause" : "Play");
    }
    if (changed.has("speed")) { byId("speed").textContent = pace(state.speed); player.setSpeed(state.speed); }
    if (changed.has("theme")) showTheme();
    if (changed.has("cohort")) showCohort();
    else if (changed.has("colour")) showLegend();
    if (changed.has("together")) {
      player.pause();
      showTogether().then(showSeries).then(() => player.seek(changed.has("at") ? player.read(state.at) : span[0]));
    } else if (changed.has("moving")) engine.setMode({ moving: state.moving, together: state.together });
    if (changed.has("loop")) showLoop();
    if (changed.has("child")) engine.highlight(state.child === "" ? null : Number(state.child));
    if (changed.has("station")) map.open(state.station);
    if (["panel", "station", "child", "theme", "moving", "speed", "together"].some((key) => changed.has(key))) panels.draw();
  });
  addEventListener("popstate", () => {
    fromHistory = true;
    const next = read(location.search);
    player.pause();
    const { together } = store.get();
    store.set({ ...next, playing: false });
    // Time of the other kind is read once its span is known.
    if (next.together === together) player.seek(player.read(next.at));
    fromHistory = false;
  });
  dark.addEventListener("change", showTheme);

  byId("title").textContent = dataset.title;
  byId("speed").textContent = pace(store.get().speed);
  map.draw(geometry);
  if (store.get().theme !== "auto") root.dataset.theme = store.get().theme;
  showView();
  player.setSpeed(store.get().speed); // before loading: the least time of a move on screen goes by the speed
  const loaded = await engine.load({ dataset, geometry, urls });
  span = loaded.span;
  player.setSpan({ origin: dataset.origin, span });
  await showTogether();
  await showCohort();
  const { at, loop, child, station } = store.get();
  player.seek(at ? player.read(at) : opening());
  if (loop) showLoop();
  showPeriods();
  if (child !== "") engine.highlight(Number(child));
  if (station) map.open(station);
  byId("notice").textContent = "";
  bindControls();
  if (!at && !still.matches) player.play();

  function bindControls() {
    const click = (/** @type {string} */ id, /** @type {() => void} */ action) => byId(id).addEventListener("click", action);
    /** @param {import("./state.js").State["panel"]} panel */
    const open = (panel) => store.set({ panel: store.get().panel === panel ? "" : panel, station: "", child: "" });
    click("play", player.toggle);
    click("back", () => player.step(-1));
    click("forward", () => player.step(1));
    click("slower", () => player.changeSpeed(-1));
    click("faster", () => player.changeSpeed(1));
    click("loop", toggleLoop);
    click("change", () => open("filters"));
    click("clear", () => store.set({ cohort: "" }));
    click("open-table", () => open("table"));
    click("open-view", () => open("view"));
    click("skip-to-table", () => store.set({ panel: "table", station: "", child: "" }));
    listen({
      " ": player.toggle, ArrowLeft: () => player.step(-1), ArrowRight: () => player.step(1), "Shift+ArrowLeft": () => player.step(-7), "Shift+ArrowRight": () => player.step(7),
      Home: () => player.seek(span[0]), End: () => player.seek(span[1]), "+": () => player.changeSpeed(1), "=": () => player.changeSpeed(1), "-": () => player.changeSpeed(-1),
      r: () => store.set({ speed: -store.get().speed }), l: toggleLoop, "[": () => setLoopEnd(0), "]": () => setLoopEnd(1),
      f: () => open("filters"), t: () => open("table"), v: () => open("view"), 0: map.fit, Escape: () => store.set({ panel: "", station: "", child: "" }),
    });
  }

  // For measuring: what was drawn, where the clock is; and the same seek that a hand makes.
  // @ts-ignore an addition to window, described in docs
  window.flowmap = {
    stats: () => ({
      frames: latest?.frames ?? 0, active: latest?.active ?? 0,
      clock: toDate(dataset.origin, player.now()).toISOString(), playing: player.playing(),
    }),
    seek: (/** @type {string} */ iso) => player.seek(fromISO(dataset.origin, iso)),
  };
}

start().catch(fail);

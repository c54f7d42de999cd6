// Which panel is open, and keeping its figures those of the shown instant without asking the server at every frame.

import { commandOf, leaveBehind, rowText, showBehind } from "./behind.js";
import { behindPanel } from "./behindpanel.js";
import { childPanel } from "./childpanel.js";
import { DAY, fromISO, toISO } from "./clock.js";
import { beforeAndDuring, besideAll } from "./compare/state.js";
import { element } from "./element.js";
import { filterPanel, toggle } from "./filters.js";
import { findingsPanel, viewOf } from "./findingspanel.js";
import { periodsPanel } from "./periodspanel.js";
import { parted } from "./questions/ask.js";
import { createQuestions } from "./questions/panel.js";
import { questionOf } from "./questions/questions.js";
import { stationPanel } from "./stationpanel.js";
import { tablePanel } from "./tablepanel.js";
import { viewPanel } from "./viewpanel.js";

/** While playing, figures that come from the server are asked for at most this often. */
const REFRESH_MS = 1000;
/** Where the panel takes the whole page (panels.css), it gives way to the map that is to be seen. */
const covers = matchMedia("(max-width: 560px)");

/**
 * @param {object} page
 * @param {import("./api.js").Api} page.api
 * @param {ReturnType<typeof import("./state.js").createStore>} page.store
 * @param {any} page.dataset
 * @param {ReturnType<typeof import("./drawer.js").createDrawer>} page.drawer
 * @param {ReturnType<typeof import("./editor.js").createEditor>} page.editor
 * @param {ReturnType<typeof import("./map.js").createMap>} page.map
 * @param {ReturnType<typeof import("./player.js").createPlayer>} page.player
 * @param {(t: number) => string} page.say
 * @param {(iso: string) => string} page.sayIso
 * @param {() => string} page.sentence
 * @param {Record<string, string>} page.labels
 * @param {ReturnType<typeof import("./behind.js").createBehind>} page.behind
 * @param {(index: number) => any} page.timescaleAt
 * @param {() => {journeys: number, of: number, facets: any}} page.counts
 * @param {() => import("./periodspanel.js").Period[]} page.periods
 * @param {(periods: import("./periodspanel.js").Period[]) => Promise<void>} page.savePeriods
 * @param {(station: {label: string, weekly: {start: string, in: number, waiting: number}[]} | null) => void} page.onCurve  the timeline shows this station's curve, or all
 */
export function createPanels(page) {
  const { api, store, dataset, drawer, editor, map, player } = page;
  let asked = 0;
  let askedFor = "";
  let latestRequest = 0;
  let listFrom = { behind: "", offset: 0 };
  const places = new Map(dataset.stations.map((/** @type {any} */ place, /** @type {number} */ index) => [place.id, { ...place, index }]));
  const label = (/** @type {string} */ id) => places.get(id)?.label ?? id;
  const onStation = (/** @type {string} */ id) => store.set({ station: id, panel: "", child: "" });
  /** Figures of the server are of the filter, whether or not the map shows only the journeys behind one of them. */
  const sentence = () => { const words = page.sentence() + (store.get().behind ? " (not only those on the map)" : ""); return words.charAt(0).toUpperCase() + words.slice(1); };
  const questions = createQuestions({ api, store, dataset, drawer, sentence: page.sentence, periods: page.periods });
  /** Figures of a day-0 view are still those of the calendar: the server knows no other clock. */
  const instant = () => (store.get().together ? dataset.last : toISO(dataset.origin, player.now()));
  const when = () => (store.get().together ? "the end of the data" : page.say(player.now()));

  /** @param {string} key @param {string} title @param {() => Promise<Node[]>} content @param {{wide?: boolean}} [options] */
  async function fetched(key, title, content, options) {
    const request = ++latestRequest;
    asked = performance.now();
    if (drawer.shown() !== key) drawer.show(key, title, [element("p.aside", {}, "…")], options);
    try {
      const nodes = await content();
      if (request === latestRequest) drawer.show(key, title, nodes, options);
    } catch (error) {
      if (request === latestRequest) drawer.show(key, title, [element("p.problem", { role: "alert" }, /** @type {Error} */ (error).message)], options);
    }
  }

  function showStation(/** @type {string} */ id) {
    const place = places.get(id);
    if (!place) { drawer.show("station", "No such station", [element("p", {}, `This map has no station “${id}”.`)]); return; }
    const at = instant();
    const address = api.url(`/stations/${encodeURIComponent(id)}`, { at }, store.get().cohort);
    fetched(`station/${id}`, place.label, async () => {
      const figures = await api.get(address);
      if (store.get().station === id) page.onCurve(figures); // not if it was closed while the server answered
      return stationPanel(figures, {
        when: when(), sentence: sentence(), at, address, timescale: page.timescaleAt(place.index), isExit: place.kind === "exit", onStation,
        onCount: (count) => onCount("stations", at, [id, figures.label], count),
        onWay: (from, to) => onCount("moves", at, [from.id, from.label, to.id, to.label], "count"),
      });
    });
  }

  function showTable() {
    const { cohort } = store.get();
    const at = instant();
    const stationsAddress = api.url("/stations", { at }, cohort);
    const movesAddress = api.url("/moves", {}, cohort);
    fetched("table", "The figures", async () => {
      const [stations, moves] = await Promise.all([api.get(stationsAddress), api.get(movesAddress)]);
      const rows = (moves.moves ?? moves).map((/** @type {any} */ row) => ({ ...row, from_label: label(row.from), to_label: label(row.to) }));
      return tablePanel(stations.stations ?? stations, rows, {
        when: when(), sentence: sentence(), stationsAddress, movesAddress, onStation,
        onCount: (row, count) => onCount("stations", at, [row.id, row.label], count),
        onMoves: (row, count) => onCount("moves", "", [row.from, row.from_label, row.to, row.to_label], count),
      });
    }, { wide: true });
  }

  function showChild(/** @type {string} */ child) {
    fetched(`child/${child}`, "One child’s journeys", async () => childPanel(await api.get(api.url(`/children/${encodeURIComponent(child)}`)), {
      say: page.sayIso, labels: page.labels, onStation,
      onBack: store.get().behind && store.get().panel === "behind" ? () => store.set({ child: "" }) : null,
      onSeek: (iso) => { player.pause(); player.seek(fromISO(dataset.origin, iso)); },
    }));
  }

  /** The journeys behind a count of these journeys. @param {string} measure @param {string} at @param {any[]} labels @param {string} count */
  function onCount(measure, at, labels, count) {
    const query = [at && `at=${encodeURIComponent(at)}`, store.get().cohort].filter(Boolean).join("&");
    showBehind(store, measure, query, rowText(labels), count);
  }

  /** What the figure in force counts, a page at a time. */
  function showList() {
    const { behind } = store.get();
    if (listFrom.behind !== behind) listFrom = { behind, offset: 0 };
    const { offset } = listFrom;
    const command = commandOf(behind, decodeURIComponent(location.pathname.split("/").pop() ?? ""));
    fetched("behind", "Journeys behind a figure", async () => {
      const first = await page.behind.load();
      if (!first) return [element("p", {}, "No figure is followed. Press a number in a table, a panel or a chart.")];
      const found = offset ? await page.behind.page(offset) : first;
      return behindPanel(found, {
        journeys: first.rows?.length ?? 0, csv: `${page.behind.address()}&format=csv`, command, say: page.sayIso,
        copy: () => navigator.clipboard?.writeText(command),
        onChild: (child) => store.set({ child: String(child) }),
        onPage: (next) => { listFrom = { behind, offset: next }; showList(); },
        onAll: () => leaveBehind(store),
      });
    });
  }

  /** Findings are of the filter in force before one of them was shown, so that the list stays while the map follows it. */
  function showFindings() {
    const { finding, of, cohort } = store.get();
    const base = finding ? of : cohort;
    const address = api.url("/findings", {}, base);
    fetched("findings", "Findings", async () => {
      const answer = await api.get(address);
      const shown = answer.findings.find((/** @type {import("./findingspanel.js").Finding} */ one) => one.key === store.get().finding);
      map.mark(shown?.map.stations ?? []);
      return findingsPanel(answer, {
        shown: finding, address, label, onStation,
        figure: (one) => `${api.url(`/${one.measure}`)}?${one.query}`,
        onShow: (one) => showFinding(one, base),
        onFigure: (one, figure) => showBehind(store, one.measure, one.query, figure.row ?? "", figure.column, base),
        onChart: (one) => (questionOf(one.measure) ? () => showChart(one) : null),
      });
    });
  }

  /** The map as the finding has it; the same once more and it is as before. @param {import("./findingspanel.js").Finding} one @param {string} base */
  function showFinding(one, base) {
    const { finding, together } = store.get();
    if (finding === one.key) { store.set({ finding: "", of: "", cohort: base, loop: "" }); return; }
    player.pause();
    const view = viewOf(one);
    map.mark(one.map.stations);
    store.set({ ...view, finding: one.key, of: base, panel: covers.matches ? "" : "findings" });
    if (!together) player.seek(player.read(view.at));
  }

  /** The question that gives the finding's figures, asked as the finding asked it. @param {import("./findingspanel.js").Finding} one */
  function showChart(one) {
    store.set({ panel: "questions", measure: one.measure, ...parted(one.query), finding: "", of: "" });
  }

  function draw() {
    const { panel, station, child, finding } = store.get();
    if (panel !== "edit") editor.stop();
    if (!station) page.onCurve(null);
    if (!finding) map.mark([]);
    latestRequest++;
    questions.leave();
    if (panel === "edit") { if (drawer.shown() !== "edit") { drawer.show("edit", "Move stations", editor.panel()); editor.start(); } }
    else if (station) showStation(station);
    else if (child !== "") showChild(child);
    else if (panel === "findings") showFindings();
    else if (panel === "questions") questions.show();
    else if (panel === "filters") drawer.show("filters", "Filter", filterPanel(dataset.facets, page.counts().facets, store.get().cohort, {
      onCohort: (cohort) => store.set({ cohort }),
      onTick: (key, value) => store.set({ cohort: toggle(store.get().cohort, key, value) }),
      compare: besideAll(location.pathname, store.get()),
    }));
    else if (panel === "table") showTable();
    else if (panel === "behind") showList();
    else if (panel === "view") drawer.show("view", "View", viewPanel(store.get(), {
      set: store.set, zoom: map.zoomBy, fit: map.fit, copy: () => navigator.clipboard?.writeText(location.href), print: () => print(), mapFile: api.url("/map.yaml"),
      quality: `${location.pathname}/quality`, synthetic: dataset.synthetic ? `${location.pathname}/synthetic` : "",
      compare: besideAll(location.pathname, store.get()),
    }));
    else if (panel === "periods") drawer.show("periods", "Periods", periodsPanel(page.periods(), {
      say: page.sayIso, onSave: page.savePeriods, first: dataset.first.slice(0, 10), last: dataset.last.slice(0, 10),
      onLoop: (period) => store.set({ loop: `${period.from}/${period.to}` }),
      compare: (period) => beforeAndDuring(location.pathname, store.get(), period),
    }));
    else drawer.hide();
    const open = {
      "open-findings": panel === "findings" && !station && child === "", change: panel === "filters", "open-questions": panel === "questions",
      "open-table": panel === "table", "open-behind": panel === "behind", "open-view": panel === "view",
    };
    for (const [id, opened] of Object.entries(open)) {
      document.getElementById(id)?.setAttribute("aria-expanded", String(opened));
    }
  }

  /** Figures of the instant, asked again when the instant has changed. */
  function refresh() {
    const { station, panel, cohort, together } = store.get();
    const timed = station || panel === "table";
    const wanted = `${station}|${panel}|${cohort}|${together ? "" : Math.floor(player.now() / DAY)}`;
    if (!timed || wanted === askedFor) return;
    askedFor = wanted;
    if (station && panel !== "edit") showStation(station); else if (panel === "table") showTable();
  }

  return {
    draw,
    refresh,
    tick() { if (player.playing() && performance.now() - asked > REFRESH_MS) refresh(); },
  };
}

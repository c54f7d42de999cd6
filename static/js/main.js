// The map's page: opens the dataset named in the document and starts to play.

import { keepAddress } from "./address.js";
import { createApi } from "./api.js";
import { bindControls } from "./controls.js";
import { byId } from "./element.js";
import { Page } from "./page.js";
import { createStage } from "./stage.js";
import { createStore, read } from "./state.js";
import { setTheme, themeOf } from "./theme.js";
import { pace } from "./words.js";

const root = document.documentElement;
const still = matchMedia("(prefers-reduced-motion: reduce)");

async function start() {
  const api = createApi(/** @type {string} */ (root.dataset.dataset));
  const store = createStore(read(location.search));
  /** @type {Page|null} */ let page = null;
  const stage = createStage(byId("stage"), {
    workerUrl: /** @type {string} */ (root.dataset.worker),
    theme: () => themeOf(store.get()),
    onStatus: () => page?.panels.tick(),
    onStation: (id) => store.set({ station: store.get().station === id ? "" : id, child: "", panel: store.get().panel === "edit" ? "edit" : "" }),
    onEmpty: async (x, y) => {
      const hit = await stage.engine.pick(x, y);
      if (hit) store.set({ child: String(hit.child), station: "", panel: "" });
    },
  });
  // The worker fetches the tables while the page fetches the rest.
  const urls = { journeys: api.url("/journeys"), transitions: api.url("/transitions") };
  stage.engine.prefetch(urls);
  const [dataset, geometry, kept] = await Promise.all(["", "/map", "/periods"].map((path) => api.get(api.url(path))));
  page = new Page({ api, store, stage, dataset, geometry, periods: kept.periods ?? kept });
  keepAddress(store, page.player);
  page.follow();
  await open(page, urls);
  // @ts-ignore an addition to window, described in docs
  window.flowmap = page.measures();
}

/**
 * The first picture, as the address asks for it; then the controls answer.
 * @param {Page} page @param {{journeys: string, transitions: string}} urls
 */
async function open(page, urls) {
  const { store, engine, dataset, geometry, map, player, headline } = page;
  headline.showTitle(dataset.title);
  byId("speed").textContent = pace(store.get().speed);
  map.draw(geometry);
  setTheme(store.get());
  page.stage.showView();
  player.setSpeed(store.get().speed); // before loading: the least time of a move on screen goes by the speed
  const { span } = await engine.load({ dataset, geometry, urls });
  page.lasting = span;
  player.setSpan({ origin: dataset.origin, span });
  await page.showTogether();
  await page.showCohort();
  const { at, loop, child, station } = store.get();
  player.seek(at ? player.read(at) : page.opening());
  if (loop) page.loops.show();
  page.showPeriods();
  if (child !== "") engine.highlight(Number(child));
  if (station) map.open(station);
  page.stage.say("");
  bindControls(page);
  if (!at && !still.matches) player.play();
  page.offerFindings().catch(() => {}); // not waited for, and only an offer: silent where it fails
}

start().catch((error) => { byId("notice").textContent = error.message; });

// The map's page: opens the dataset named in the document and starts to play.

import { keepAddress } from "./address.js";
import { createApi } from "./api.js";
import { bindControls } from "./controls.js";
import { byId } from "./element.js";
import { createEngine } from "./engine.js";
import { Page, fail } from "./page.js";
import { createStore, read } from "./state.js";
import { pace } from "./words.js";

const root = document.documentElement;
const still = matchMedia("(prefers-reduced-motion: reduce)");

async function start() {
  const api = createApi(/** @type {string} */ (root.dataset.dataset));
  const store = createStore(read(location.search));
  /** @type {Page|null} */ let page = null;
  const engine = createEngine(byId("dots"), {
    workerUrl: /** @type {string} */ (root.dataset.worker),
    onStatus: (status) => page?.showStatus(status),
    onError: fail,
  });
  // The worker fetches the tables while the page fetches the rest.
  const urls = { journeys: api.url("/journeys"), transitions: api.url("/transitions") };
  engine.prefetch(urls);
  const [dataset, geometry, kept] = await Promise.all(["", "/map", "/periods"].map((path) => api.get(api.url(path))));
  page = new Page({ api, store, engine, dataset, geometry, periods: kept.periods ?? kept });
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
  if (store.get().theme !== "auto") root.dataset.theme = store.get().theme;
  page.showView();
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
  byId("notice").textContent = "";
  bindControls(page);
  if (!at && !still.matches) player.play();
  page.offerFindings().catch(() => {}); // not waited for, and only an offer: silent where it fails
}

start().catch(fail);

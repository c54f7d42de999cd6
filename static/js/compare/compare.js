// The compare page: opens the two sides that the address names, and starts to play.

import { keepAddress } from "../address.js";
import { bindButtons, buttonsOfTime, keysOfTime } from "../controls.js";
import { byId } from "../element.js";
import { listen } from "../keyboard.js";
import { makeStore } from "../state.js";
import { setTheme } from "../theme.js";
import { pace } from "../words.js";
import { beginning } from "./alignment.js";
import { ComparePage } from "./page.js";
import { Side } from "./side.js";
import { STEPS, TIME, kindOf, read, write } from "./state.js";

const still = matchMedia("(prefers-reduced-motion: reduce)");

async function start() {
  const dataset = /** @type {string} */ (document.documentElement.dataset.dataset);
  const store = makeStore(read(location.search));
  /** @type {ComparePage|null} */ let page = null;
  const [left, right] = [/** @type {const} */ (["left", dataset]), /** @type {const} */ (["right", store.get().with || dataset])].map(([hand, name]) => {
    /** @type {Side} */ const side = new Side(byId(hand), hand, name, store, {
      onStation: (id) => store.set({ station: store.get().station === id ? "" : id, panel: "" }),
      onStatus: () => page?.figures.showStations(),
      onMoved: (view) => page?.moveBoth(side, view),
    });
    return side;
  });
  setTheme(store.get());
  byId("speed").textContent = pace(store.get().speed);
  const loaded = await Promise.all([left, right].map((side) => side.load().then(() => true, (error) => side.stage.fail(error))));
  if (!loaded.every(Boolean)) return;
  page = new ComparePage(store, [left, right]);
  keepAddress(store, page.player, { read, write, steps: STEPS, time: TIME });
  page.follow();
  await open(page);
  // @ts-ignore an addition to window, described in docs
  window.flowmap = page.measures();
}

/** The first picture, as the address asks for it; then the controls answer. @param {ComparePage} page */
async function open(page) {
  const { store, player, sides, loops } = page;
  player.setSpeed(store.get().speed);
  await page.showAlignment();
  page.showColours();
  await Promise.all(sides.map((side) => page.showCohort(side)));
  const { at, loop, station } = store.get();
  player.seek(at ? player.read(at) : beginning(page.alignment));
  if (loop) loops.show();
  if (station) for (const { stage } of sides) stage.map.open(station);
  bindControls(page);
  if (!at && !still.matches) player.play();
}

/** @param {ComparePage} page */
function bindControls(page) {
  const { store, sides: [left, right] } = page;
  const toFigures = () => byId("figures").focus();
  const toggle = (/** @type {"left"|"right"} */ hand) => store.set({ panel: store.get().panel === hand ? "" : hand, station: "" });
  bindButtons({ ...buttonsOfTime(page), "to-figures": toFigures, "skip-to-figures": toFigures, swap: () => swap(page) });
  for (const side of [left, right]) side.part(".change").addEventListener("click", () => toggle(side.hand));
  byId("kind").addEventListener("change", () => chooseKind(page, byId("kind").value));
  byId("moving").addEventListener("change", () => store.set({ moving: byId("moving").value }));
  listen({
    ...keysOfTime(page),
    t: toFigures,
    f: () => toggle("left"),
    g: () => toggle("right"),
    0: () => { left.stage.map.fit(); right.stage.map.fit(); },
    Escape: () => store.set({ panel: "", station: "" }),
  });
}

/** @param {ComparePage} page @param {import("./state.js").TimeKind} kind */
function chooseKind({ store, sides: [left, right] }, kind) {
  if (kind === kindOf(store.get())) return;
  store.set(kind === "days" ? { together: false, align: left.day0(""), with_align: right.day0("") } : { together: kind === "together", align: "", with_align: "" });
}

/** Left becomes right. The page's address names the left side's dataset, so it is another page. @param {ComparePage} page */
function swap({ store, sides: [left, right] }) {
  const state = store.get();
  const swapped = {
    ...state, with: left.name === right.name ? "" : left.name, cohort: state.with_cohort, with_cohort: state.cohort,
    from: state.with_from, to: state.with_to, with_from: state.from, with_to: state.to, align: state.with_align, with_align: state.align,
  };
  location.assign(`/d/${encodeURIComponent(right.name)}/compare?${write(swapped)}`);
}

start().catch((error) => { byId("left").querySelector(".notice").textContent = error.message; });

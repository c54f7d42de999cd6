// Buttons and keys: what a hand does, said to the store and the player.

import { leaveBehind } from "./behind.js";
import { byId } from "./element.js";
import { listen } from "./keyboard.js";

/** @typedef {import("./page.js").Page} Page */

/** What moves the clock. @typedef {{store: import("./state.js").Store<any>, player: Page["player"], loops: Page["loops"], span: () => [number, number]}} Clockwork */

/** @param {Page} page @returns {(panel: import("./state.js").State["panel"]) => void} */
const opener = ({ store }) => (panel) => store.set({ panel: store.get().panel === panel ? "" : panel, station: "", child: "" });

/** @param {Page} page */
export function bindControls(page) {
  const { store } = page;
  const open = opener(page);
  bindButtons({
    ...buttonsOfTime(page),
    change: () => open("filters"),
    clear: () => { if (store.get().behind) leaveBehind(store); else store.set({ cohort: "" }); },
    "open-behind": () => open("behind"),
    "open-findings": () => open("findings"),
    "open-questions": () => open("questions"),
    "open-table": () => open("table"),
    "open-view": () => open("view"),
    "skip-to-table": () => store.set({ panel: "table", station: "", child: "" }),
  });
  listen({ ...keysOfTime(page), ...keysOfPanels(page) });
}

/** @param {Record<string, () => void>} buttons  by the id of each */
export function bindButtons(buttons) {
  for (const [id, action] of Object.entries(buttons)) byId(id).addEventListener("click", () => action());
}

/** @param {Clockwork} clockwork @returns {Record<string, () => void>} */
export const buttonsOfTime = ({ player, loops }) => ({
  play: player.toggle,
  back: () => player.step(-1),
  forward: () => player.step(1),
  slower: () => player.changeSpeed(-1),
  faster: () => player.changeSpeed(1),
  loop: loops.toggle,
});

/** @param {boolean} playing */
export function showPlaying(playing) {
  const play = byId("play");
  play.toggleAttribute("data-playing", playing);
  play.setAttribute("aria-label", playing ? "Pause" : "Play");
}

/** @param {Clockwork} clockwork @returns {Record<string, () => void>} */
export function keysOfTime({ store, player, loops, span }) {
  return {
    " ": player.toggle,
    ArrowLeft: () => player.step(-1),
    ArrowRight: () => player.step(1),
    "Shift+ArrowLeft": () => player.step(-7),
    "Shift+ArrowRight": () => player.step(7),
    Home: () => player.seek(span()[0]),
    End: () => player.seek(span()[1]),
    "+": () => player.changeSpeed(1),
    "=": () => player.changeSpeed(1),
    "-": () => player.changeSpeed(-1),
    r: () => store.set({ speed: -store.get().speed }),
    l: loops.toggle,
    "[": () => loops.setEnd(0),
    "]": () => loops.setEnd(1),
  };
}

/** @param {Page} page @returns {Record<string, () => void>} */
function keysOfPanels(page) {
  const open = opener(page);
  return {
    n: () => open("findings"),
    q: () => open("questions"),
    f: () => open("filters"),
    t: () => open("table"),
    v: () => open("view"),
    0: page.map.fit,
    Escape: () => page.store.set({ panel: "", station: "", child: "" }),
  };
}

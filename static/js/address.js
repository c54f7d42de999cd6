// The address is the state in writing: it follows every change, and going back in the history goes back on the page.

import { read, write } from "./state.js";

/** What a person would call a step back is a new entry in the history; the clock's place is not. */
const STEPS = ["cohort", "panel", "measure", "ask", "finding", "station", "child", "colour", "moving", "together"];

/**
 * @param {ReturnType<typeof import("./state.js").createStore>} store
 * @param {ReturnType<typeof import("./player.js").createPlayer>} player
 */
export function keepAddress(store, player) {
  let fromHistory = false;
  store.subscribe((state, changed) => {
    const query = write(state);
    const address = `${location.pathname}${query ? `?${query}` : ""}`;
    if (fromHistory || address === `${location.pathname}${location.search}`) return;
    history[STEPS.some((key) => changed.has(key)) ? "pushState" : "replaceState"](null, "", address);
  });
  addEventListener("popstate", () => {
    fromHistory = true;
    const next = read(location.search);
    const { together } = store.get();
    player.pause();
    store.set({ ...next, playing: false });
    // Time of the other kind is read once its span is known.
    if (next.together === together) player.seek(player.read(next.at));
    fromHistory = false;
  });
}

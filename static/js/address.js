// The address is the state in writing: it follows every change, and going back in the history goes back on the page.

import { read, write } from "./state.js";

/** What a person would call a step back is a new entry in the history; the clock's place is not. */
const STEPS = ["cohort", "panel", "measure", "ask", "finding", "behind", "station", "child", "colour", "moving", "together"];

/**
 * How a page's state is written; `time`: the keys that say from when its time is counted.
 * @typedef {{read: (search: string) => any, write: (state: any) => string, steps: string[], time: string[]}} Form
 */

/**
 * @param {import("./state.js").Store<any>} store
 * @param {ReturnType<typeof import("./player.js").createPlayer>} player
 * @param {Form} [form]  of the map's page where none is given
 */
export function keepAddress(store, player, form = { read, write, steps: STEPS, time: ["together"] }) {
  let fromHistory = false;
  store.subscribe((state, changed) => {
    const query = form.write(state);
    const address = `${location.pathname}${query ? `?${query}` : ""}`;
    if (fromHistory || address === `${location.pathname}${location.search}`) return;
    history[form.steps.some((key) => changed.has(key)) ? "pushState" : "replaceState"](null, "", address);
  });
  addEventListener("popstate", () => {
    fromHistory = true;
    const next = form.read(location.search);
    const was = store.get();
    player.pause();
    store.set({ ...next, playing: false });
    // Time of the other kind is read once its span is known.
    if (form.time.every((key) => next[key] === was[key])) player.seek(player.read(next.at));
    fromHistory = false;
  });
}

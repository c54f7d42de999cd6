// The stretch of time that repeats: chosen on the timeline, by keys or by its button; written in the address.

import { DAY } from "./clock.js";
import { byId } from "./element.js";

/**
 * @param {import("./state.js").Store<any>} store
 * @param {ReturnType<typeof import("./player.js").createPlayer>} player
 * @param {ReturnType<typeof import("./timeline.js").createTimeline>} timeline
 * @param {() => [number, number]} span
 */
export function createLoops(store, player, timeline, span) {
  const read = () => {
    const [a, b] = store.get().loop.split("/").map(player.read);
    return /** @type {[number, number] | null} */ (store.get().loop && b > a ? [a, b] : null);
  };
  const written = (/** @type {number[]} */ loop) => loop.map(player.written).join("/");
  return {
    /** @param {[number, number] | null} loop seconds */
    choose(loop) { store.set({ loop: loop ? written(loop) : "" }); },
    show() {
      const loop = read();
      player.setLoop(loop);
      timeline.setLoop(loop);
      byId("loop").setAttribute("aria-pressed", String(Boolean(loop)));
    },
    /** With no stretch chosen, the eight weeks around now. */
    toggle() {
      const t = player.now();
      const [first, last] = span();
      store.set({ loop: store.get().loop ? "" : written([Math.max(first, t - 28 * DAY), Math.min(last, t + 28 * DAY)]) });
    },
    /** Begins or ends the stretch now. @param {0|1} end */
    setEnd(end) {
      const loop = read() ?? [...span()];
      loop[end] = player.now();
      if (loop[1] > loop[0]) store.set({ loop: written(loop) });
    },
  };
}

// Playing: the one clock and the page's one animation frame. Everything that moves the clock goes through here,
// so that the worker, the timeline and the address never disagree.

import { DAY, clockAt, fromISO, hasEnded, toISO, wallNow } from "./clock.js";

/** Speeds a person steps through, in days a second. */
export const speeds = [0.25, 0.5, 1, 2, 4, 7, 14, 30, 60, 90];

/** What the player reads and writes. @typedef {{at: string, speed: number, playing: boolean}} Playing */

/**
 * @template {Playing & Record<string, any>} S
 * @param {import("./state.js").Store<S>} store
 * @param {{setClock: (clock: import("./clock.js").Clock) => void}} engine
 * @param {{onFrame: (seconds: number) => void, onStill: (seconds: number) => void}} on
 * @param {() => boolean} [inDays]  the clock runs from a day 0, not by the calendar
 */
export function createPlayer(store, engine, on, inDays = () => Boolean(store.get().together)) {
  let origin = "1970-01-01T00:00:00Z";
  /** @type {[number, number]} */ let span = [0, 1];
  /** @type {import("./clock.js").Clock} */
  let clock = { at: 0, wall: wallNow(), speed: 0, playing: false, loop: null };
  let frame = 0;

  const now = () => clockAt(clock, wallNow(), span);
  /** @param {number} t */
  const within = (t) => Math.max(span[0], Math.min(span[1], t));

  /** @param {Partial<import("./clock.js").Clock>} patch */
  function set(patch) {
    clock = { ...clock, at: now(), ...patch, wall: wallNow() };
    engine.setClock(clock);
    on.onFrame(clock.at);
    if (!clock.playing) on.onStill(clock.at);
    if (!frame) frame = requestAnimationFrame(tick);
  }

  function tick() {
    frame = 0;
    const t = now();
    on.onFrame(t);
    if (!clock.playing) return;
    if (hasEnded(clock, wallNow(), span)) { player.pause(); return; }
    frame = requestAnimationFrame(tick);
  }

  /** The clock in words the address can hold: a moment, or days since (with a minus: before) day 0. @param {number} t */
  const written = (t) => (inDays() ? `${t < 0 ? "-" : "+"}${Math.round((Math.abs(t) / DAY) * 100) / 100}` : toISO(origin, t).slice(0, 16));
  /** What the player changes in the store. @param {Partial<Playing>} patch */
  const tell = (patch) => store.set(/** @type {Partial<S>} */ (patch));

  const player = {
    /** @param {{origin: string, span: [number, number]}} data  seconds from origin; said again when journeys start together */
    setSpan(data) { ({ origin, span } = data); },
    /** @param {string} text @returns {number} seconds from origin */
    read(text) {
      const t = /^[+-]/.test(text) ? Number(text) * DAY : fromISO(origin, text);
      return text && Number.isFinite(t) ? within(t) : span[0];
    },
    written,
    now,
    playing: () => clock.playing,
    play() {
      if (clock.playing) return;
      const { speed } = store.get();
      // At the far end there is nothing left to show, so play begins again.
      const at = clock.loop ? clock.at : speed > 0 && now() >= span[1] ? span[0] : speed < 0 && now() <= span[0] ? span[1] : now();
      tell({ playing: true });
      set({ playing: true, speed: speed * DAY, at });
    },
    pause() {
      if (!clock.playing) return;
      set({ playing: false });
      tell({ playing: false, at: written(clock.at) });
    },
    toggle() { if (clock.playing) player.pause(); else player.play(); },
    /** @param {number} t seconds from origin */
    seek(t) {
      set({ at: within(t) });
      tell({ at: written(clock.at) });
    },
    /** @param {number} days */
    step(days) {
      player.pause();
      player.seek((Math.floor(now() / DAY + 1e-9) + days) * DAY);
    },
    /** The clock does not move when its speed changes. @param {number} days a second */
    setSpeed(days) { set({ speed: days * DAY }); },
    /** @param {[number, number] | null} loop */
    setLoop(loop) {
      const t = now();
      set({ loop, at: loop && (t < loop[0] || t > loop[1]) ? loop[0] : t });
    },
    /** @param {1 | -1} direction */
    changeSpeed(direction) {
      const { speed } = store.get();
      const size = Math.abs(speed);
      const next = direction > 0 ? speeds.find((s) => s > size) : speeds.filter((s) => s < size).pop();
      if (next) tell({ speed: Math.sign(speed) * next });
    },
  };
  return player;
}

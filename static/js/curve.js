// The curve over the timeline: stock and arrivals of the cohort, or of the one station that is open.

import { DAY, fromISO } from "./clock.js";

/** Longer data are counted by weeks: days would be narrower than a pixel. */
const LONG = 500 * DAY;

/**
 * @param {{origin: string}} dataset
 * @param {ReturnType<typeof import("./state.js").createStore>} store
 * @param {ReturnType<typeof import("./engine.js").createEngine>} engine
 * @param {ReturnType<typeof import("./timeline.js").createTimeline>} timeline
 */
export function createCurve(dataset, store, engine, timeline) {
  /** @type {{start: number[], stock: number[], arrivals: number[]} | null} */ let whole = null;
  let of = "";
  return {
    /** The cohort's own curve, worked out anew. @param {number} end last second of the span */
    async show(end) {
      whole = await engine.series(store.get().together || end > LONG ? 7 * DAY : DAY);
      if (!of) timeline.setSeries(whole);
    },
    /**
     * With a station open, the curve is that station's: what an inspection did to it is seen there, not in the total.
     * @param {{label: string, weekly: {start: string, in: number, waiting: number}[]} | null} station
     */
    showStation(station) {
      const wanted = station && !store.get().together && station.weekly.length > 1 ? station.label : "";
      if (!wanted && !of) return;
      of = wanted;
      if (!wanted || !station) {
        if (whole) timeline.setSeries(whole);
        return;
      }
      timeline.setSeries({
        start: station.weekly.map((week) => Math.max(0, fromISO(dataset.origin, week.start))),
        stock: station.weekly.map((week) => week.waiting),
        arrivals: station.weekly.map((week) => week.in),
      }, `at ${wanted}`);
    },
  };
}

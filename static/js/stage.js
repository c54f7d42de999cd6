// A stage: one map with its dots and figures, in a container that holds the layers. The map's page has one, the compare
// page two; nothing here knows which, or what time it is.

import { createEngine } from "./engine.js";
import { createMap } from "./map.js";
import { count, plural } from "./words.js";

/** @typedef {import("./types.js").Status} Status */

/**
 * @param {HTMLElement} root  holds svg.under, canvas.dots, svg.over and .notice
 * @param {object} on
 * @param {string} on.workerUrl
 * @param {() => "light"|"dark"} on.theme
 * @param {(status: Status) => void} [on.onStatus]  after the figures at the stations were brought up to date
 * @param {(id: string) => void} on.onStation
 * @param {(view: {k: number, x: number, y: number}) => void} [on.onMoved]  another part of the map was chosen by hand
 * @param {(x: number, y: number) => void} [on.onEmpty]  a press beside every station
 * @param {boolean} [on.whole]  the whole map is shown, however small
 */
export function createStage(root, { workerUrl, theme, onStatus = () => {}, onStation, onMoved = () => {}, onEmpty = () => {}, whole }) {
  const part = (/** @type {string} */ selector) => /** @type {any} */ (root.querySelector(selector));
  /** The engine's latest report. @type {Status|null} */ let latest = null;
  let known = true;
  const engine = createEngine(part("canvas"), { workerUrl, onStatus: showStatus, onError: fail });
  const map = createMap(root, {
    onStation,
    onView: (view, byHand) => { showView(view); if (byHand) onMoved(view); },
    onEmpty,
  }, { whole });

  /** Nothing shows without a word about why. @param {unknown} error */
  function fail(error) { say(error instanceof Error ? error.message : String(error)); }

  /** @param {string} message  "" for none */
  function say(message) { part(".notice").textContent = message; }

  /** @param {{k: number, x: number, y: number}} [view] */
  function showView(view = map.view()) {
    const { clientWidth: width, clientHeight: height } = root;
    engine.setView({ ...view, width, height, dpr: devicePixelRatio, theme: theme() });
  }

  /** @param {Status} status */
  function showStatus(status) {
    latest = status;
    if (known) showFigures(status);
    onStatus(status);
  }

  /** @param {Status} status */
  function showFigures(status) {
    map.count(status.counts, status.overdue, status.through);
    // Only when it stands are the figures those of the shown instant; while playing nobody could listen to them.
    if (!status.playing) {
      map.describe(({ kind, label, index }) => (kind === "exit"
        ? `${label}: ${plural(status.through[index], "journey")} so far`
        : `${label}: ${count(status.counts[index])} here`));
    }
  }

  return {
    engine,
    map,
    fail,
    say,
    showView,
    latest: () => latest,
    /** Whether there are data at the shown instant: where there are none, no figure is shown. @param {boolean} next */
    setKnown(next) {
      if (next === known) return;
      known = next;
      root.classList.toggle("unknown", !known);
      if (known && latest) showFigures(latest);
      if (known) return;
      map.blank();
      map.describe(({ label }) => `${label}: no data at this time`);
    },
    /** Stations were moved: the same view of another map. @param {import("./map.js").Geometry} geometry */
    redraw(geometry) {
      engine.setGeometry(geometry);
      map.draw(geometry, true);
      if (latest) map.count(latest.counts, latest.overdue, latest.through);
    },
  };
}

/** @typedef {ReturnType<typeof createStage>} Stage */

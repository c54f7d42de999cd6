// The page's side of the engine: one object whose methods are messages to the room where dots are drawn.

/** @typedef {import("./types.js").Status} Status */

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{workerUrl: string, onStatus?: (status: Status) => void, onError?: (error: Error) => void}} options
 *   onStatus: about ten times a second while playing, and after every seek or change
 */
export function createEngine(canvas, { workerUrl, onStatus = () => {}, onError = () => {} }) {
  /** @type {Map<number, {resolve: (value: any) => void, reject: (error: Error) => void}>} */
  const asked = new Map();
  let last = 0;
  /** @type {Status|null} */ let told = null;

  /** @param {any} message */
  function hear({ id, value, error, status, drawn }) {
    if (status ?? (drawn && told)) {
      told = { ...told, ...(status ?? drawn) }; // a frame may be reported before its counts are known: they follow at once
      return onStatus(/** @type {Status} */ (told));
    }
    if (drawn) return;
    const waiting = id === undefined ? undefined : asked.get(id);
    if (waiting) {
      asked.delete(id);
      if (error === undefined) waiting.resolve(value); else waiting.reject(new Error(error));
    } else if (error !== undefined) onError(new Error(error));
  }

  const send = openRoom(canvas, workerUrl, hear, onError);
  const tell = (/** @type {string} */ call, /** @type {any[]} */ ...args) => send({ call, args });
  const ask = (/** @type {string} */ call, /** @type {any[]} */ ...args) => new Promise((resolve, reject) => {
    asked.set(++last, { resolve, reject });
    send({ call, id: last, args });
  });

  return {
    /** Begins to fetch the tables before anything else is known. @param {{journeys: string, transitions: string}} urls */
    prefetch: (urls) => tell("prefetch", absolute(urls)),
    /**
     * @param {{dataset: any, geometry: any, urls: {journeys: string, transitions: string}}} what
     * @returns {Promise<{journeys: number, transitions: number, span: [number, number]}>}
     */
    load: ({ dataset, geometry, urls }) => ask("load", { dataset, geometry, urls: absolute(urls) }),
    /** Stations were dragged. @param {any} geometry */
    setGeometry: (geometry) => tell("setGeometry", geometry),
    /** @param {import("./types.js").View} view */
    setView: (view) => tell("setView", view),
    /** @param {import("./clock.js").Clock} clock */
    setClock: (clock) => tell("setClock", clock),
    /**
     * @param {string} query @param {Uint32Array|null} [only]  rows of the journeys that alone are shown, of the cohort; null: all of it
     * @returns {Promise<{journeys: number, of: number, facets: Record<string, {counts: number[]}>}>}
     */
    setCohort: (query, only = null) => ask("setCohort", query, only),
    /** @param {import("./types.js").Colouring} colouring  see palette.js */
    setColour: (colouring) => tell("setColour", colouring),
    /** @param {{moving: "glide"|"hop", together: boolean}} mode @returns {Promise<{span: [number, number]}>} */
    setMode: (mode) => ask("setMode", mode),
    /**
     * @param {number} x CSS pixels of the canvas @param {number} y
     * @returns {Promise<{child: number, journey: number, from: number, to: number|null, depart: number, arrive: number|null}|null>}
     */
    pick: (x, y) => ask("pick", x, y),
    /** @param {number|null} child */
    highlight: (child) => tell("highlight", child),
    /** @param {number} bin seconds @returns {Promise<{start: number[], stock: number[], arrivals: number[]}>} */
    series: (bin) => ask("series", bin),
    /**
     * @param {number} t
     * @returns {Promise<{at: number, count: number, stations: Int32Array, overdue: Int32Array, through: Int32Array}>}
     */
    countsAt: (t) => ask("countsAt", t),
  };
}

/** A worker knows no page that its addresses could be relative to. @param {{journeys: string, transitions: string}} urls */
const absolute = ({ journeys, transitions }) => ({
  journeys: new URL(journeys, location.href).href, transitions: new URL(transitions, location.href).href,
});

/**
 * Draws in a worker where the browser can, else on the page.
 * @param {HTMLCanvasElement} canvas @param {string} workerUrl
 * @param {(message: any) => void} hear @param {(error: Error) => void} onError
 * @returns {(message: {call: string, id?: number, args: any[]}) => void}
 */
function openRoom(canvas, workerUrl, hear, onError) {
  const room = startWorker(canvas, workerUrl, hear, onError).catch(async () => {
    const { createRoom } = await import(new URL(workerUrl, location.href).href);
    return createRoom(canvas, hear);
  });
  room.catch((error) => onError(new Error(`The part of the page that draws did not start: ${error.message}. Reload the page.`)));
  return (message) => { room.then((take) => take(message), () => {}); };
}

/**
 * The canvas is handed over for good, so only once the worker has shown that it runs.
 * @param {HTMLCanvasElement} canvas @param {string} workerUrl
 * @param {(message: any) => void} hear @param {(error: Error) => void} onError
 * @returns {Promise<(message: any) => void>}
 */
function startWorker(canvas, workerUrl, hear, onError) {
  return new Promise((resolve, reject) => {
    if (!("transferControlToOffscreen" in canvas)) throw new Error("this browser draws on the page only");
    const worker = new Worker(workerUrl, { type: "module" });
    worker.onerror = (event) => reject(new Error(event.message || "no worker"));
    worker.onmessage = () => {
      worker.onmessage = ({ data }) => hear(data);
      worker.onerror = (event) => onError(new Error(event.message || "The part of the page that draws has stopped. Reload the page."));
      const offscreen = canvas.transferControlToOffscreen();
      worker.postMessage({ canvas: offscreen }, [offscreen]);
      resolve((message) => worker.postMessage(message));
    };
  });
}

// The room where dots are drawn: takes the page's messages, runs the one animation frame, and reports back. It runs in
// a worker where it can and on the page where it cannot; it does not know which.

import { DAY, clockAt, hasEnded, hopSeconds, wallNow } from "./clock.js";
import { Picture } from "./picture.js";
import { fetchTable, readTable } from "./tables.js";
import { World } from "./world.js";

/** Milliseconds between reports while playing. */
const REPORT = 95;

/**
 * @param {HTMLCanvasElement|OffscreenCanvas} canvas
 * @param {(message: any, transfer?: Transferable[]) => void} post
 * @returns {(message: {call: string, id?: number, args: any[]}) => void}
 */
export function createRoom(canvas, post) {
  const picture = new Picture(canvas);
  /** @type {World|null} */ let world = null;
  /** @type {import("./clock.js").Clock} */
  let clock = { at: 0, wall: wallNow(), speed: 7 * DAY, playing: false, loop: null };
  /** @type {[number, number]} */ let span = [0, 1];
  /** @type {number|null} */ let child = null;
  /** @type {Map<string, Promise<ArrayBuffer>>} */ const fetching = new Map();
  let hop = hopSeconds(clock.speed);
  let frames = 0, active = 0, waiting = 0, reported = 0, drawMs = 0;
  const nextFrame = globalThis.requestAnimationFrame?.bind(globalThis) ?? ((/** @type {() => void} */ f) => setTimeout(f, 16));

  const wake = () => { if (!waiting && world) waiting = Number(nextFrame(frame)); };

  function frame() {
    waiting = 0;
    try { draw(); } catch (error) { complain(error); }
  }

  function draw() {
    const wall = wallNow(), ended = hasEnded(clock, wall, span);
    drawAt(clockAt(clock, wall, span));
    if (clock.playing && !ended) wake();
    if (clock.playing && !ended && wall - reported < REPORT) return;
    reported = wall;
    // After a new filter the counts take a while: the picture does not wait for them.
    if (need().counted) return report(wall, ended);
    post({ drawn: { frames, active, at: clockAt(clock, wall, span), playing: clock.playing, ended, span, drawMs } });
    setTimeout(() => { try { report(wall, ended); } catch (error) { complain(error); } });
  }

  /** @param {number} t */
  function drawAt(t) {
    const begun = performance.now();
    active = picture.draw(/** @type {World} */ (world), t, child);
    frames++;
    drawMs = performance.now() - begun;
  }

  /** @param {number} wall @param {boolean} ended */
  function report(wall, ended) {
    const { at, stations, overdue, through } = need().countsAt(clockAt(clock, wall, span));
    const status = { frames, active, at, playing: clock.playing, ended, span, counts: stations, overdue, through, drawMs };
    post({ status }, [stations.buffer, overdue.buffer, through.buffer]);
  }

  /** @param {unknown} error */
  const complain = (error) => post({ error: error instanceof Error ? error.message : String(error) });

  const need = () => {
    if (!world) throw new Error("The data are not loaded yet.");
    return world;
  };

  /** @param {string} url */
  const begin = (url) => {
    const table = fetching.get(url) ?? fetchTable(url);
    fetching.set(url, table);
    table.catch(() => fetching.delete(url));
    return table;
  };

  /** @type {Record<string, (...args: any[]) => any>} */
  const calls = {
    prefetch({ journeys, transitions }) { begin(journeys); begin(transitions); },
    async load({ dataset, geometry, urls }) {
      const [journeys, transitions] = await Promise.all([begin(urls.journeys), begin(urls.transitions)]);
      fetching.clear();
      const { together, waits, query, only } = world ?? { together: false, waits: false, query: "", only: null };
      world = new World(dataset, geometry, readTable(journeys), readTable(transitions));
      world.setTimes({ hop, together, waits });
      if (query || only) world.keep(query, only);
      world.warm();
      picture.setGeometry(geometry);
      picture.edition = -1;
      span = world.span();
      wake();
      return { journeys: world.journeys.n, transitions: world.moves.n, span };
    },
    setGeometry(geometry) { picture.setGeometry(geometry); world?.setGeometry(geometry); wake(); },
    setView(view) { picture.setView(view); wake(); },
    setClock(next) {
      clock = next;
      if (clock.speed) hop = hopSeconds(clock.speed); // without a speed yet it says nothing of how long a move is seen
      world?.setTimes({ hop });
      wake();
    },
    setCohort(query, only) {
      const count = need().keep(query, only);
      draw(); // before the choices of every facet are counted
      return count();
    },
    setColour(colouring) { picture.setColour(colouring); wake(); },
    setMode({ moving, together }) {
      need().setTimes({ together, waits: moving === "hop" });
      span = need().span();
      wake();
      return { span };
    },
    pick(x, y) {
      const leg = picture.pick(need(), clockAt(clock, wallNow(), span), x, y);
      return leg === null ? null : need().describe(leg);
    },
    highlight(next) { child = next; wake(); },
    series(bin) { return need().series(bin); },
    countsAt(t) { return need().countsAt(t); },
  };

  return async ({ call, id, args }) => {
    try {
      const value = await calls[call](...args);
      if (id !== undefined) post({ id, value });
    } catch (error) {
      if (id === undefined) complain(error);
      else post({ id, error: error instanceof Error ? error.message : String(error) });
    }
  };
}

// The worker's door: hands the canvas and the page's messages to the room. Where the page cannot have a worker draw, it
// imports this same file and opens the room on itself.

import { createRoom } from "./room.js";

export { createRoom };

/** @type {any} */
const self_ = globalThis;

if (typeof self_.WorkerGlobalScope === "function" && self_ instanceof self_.WorkerGlobalScope) {
  /** @type {((message: any) => void)|null} */ let room = null;
  self_.postMessage({ ready: true });
  self_.onmessage = (/** @type {MessageEvent} */ { data }) => {
    if (data.canvas) {
      try {
        room = createRoom(data.canvas, (message, transfer = []) => self_.postMessage(message, transfer));
      } catch (error) { self_.postMessage({ error: /** @type {Error} */ (error).message }); }
    } else room?.(data);
  };
}

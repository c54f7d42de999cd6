// How far a job is: a bar, the stage in words, and a way to stop it.

import { element } from "../element.js";

/** @param {string} label @param {() => void} cancel */
export function progressBar(label, cancel) {
  const bar = element("progress", { max: 1, value: 0, "aria-label": label });
  const stage = element("span.stage", {}, label);
  const share = element("span.share", { "aria-hidden": "true" }, "0%");
  const stop = element("button.button", { type: "button", onclick: () => { stop.disabled = true; stage.textContent = "Stopping…"; cancel(); } }, "Cancel");
  const node = element("div.working", {}, element("div.working-words", {}, stage, share), bar, stop);
  return {
    node,
    /** @param {import("./server.js").Job} job */
    show(job) {
      if (stop.disabled) return;
      bar.value = job.share;
      share.textContent = `${Math.floor(job.share * 100)}%`;
      if (job.stage) stage.textContent = job.stage[0].toUpperCase() + job.stage.slice(1);
    },
  };
}

let before = "";

/** Tell those who listen instead of looking; the same is not said twice in a row. @param {string} text */
export function say(text) {
  const node = document.getElementById("said");
  if (node && text !== before) node.textContent = before = text;
}

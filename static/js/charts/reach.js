// Every mark of a chart is reached: one Tab stop, then the arrow keys; pointing and focus say its value in words.

import { drawn, node } from "./tree.js";

/**
 * @param {SVGElement} chart
 * @param {{onRead: (words: string) => void, onJourneys: (row: string, count: string) => void}} on
 */
export function reach(chart, { onRead, onJourneys }) {
  const marks = /** @type {SVGElement[]} */ ([...chart.querySelectorAll(".mark")]);
  if (!marks.length) return;
  let current = 0;
  marks[0].setAttribute("tabindex", "0");
  const markOf = (/** @type {Event} */ event) => /** @type {SVGElement | null} */ (/** @type {Element} */ (event.target).closest(".mark"));
  const read = (/** @type {SVGElement} */ one) => { onRead(one.getAttribute("aria-label") ?? ""); stand(chart, one); };

  const follow = (/** @type {SVGElement} */ one) => {
    if (one.dataset.row !== undefined) onJourneys(one.dataset.row, one.dataset.count ?? "");
  };
  chart.addEventListener("pointerover", (event) => { const one = markOf(event); if (one) read(one); });
  chart.addEventListener("click", (event) => { const one = markOf(event); if (one) follow(one); });
  chart.addEventListener("focusin", (event) => {
    const one = markOf(event);
    if (!one) return;
    marks[current].setAttribute("tabindex", "-1");
    current = marks.indexOf(one);
    one.setAttribute("tabindex", "0");
    read(one);
  });
  chart.addEventListener("keydown", (event) => {
    const next = nextOf(event.key, current, marks.length);
    if (next !== null) marks[next].focus();
    else if (event.key === "Enter" || event.key === " ") follow(marks[current]);
    else return;
    event.preventDefault();
  });
}

/** The cursor of a chart with lines goes to the mark: one for all marks, since there may be thousands. @param {SVGElement} chart @param {SVGElement} one */
function stand(chart, one) {
  const hit = one.querySelector("[data-at]"), cursor = chart.querySelector(".cursor");
  if (!hit || !cursor) return;
  const [x, ...ys] = (hit.getAttribute("data-at") ?? "").split(" ").map(Number);
  const top = Number(hit.getAttribute("y")), bottom = top + Number(hit.getAttribute("height"));
  cursor.replaceChildren(...[node("line", { x1: x, x2: x, y1: top, y2: bottom }), ...ys.map((y) => node("circle", { cx: x, cy: y, r: 4 }))].map(drawn));
}

/** Which mark a key leads to; null where it leads nowhere. @param {string} key @param {number} at @param {number} n how many */
export function nextOf(key, at, n) {
  const within = (/** @type {number} */ to) => Math.max(0, Math.min(n - 1, to));
  switch (key) {
    case "ArrowRight": case "ArrowDown": return within(at + 1);
    case "ArrowLeft": case "ArrowUp": return within(at - 1);
    case "PageDown": return within(at + 10);
    case "PageUp": return within(at - 10);
    case "Home": return 0;
    case "End": return n - 1;
    default: return null;
  }
}

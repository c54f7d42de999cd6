// A chart as a file of its own: SVG or PNG, with its title, the cohort in words, the answer, the definition and the source.

import { wrapped } from "../charts/frame.js";
import { drawn, node, text } from "../charts/tree.js";

/** What a picture looks like outside the page, where there are no style sheets. */
const LOOK = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-opacity", "paint-order", "opacity", "font-size", "font-weight",
  "text-anchor"];
const FONT = "Segoe UI, Helvetica, Arial, sans-serif";
const EDGE = 20, LINE = 17, SHARP = 2;

/**
 * @typedef {{title: string, cohort: string, sentence: string, definition: string, source: string}} Words
 */

/** The words around a chart, line by line. @param {Words} words @param {number} letters @returns {{above: [string, string][], below: [string, string][]}} kind and line */
export function around({ title, cohort, sentence, definition, source }, letters) {
  /** @param {string} kind @param {string} words @returns {[string, string][]} */
  const lines = (kind, words) => wrapped(words, kind === "small" ? Math.floor(letters * 1.15) : letters, 20).map((line) => [kind, line]);
  return {
    above: [...lines("title", title), ...lines("cohort", cohort), ...lines("sentence", sentence)],
    below: [...lines("small", definition ? `Definition: ${definition}` : ""), ...lines("small", source ? `Source of the definition: ${source}` : "")],
  };
}

/** The chart with its words as one picture, as plain values. @param {Words} words @param {number} width @param {number} height of the chart */
export function framed(words, width, height) {
  const { above, below } = around(words, Math.floor(width / 6.6));
  const top = EDGE + above.length * LINE + 14, bottom = top + height + 22;
  const tall = bottom + below.length * LINE + EDGE;
  const sizes = /** @type {Record<string, [number, number]>} */ ({ title: [15, 700], cohort: [12, 400], sentence: [12, 600], small: [11, 400] });
  const line = (/** @type {[string, string]} */ [kind, said], /** @type {number} */ y) =>
    ({ ...text(EDGE, y, said), attributes: { x: EDGE, y, "font-size": sizes[kind][0], "font-weight": sizes[kind][1], fill: kind === "small" || kind === "cohort" ? "#444" : "#111" } });
  return {
    top,
    tree: node("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width + 2 * EDGE} ${tall}`, width: width + 2 * EDGE, height: tall, "font-family": FONT },
      node("title", {}, words.title), node("desc", {}, `${words.cohort} ${words.sentence}`),
      node("rect", { width: "100%", height: "100%", fill: "#fff" }),
      ...above.map((one, i) => line(one, EDGE + 12 + i * LINE)), ...below.map((one, i) => line(one, bottom + 4 + i * LINE))),
  };
}

/** Looks that style sheets give become attributes; what only the page needs goes. @param {Element} from @param {Element} to */
function settle(from, to) {
  const style = getComputedStyle(from);
  to.toggleAttribute("data-unseen", from.matches(".hit, .cursor"));
  for (const name of LOOK) to.setAttribute(name, style.getPropertyValue(name));
  for (const name of ["class", "tabindex", "role", "aria-label", "aria-hidden", "aria-roledescription", "data-row", "data-count", "data-at"]) to.removeAttribute(name);
  [...from.children].forEach((child, i) => settle(child, to.children[i]));
}

/** On white paper, whatever the page looks like: its light colours are read, and put back before anything is drawn. @param {() => void} reading */
function inLight(reading) {
  const root = document.documentElement, was = root.dataset.theme;
  root.dataset.theme = "light";
  try { reading(); } finally { if (was === undefined) delete root.dataset.theme; else root.dataset.theme = was; }
}

/** @param {SVGSVGElement} chart as drawn on the page @param {Words} words @returns {SVGSVGElement} */
export function standalone(chart, words) {
  const { width, height } = chart.viewBox.baseVal;
  const { tree, top } = framed(words, width, height);
  const whole = drawn(tree), copy = /** @type {SVGSVGElement} */ (chart.cloneNode(true));
  inLight(() => settle(chart, copy));
  for (const unseen of copy.querySelectorAll("[data-unseen]")) unseen.remove();
  for (const [key, value] of Object.entries({ x: EDGE, y: top, width, height })) copy.setAttribute(key, String(value));
  whole.append(copy);
  return whole;
}

/** @param {Blob} blob @param {string} name */
function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** @param {SVGSVGElement} picture */
const blobOf = (picture) => new Blob([new XMLSerializer().serializeToString(picture)], { type: "image/svg+xml" });

/** @param {SVGSVGElement} chart @param {Words} words @param {string} name without ending */
export const saveSvg = (chart, words, name) => save(blobOf(standalone(chart, words)), `${name}.svg`);

/** @param {SVGSVGElement} chart @param {Words} words @param {string} name without ending */
export async function savePng(chart, words, name) {
  const picture = standalone(chart, words);
  const { width, height } = picture.viewBox.baseVal;
  const address = URL.createObjectURL(blobOf(picture));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: width * SHARP, height: height * SHARP });
    /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
    if (!blob) throw new Error("The browser could not make a picture of this chart. Take the SVG instead.");
    save(blob, `${name}.png`);
  } finally {
    URL.revokeObjectURL(address);
  }
}

// What the colours mean; each entry also filters. One strip under the map, so that it never lies on it.

import { element } from "./element.js";
import { folded } from "./filters.js";

const SVG = "http://www.w3.org/2000/svg";

/** @param {string} colour */
function swatch(colour) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "swatch");
  svg.setAttribute("viewBox", "0 0 12 12");
  svg.setAttribute("aria-hidden", "true");
  const dot = document.createElementNS(SVG, "circle");
  for (const [key, value] of [["cx", 6], ["cy", 6], ["r", 5], ["fill", colour]]) dot.setAttribute(String(key), String(value));
  svg.append(dot);
  return svg;
}

/**
 * @param {HTMLElement} root
 * @param {{by: string, options: {key: string, label: string}[], classes: {label: string, colour: string, value: string | null}[], chosen: Set<string>, ring: boolean}} what
 * @param {{onColour: (key: string) => void, onToggle: (value: string) => void}} on
 */
export function drawLegend(root, what, on) {
  const focused = root.contains(document.activeElement) ? document.activeElement?.getAttribute("data-key") : null;
  const chooser = element("select", { "data-key": "by", onchange: (/** @type {any} */ event) => on.onColour(event.target.value) },
    ...what.options.map(({ key, label }) => element("option", { value: key, selected: key === what.by }, label)));
  root.replaceChildren(
    element("label", {}, "Colour", chooser),
    element("ul", {}, ...what.classes.map(({ label, colour, value }) => element("li", {}, value === null
      ? element("span.swatch-button", {}, swatch(colour), label)
      : element("button.swatch-button", { type: "button", "data-key": `class/${value}`, "aria-pressed": String(what.chosen.has(folded(value))), title: "Show only these", onclick: () => on.onToggle(value) }, swatch(colour), label)))),
    ...(what.ring ? [element("span.key", {}, element("i", { "aria-hidden": "true" }), "share past its timescale")] : []),
  );
  if (focused) /** @type {HTMLElement|null} */ (root.querySelector(`[data-key="${CSS.escape(focused)}"]`))?.focus();
}

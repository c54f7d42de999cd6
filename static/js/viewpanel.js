// Ways of seeing the same figures: how dots move, which way time runs, light or dark; and the keys.

import { element } from "./element.js";

export const keys = [
  ["Space", "play or pause"], ["← →", "a day back or on; with Shift a week"], ["Home End", "first and last day"],
  ["+ −", "faster, slower"], ["R", "run backwards"], ["L", "repeat a stretch of time"], ["[ ]", "begin or end the stretch here"],
  ["N", "findings"], ["Q", "questions"], ["F", "filter"], ["T", "table"], ["V", "this panel"], ["0", "whole map; with Shift + and − closer, farther"], ["Esc", "close the panel"],
];

/**
 * @param {import("./state.js").State} state
 * @param {{set: (patch: Partial<import("./state.js").State>) => void, zoom: (factor: number) => void, fit: () => void, copy: () => void, print: () => void, mapFile: string, quality: string, synthetic: string, compare: string}} on
 * @returns {Node[]}
 */
export function viewPanel(state, on) {
  /** @param {keyof import("./state.js").State} key @param {[string|boolean, string][]} options @param {string} title */
  const radios = (key, options, title) => element("fieldset.facet", {}, element("legend", {}, title), ...options.map(([value, label]) =>
    element("div", {}, element("label.option", {}, element("input", { type: "radio", name: key, "data-key": `${key}/${value}`, checked: state[key] === value, onchange: () => on.set({ [key]: value }) }), label))));
  const button = (/** @type {string} */ label, /** @type {() => void} */ onclick) => element("button.button", { type: "button", "data-key": label, onclick }, label);
  return [
    radios("moving", [["glide", "Glide: a dot is on its way for as long as the wait lasts; slow ones keep to the outer lane"], ["hop", "Wait and hop: dots queue at their station, then hop"]], "Moving"),
    radios("together", [[false, "By the calendar"], [true, "All journeys start together (day 0)"]], "Time"),
    element("label.option", {}, element("input", { type: "checkbox", "data-key": "backwards", checked: state.speed < 0, onchange: () => on.set({ speed: -state.speed }) }), "Run backwards"),
    element("h3", {}, "Map"),
    element("div.actions", {}, button("Closer", () => on.zoom(1.4)), button("Farther", () => on.zoom(1 / 1.4)), button("Whole map", on.fit), button("Move stations", () => on.set({ panel: "edit" }))),
    element("h3", {}, "Data"),
    element("div.actions", {}, element("a.button", { href: on.compare, "data-key": "compare" }, "Compare…"), button("Periods", () => on.set({ panel: "periods" })), button("Copy address", on.copy), button("Print", on.print)),
    element("p.aside", {}, element("a", { href: on.quality }, "Data quality"), " · ",
      ...(on.synthetic ? [element("a", { href: on.synthetic }, "Report on synthetic data"), " · "] : []), element("a", { href: on.mapFile, download: true }, "Map file (YAML)"), " · ",
      element("a", { href: "/start" }, "All maps")),
    radios("theme", [["auto", "As the computer is set"], ["light", "Light"], ["dark", "Dark"]], "Colours"),
    element("h3", {}, "Keys"),
    element("dl.keys", {}, ...keys.flatMap(([key, what]) => [element("dt", {}, ...key.split(" ").flatMap((k, i) => [i ? " " : "", element("kbd", {}, k)])), element("dd", {}, what)])),
  ];
}

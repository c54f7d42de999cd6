// The cohort by ticking: each facet with live counts, given what is chosen in the others.

import { escapeValue, rangeWord } from "./cohort.js";
import { element, bar } from "./element.js";
import { count } from "./words.js";

/**
 * @typedef {{key: string, label: string, kind: "category"|"number", values?: string[], bands?: [number, number|null, string][]}} Facet
 * @typedef {Record<string, {counts: ArrayLike<number>}>} FacetCounts
 */

/** The words a facet's choices go by in the cohort grammar: a category's value, or a number's range. @param {Facet} facet */
export function choices(facet) {
  if (facet.kind === "category") return (facet.values ?? []).map((value) => ({ value: escapeValue(value), label: value }));
  return (facet.bands ?? []).map(([low, high, label]) => ({
    value: rangeWord(low, high), label,
  }));
}

/** A value as compared: however it was typed or escaped. @param {string} text */
export function folded(text) {
  let plain = text;
  try { plain = decodeURIComponent(text); } catch { /* a percent sign of its own */ }
  return plain.toLowerCase().replace(/[\s_]+/g, " ").trim();
}

/** @param {string} cohort @returns {Map<string, {not: boolean, values: string[]}>} */
export function readCohort(cohort) {
  const chosen = new Map();
  for (const pair of cohort.split("&")) {
    const cut = pair.indexOf("=");
    if (cut < 1) continue;
    const raw = pair.slice(cut + 1);
    const not = raw.startsWith("!");
    chosen.set(pair.slice(0, cut), { not, values: (not ? raw.slice(1) : raw).split(",") });
  }
  return chosen;
}

/** "5-9", "3+", "7" or "-1" as its two ends. @param {string} text @returns {[number, number]} */
export function rangeOf(text) {
  const found = /^(-?\d+)(?:-(-?\d+)|(\+))?$/.exec(text.trim());
  if (!found) return [NaN, NaN];
  const low = Number(found[1]);
  return [low, found[3] ? Infinity : found[2] === undefined ? low : Number(found[2])];
}

/** @param {[number, number]} outer @param {[number, number]} inner */
const covers = (outer, inner) => outer[0] <= inner[0] && inner[1] <= outer[1];

/** @param {Map<string, {not: boolean, values: string[]}>} chosen */
export const writeCohort = (chosen) =>
  [...chosen].filter(([, { values }]) => values.length).map(([key, { not, values }]) => `${key}=${not ? "!" : ""}${values.join(",")}`).join("&");

/** Turns one choice on or off and gives the new cohort. @param {string} cohort @param {string} key @param {string} value */
export function toggle(cohort, key, value) {
  const chosen = readCohort(cohort);
  const was = chosen.get(key);
  const others = (was?.values ?? []).filter((/** @type {string} */ v) => folded(v) !== folded(value));
  const wide = was?.values.find((v) => v !== value && covers(rangeOf(v), rangeOf(value)));
  // Unticking a band that a wider range covers leaves the range's other part to be ticked again: the range goes.
  if (was && !was.not && wide) chosen.set(key, { not: false, values: was.values.filter((v) => v !== wide) });
  else if (!was || was.not) chosen.set(key, { not: false, values: [value] });
  else chosen.set(key, { not: false, values: others.length < was.values.length ? others : [...others, value] });
  return writeCohort(chosen);
}

/**
 * @param {Facet[]} facets @param {FacetCounts} counts @param {string} cohort
 * @param {{onCohort: (cohort: string) => void, onTick: (key: string, value: string) => void, compare?: string}} on
 *   compare: the address where these journeys stand beside all; onTick: on top of the cohort as it is by then, since a second tick may come before the panel is drawn again
 * @returns {Node[]}
 */
export function filterPanel(facets, counts, cohort, on) {
  const chosen = readCohort(cohort);
  const known = new Set(facets.map((facet) => facet.key));
  const typed = element("input", { type: "text", value: cohort, "data-key": "typed", "aria-describedby": "typed-help", spellcheck: "false", autocomplete: "off" });
  const form = element("form", { onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); on.onCohort(typed.value.trim()); } },
    element("label.field", {}, element("span", {}, "As a line of text"), typed),
    element("p.aside", { id: "typed-help" }, "For example ", element("kbd", {}, "age=5-9,10-15&visit=1+"), ". The same line works in an address, on the command line and in the API."),
    element("div.actions", {}, element("button.button", { type: "submit" }, "Apply")));
  return [
    element("div.actions", {}, element("button.button", { type: "button", "data-key": "all", disabled: !cohort, onclick: () => on.onCohort("") }, "Show all journeys"),
      cohort && on.compare ? element("a.button", { href: on.compare, "data-key": "compare" }, "Compare with all") : null),
    ...facets.filter((facet) => choices(facet).length > 1)
      .map((facet) => facetField(facet, counts[facet.key]?.counts ?? [], chosen.get(facet.key), on)),
    element("h3", {}, "In words of its own"),
    form,
    ...[...chosen.keys()].filter((key) => !known.has(key)).map((key) => element("p.problem", {}, `This dataset knows no “${key}”.`)),
  ];
}

/**
 * @param {Facet} facet @param {ArrayLike<number>} counts @param {{not: boolean, values: string[]} | undefined} chosen
 * @param {{onTick: (key: string, value: string) => void}} on
 */
function facetField(facet, counts, chosen, on) {
  const most = Math.max(1, ...Array.from(counts));
  const words = new Set((chosen?.values ?? []).map(folded));
  const ranges = (chosen?.values ?? []).map(rangeOf);
  const picked = (/** @type {string} */ value) => words.has(folded(value)) || (facet.kind === "number" && ranges.some((range) => covers(range, rangeOf(value))));
  return element("fieldset.facet", {},
    element("legend", {}, facet.label, chosen?.not ? element("span.aside", {}, " (all but these)") : null),
    ...choices(facet).map(({ value, label }, i) => element(counts[i] ? "label" : "label.none", {},
      element("input", { type: "checkbox", "data-key": `${facet.key}=${value}`, checked: picked(value), onchange: () => on.onTick(facet.key, value) }),
      element("span", {}, label), element("span.quiet", {}, count(counts[i] ?? 0)), bar((counts[i] ?? 0) / most))));
}

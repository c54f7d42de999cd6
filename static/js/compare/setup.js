// What is chosen for one side: the dataset, the days compared, day 0, and the filter. In the drawer, beside the map that it changes.

import { element } from "../element.js";
import { filterPanel, toggle } from "../filters.js";
import { timeBefore } from "./alignment.js";
import { patchOf } from "./state.js";

/** @typedef {import("./side.js").Side} Side */

/**
 * @param {Side} side @param {{name: string, title: string}[]} datasets  those served
 * @returns {Node[]}
 */
export function setupPanel(side, datasets) {
  const { store, hand, dataset, counts } = side;
  const change = (/** @type {Partial<import("./state.js").SideState>} */ patch) => store.set(patchOf(hand, patch));
  return [
    ...(hand === "right" && datasets.length > 1 ? [datasetField(side, datasets)] : []),
    ...(store.get().together ? [] : [day0Field(side, change), ...daysFields(side, change)]),
    element("h3", {}, "Filter"),
    ...filterPanel(dataset.facets, counts.facets, side.state().cohort, {
      onCohort: (cohort) => change({ cohort }),
      onTick: (key, value) => change({ cohort: toggle(side.state().cohort, key, value) }),
    }),
  ];
}

/** @param {string} label @param {string} key @param {{value: string, label: string}[]} options @param {string} chosen @param {(value: string) => void} onChange */
const chooser = (label, key, options, chosen, onChange) => element("label.field", {}, element("span", {}, label),
  element("select", { "data-key": key, onchange: (/** @type {any} */ event) => onChange(event.target.value) },
    ...options.map((option) => element("option", { value: option.value, selected: option.value === chosen }, option.label))));

/** @param {Side} side @param {{name: string, title: string}[]} datasets */
const datasetField = ({ store, name }, datasets) => chooser("Dataset", "dataset", datasets.map((one) => ({ value: one.name, label: one.title })), name,
  // Its words are not those of another dataset: neither filter nor days are kept.
  (chosen) => store.set({ with: chosen, with_cohort: "", with_from: "", with_to: "", with_align: "" }));

/** Day 0 is the first day of a period, or of the data. @param {Side} side @param {(patch: {align: string}) => void} change */
function day0Field(side, change) {
  const { align } = side.state();
  const first = side.dataset.first.slice(0, 10);
  const days = new Map([[first, "first day of the data"], ...side.periods.map(({ from, label }) => /** @type {[string, string]} */ ([from, label]))]);
  if (align && !days.has(align)) days.set(align, "as chosen");
  const options = [...days].map(([value, label]) => ({ value, label: `${label}, ${side.sayDay(value)}` }));
  return chooser("Day 0", "align", [{ value: "", label: "not chosen" }, ...options], align, (value) => change({ align: value }));
}

/** @param {Side} side @param {(patch: {from?: string, to?: string, align?: string}) => void} change */
function daysFields(side, change) {
  const { from, to } = side.state();
  const [first, last] = [side.dataset.first.slice(0, 10), side.dataset.last.slice(0, 10)];
  const periods = side.periods.flatMap((period) => [
    { ...period, label: period.label }, { ...timeBefore(period), label: `As long, before: ${period.label}` },
  ]);
  const options = [{ value: "/", label: "all days" }, ...periods.map((one) => ({ value: `${one.from}/${one.to}`, label: one.label }))];
  const chosen = `${from}/${to}`;
  if (!options.some(({ value }) => value === chosen)) options.push({ value: chosen, label: "as below" });
  const day = (/** @type {"from"|"to"} */ key, /** @type {string} */ label) => element("label.field", {}, element("span", {}, label),
    element("input", { type: "date", "data-key": key, min: first, max: last, value: side.state()[key], onchange: (/** @type {any} */ event) => change({ [key]: event.target.value }) }));
  return [
    chooser("Days compared", "days", options, chosen, (value) => {
      const [begin, end] = value.split("/");
      change({ from: begin, to: end, align: begin });
    }),
    element("div.two", {}, day("from", "First day"), day("to", "Last day")),
  ];
}

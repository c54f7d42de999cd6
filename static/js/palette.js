// Which colours journeys are given, and what each means. Hues keep apart for the common kinds of colour blindness:
// ordered ones run from light to dark in one sweep of hue, unordered ones are the Okabe-Ito set, and grey is "other".

import { escapeValue, rangeWord } from "./cohort.js";

/** @typedef {import("./types.js").ColourClass} ColourClass */
/** @typedef {import("./types.js").Facet} Facet */
/** @typedef {"light"|"dark"} Theme */

/**
 * @typedef {{visit: string[], ordered: string[], unordered: string[], other: string, ontime: string, near: string,
 *   overdue: string, outline: string, ring: string, muted: string}} Palette
 */

/** @type {Record<Theme, Palette>} */
export const palettes = {
  light: {
    visit: ["#ffffff", "#fbe08a", "#f2a03d", "#d2491a"],
    ordered: ["#fdf3b4", "#f9cf6b", "#f09a4a", "#d9603f", "#a8325a", "#6b1d6b", "#351a5c"], // Oklab lightness falls evenly
    unordered: ["#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7"], // Okabe and Ito 2008
    other: "#b6bac4",
    ontime: "#ffffff",
    near: "#f2b33d",
    overdue: "#c8321f",
    outline: "#1f2433",
    ring: "#c2185b",
    muted: "#8d93a3",
  },
  dark: {
    visit: ["#f4f6fb", "#ffe07a", "#ff9f3f", "#f4552a"],
    ordered: ["#fff2b0", "#fdd070", "#f5a04e", "#e57052", "#c6527c", "#9a52a8", "#7466c8"],
    unordered: ["#f0ab1f", "#6cc3f2", "#1fb88c", "#f4ea6a", "#4a93d8", "#ec7430", "#c56cae"],
    other: "#7d8496",
    ontime: "#f4f6fb",
    near: "#ffc24d",
    overdue: "#ff5a43",
    outline: "#0c0f17",
    ring: "#ff6ea9",
    muted: "#7c8396",
  },
};

/** What can be chosen to colour by: visits first, then the timescales where there are any, then every facet with a choice. */
export function colourOptions(/** @type {{facets: Facet[], timescales?: unknown[]}} */ dataset) {
  const visit = dataset.facets.find((facet) => facet.key === "visit");
  return [
    { key: "visit", label: visit?.label ?? "Visit" },
    ...(dataset.timescales?.length ? [{ key: "timescale", label: "Time against its limit" }] : []),
    ...dataset.facets
      .filter((facet) => facet.key !== "visit" && (facet.kind === "category" ? (facet.values ?? []) : (facet.bands ?? [])).length > 1)
      .map(({ key, label }) => ({ key, label })),
  ];
}

/**
 * The classes of a colouring, in the order of a legend. `cohort` is the class in the words of the cohort grammar
 * (what follows the facet's key), so that the legend can filter.
 * @param {string} by  a facet's key, or "timescale" @param {{facets: Facet[]}} dataset @param {Theme} theme
 * @returns {ColourClass[]}
 */
export function classesFor(by, dataset, theme) {
  const palette = palettes[theme];
  if (by === "timescale") {
    return [
      { label: "on time", test: { state: "ontime" }, colour: palette.ontime },
      { label: "near its limit", test: { state: "near" }, colour: palette.near },
      { label: "overdue", test: { state: "overdue" }, colour: palette.overdue },
      { label: "no limit here", test: { state: "none" }, colour: palette.other },
    ];
  }
  const facet = dataset.facets.find((f) => f.key === by) ?? dataset.facets.find((f) => f.key === "visit");
  if (!facet) return [{ label: "journeys", test: { range: [-32767, 32767] }, colour: palette.visit[0] }];
  if (facet.kind === "number") return numberClasses(facet, palette);
  return categoryClasses(facet, palette);
}

/** @param {Facet} facet @param {Palette} palette @returns {ColourClass[]} */
function numberClasses({ key, bands = [] }, palette) {
  const scale = key === "visit" ? palette.visit : palette.ordered;
  const merged = bands.length > 12 ? mergeBands(bands, 7) : bands;
  return merged.map(([low, high, label], i) => ({
    label,
    test: { range: [low, high ?? 32767] },
    colour: pick(scale, i, merged.length),
    cohort: rangeWord(low, high),
  }));
}

/** @param {string[]} scale @param {number} i @param {number} n */
const pick = (scale, i, n) =>
  scale[
    n <= 1
      ? 0
      : n <= scale.length
        ? Math.round((i * (scale.length - 1)) / (n - 1))
        : Math.min(scale.length - 1, Math.floor((i * scale.length) / n))
  ];

/**
 * Neighbouring bands put together. @param {[number, number|null, string][]} bands @param {number} most
 * @returns {[number, number|null, string][]}
 */
function mergeBands(bands, most) {
  const size = Math.ceil(bands.length / most);
  /** @type {[number, number|null, string][]} */
  const merged = [];
  for (let i = 0; i < bands.length; i += size) {
    const first = bands[i],
      last = bands[Math.min(bands.length, i + size) - 1];
    merged.push([first[0], last[1], first === last ? first[2] : `${first[2]} to ${last[2]}`]);
  }
  return merged;
}

/** @param {Facet} facet @param {Palette} palette @returns {ColourClass[]} */
function categoryClasses({ values = [], counts = [] }, palette) {
  const vague = new Set(["not recorded", "other values"]);
  const named = values.map((label, code) => ({ label, code, count: counts[code] ?? 0 })).filter(({ label }) => !vague.has(label));
  // The commonest get colours of their own; where there is one too many for that, they share grey.
  const room = palette.unordered.length;
  const kept = named.length <= room ? named : [...named].sort((a, b) => b.count - a.count || a.code - b.code).slice(0, room);
  const own = new Set(kept.map(({ code }) => code));
  const rest = values.map((_, code) => code).filter((code) => !own.has(code));
  /** @type {ColourClass[]} */
  const classes = kept.map(({ label, code }, i) => ({
    label,
    test: { values: [code] },
    colour: palette.unordered[i],
    cohort: escapeValue(label),
  }));
  if (rest.length === 1)
    classes.push({ label: values[rest[0]], test: { values: rest }, colour: palette.other, cohort: escapeValue(values[rest[0]]) });
  else if (rest.length) classes.push({ label: `${rest.length} others`, test: { values: rest }, colour: palette.other });
  return classes;
}

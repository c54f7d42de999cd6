// The facet columns of the journeys: those on the wire, and the four that can be worked out from the others.

import { yearsOf } from "./clock.js";

/** @typedef {import("./types.js").Facet} Facet */
/** @typedef {import("./transitions.js").Journeys} Journeys */

/** A number that was not recorded. */
export const MISSING = -32768;
/** In no band. */
export const NO_BAND = 65535;
const STILL_OPEN = "still open";

/**
 * @typedef {object} FacetColumn
 * @property {Facet} facet
 * @property {ArrayLike<number>} value  of each journey: code of a category, or a number
 * @property {Uint16Array} place        of each journey, for counting: code of a category, or band of a number
 * @property {number} places            how many
 */

/**
 * @param {Facet[]} facets @param {Journeys} journeys @param {Record<string, ArrayLike<number>>} wire
 * @param {{origin: string, stations: {label: string}[]}} dataset
 * @returns {Map<string, FacetColumn>}
 */
export function facetColumns(facets, journeys, wire, dataset) {
  return new Map(facets.map((facet) => {
    const value = wire[facet.key] ?? derive(facet, journeys, dataset);
    const places = facet.kind === "category" ? (facet.values ?? []).length : (facet.bands ?? []).length;
    const place = facet.kind === "category" ? Uint16Array.from(value) : bandsOf(facet, value);
    return [facet.key, { facet, value, place, places }];
  }));
}

/** @param {Facet} facet @param {Journeys} journeys @param {{origin: string, stations: {label: string}[]}} dataset */
function derive(facet, journeys, { origin, stations }) {
  if (facet.key === "visit") return journeys.visit;
  if (facet.key === "year") return yearsOf(origin, journeys.start);
  if (facet.key !== "entry" && facet.key !== "outcome") {
    throw new Error(`The table of journeys has no column for the facet "${facet.key}". Reload the page.`);
  }
  const codes = new Map((facet.values ?? []).map((label, code) => [label, code]));
  const code = Uint16Array.from(stations, ({ label }) => codes.get(label) ?? 0), open = codes.get(STILL_OPEN) ?? 0;
  const column = new Uint16Array(journeys.n);
  for (let j = 0; j < journeys.n; j++) {
    column[j] = facet.key === "entry" ? code[journeys.first[j]] : journeys.open[j] ? open : code[journeys.last[j]];
  }
  return column;
}

/** @param {Facet} facet @param {ArrayLike<number>} numbers @returns {Uint16Array} */
function bandsOf({ bands = [] }, numbers) {
  const table = new Uint16Array(65536).fill(NO_BAND);
  bands.forEach(([low, high], band) => table.fill(band, low + 32768, Math.min(high ?? 32767, 32767) + 32769));
  table[0] = NO_BAND;
  const place = new Uint16Array(numbers.length);
  for (let i = 0; i < numbers.length; i++) place[i] = table[Math.min(numbers[i], 32767) + 32768];
  return place;
}

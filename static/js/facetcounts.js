// Live counts: for each choice of each facet, how many journeys it would keep given what is chosen in the other facets.

import { keeps } from "./cohort.js";
import { NO_BAND } from "./facets.js";

/** @typedef {import("./facets.js").FacetColumn} FacetColumn */

/** Beyond the bits of terms: a journey that is none of those asked for alone, whatever the cohort. */
const APART = 2 ** 31;

/**
 * Which of a cohort's terms each journey fails: bit k for the k-th term. Inside the cohort is to fail none.
 * @param {import("./cohort.js").Term[]} terms  at most 31
 * @param {Map<string, FacetColumn>} columns @param {number} n journeys
 * @param {Uint32Array|null} [only]  rows of the journeys that alone count, null for all
 * @returns {{inside: Uint8Array, fails: Uint32Array, journeys: number}}
 */
export function filterJourneys(terms, columns, n, only = null) {
  const fails = new Uint32Array(n).fill(only ? APART : 0), inside = new Uint8Array(n);
  if (terms.length > 31) throw new Error("A cohort has at most 31 terms.");
  for (const j of only ?? []) if (j < n) fails[j] = 0;
  terms.forEach((term, k) => {
    const { value } = /** @type {FacetColumn} */ (columns.get(term.facet.key));
    const kept = new Uint8Array(65536); // asked once for each value there can be, not for each journey
    const number = term.facet.kind === "number";
    for (let v = 0; v < 65536; v++) kept[v] = keeps(term, number && v >= 32768 ? v - 65536 : v) ? 1 : 0;
    const bit = 1 << k;
    for (let j = 0; j < n; j++) if (!kept[value[j] & 65535]) fails[j] |= bit;
  });
  let journeys = 0;
  for (let j = 0; j < n; j++) if (fails[j] === 0) { inside[j] = 1; journeys++; }
  return { inside, fails, journeys };
}

/**
 * @param {{facet: {key: string}}[]} terms @param {Uint32Array} fails @param {Map<string, FacetColumn>} columns
 * @returns {Record<string, {counts: number[]}>}  by value of a category, by band of a number
 */
export function countFacets(terms, fails, columns) {
  /** @type {Record<string, {counts: number[]}>} */
  const counted = {};
  for (const [key, { place, places }] of columns) {
    let others = APART;
    terms.forEach((term, k) => { if (term.facet.key !== key) others |= 1 << k; });
    const counts = new Uint32Array(NO_BAND + 1);
    for (let j = 0; j < fails.length; j++) if ((fails[j] & others) === 0) counts[place[j]]++;
    counted[key] = { counts: Array.from(counts.subarray(0, places)) };
  }
  return counted;
}

// The same value has the same colour on both sides, though each dataset has values and codes of its own. Pure.

/** @typedef {import("../types.js").ColourClass} ColourClass */

/**
 * @param {ColourClass[]} left @param {ColourClass[]} right @param {string} other  the colour of what the left side does not have
 * @returns {ColourClass[]} the right side's classes in the left side's colours
 */
export function inColoursOf(left, right, other) {
  const known = new Map(left.map(({ label, colour }) => [label, colour]));
  return right.map((one) => ({ ...one, colour: known.get(one.label) ?? other }));
}

/**
 * What the legend says of the two: the left side's classes, then what only the right side has.
 * @param {ColourClass[]} left @param {ColourClass[]} right
 */
export function legendOf(left, right) {
  const known = new Set(left.map(({ label }) => label));
  const only = right.filter(({ label, cohort }) => cohort !== undefined && !known.has(label)); // "others" have no word in a filter
  const words = only.length > 2 ? [{ label: `${only.length} on the right only`, colour: only[0].colour }] : only.map(({ label, colour }) => ({ label: `${label} (right only)`, colour }));
  return [...left.map(({ label, colour }) => ({ label, colour })), ...words].map((one) => ({ ...one, value: null }));
}

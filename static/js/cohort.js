// The filter: `key=value,value` pairs joined by `&`. One grammar for address, API, command line and page. The twin of
// flowmap/cohort.py, which describes the grammar; both are tested with tests/cohort_cases.json.

import { MISSING } from "./facets.js";
import { say } from "./sentence.js";

/** @typedef {import("./types.js").Facet} Facet */
/** @typedef {[number, number|null]} Range  first and last number, null: and above */

/**
 * @typedef {object} Term   what one facet must be, or must not
 * @property {Facet} facet
 * @property {boolean} negated
 * @property {number[]} codes    of a category
 * @property {Range[]} ranges    of a number
 * @property {boolean} missing   "not recorded", where that is not one of a category's values
 */

const NOT_RECORDED = "not recorded";
const NUMBER = /^(-?[0-9]{1,6})(?:-(-?[0-9]{1,6})|(\+))?$/;
const MOST_CHARACTERS = 8000;

/** A filter that cannot be understood; the message ends with what to write instead, `key` is the facet. */
export class CohortError extends Error {
  /** @param {string} message @param {string} key @param {string} remedy */
  constructor(message, key, remedy) {
    super(`${message} ${remedy}`);
    this.key = key;
  }
}

/**
 * Reads a filter.
 * @param {string} text @param {Facet[]} facets
 * @returns {{terms: Term[], sentence: () => string, canonical: () => string}}  terms in order of key
 * @throws {CohortError} for an unknown key or value, a bad range, or a key given twice
 */
export function parse(text, facets) {
  if (text.length > MOST_CHARACTERS) {
    throw new CohortError(
      `The filter has ${text.length.toLocaleString("en-GB")} characters.`,
      "",
      `Use at most ${MOST_CHARACTERS.toLocaleString("en-GB")}.`,
    );
  }
  const known = new Map(facets.map((facet) => [facet.key, facet]));
  /** @type {Map<string, Term>} */ const found = new Map();
  for (const piece of text.trim().replace(/^\?/, "").split("&")) {
    if (!piece) continue;
    const cut = piece.indexOf("=");
    const key = decode(cut < 0 ? piece : piece.slice(0, cut)).trim();
    const values = cut < 0 ? "" : piece.slice(cut + 1).trim();
    const facet = known.get(key);
    if (!facet)
      throw new CohortError(
        `“${short(key)}” is not a facet of this dataset.`,
        key,
        `Facets here: ${[...known.keys()].sort().join(", ") || "none"}.`,
      );
    if (found.has(key)) throw new CohortError(`“${key}” is given twice.`, key, `Put the values together: ${key}=a,b.`);
    found.set(key, readTerm(facet, values));
  }
  const terms = [...found.keys()].sort().map((key) => /** @type {Term} */ (found.get(key)));
  return { terms, sentence: () => say(terms), canonical: () => terms.map(canonical).join("&") };
}

/**
 * Does a journey with this value of the facet stay?
 * @param {Term} term @param {number} value  a category's code, or a number
 */
export function keeps({ facet, negated, codes, ranges, missing }, value) {
  if (facet.kind === "category") return codes.includes(value) !== negated;
  const inside = value === MISSING ? missing : ranges.some(([low, high]) => value >= low && (high === null || value <= high));
  return inside !== negated;
}

/** @param {Facet} facet @param {string} text @returns {Term} */
function readTerm(facet, text) {
  const negated = text.startsWith("!");
  const tokens = text
    .replace(/^!/, "")
    .split(",")
    .map((token) => decode(token).trim())
    .filter(Boolean);
  if (!tokens.length) throw new CohortError(`“${facet.key}” has no value.`, facet.key, `Write ${facet.key}=value.`);
  const missing = tokens.some((token) => fold(token) === NOT_RECORDED);
  if (facet.kind === "category") {
    const codes = [...new Set(tokens.flatMap((token) => codesOf(facet, token)))].sort((a, b) => a - b);
    return { facet, negated, codes, ranges: [], missing: missing && !(facet.values ?? []).includes(NOT_RECORDED) };
  }
  const ranges = tokens.filter((token) => fold(token) !== NOT_RECORDED).map((token) => readRange(facet, token));
  return { facet, negated, codes: [], ranges: join(ranges), missing };
}

/** A value as compared: case does not matter, and runs of spaces and `_` are one space. @param {string} text */
const fold = (text) =>
  text
    .toLowerCase()
    .replace(/[\s_]+/gu, " ")
    .trim();

/** @param {Facet} facet @param {string} token @returns {number[]} */
function codesOf({ key, values = [] }, token) {
  const wanted = fold(token);
  const found = values.flatMap((value, code) => (fold(value) === wanted ? [code] : []));
  if (found.length) return found;
  if (wanted === NOT_RECORDED) return []; // it is recorded of everyone: nobody matches
  const near = values.filter((value) => isNear(fold(value), wanted)).slice(0, 5);
  throw new CohortError(
    `“${key}” has no value “${short(token)}”.`,
    key,
    near.length ? `Did you mean ${near.join(" or ")}?` : `Values: ${values.slice(0, 10).join(", ")}${values.length > 10 ? ", …" : ""}.`,
  );
}

/** Does one begin as the other does, or hold it? @param {string} value @param {string} wanted */
const isNear = (value, wanted) =>
  value.slice(0, 2) === wanted.slice(0, 2) ||
  (wanted.length > 1 && value.includes(wanted)) ||
  (value.length > 1 && wanted.includes(value));

/** @param {Facet} facet @param {string} token @returns {Range} */
function readRange({ key, bands = [] }, token) {
  const found = NUMBER.exec(token);
  if (found) {
    const low = Number(found[1]),
      high = found[3] ? null : Number(found[2] ?? found[1]);
    if (high !== null && high < low)
      throw new CohortError(`“${key}=${short(token)}” runs backwards.`, key, `Write ${key}=${high}-${low}.`);
    return [low, high];
  }
  const band = bands.find(([, , label]) => fold(label) === fold(token));
  if (band) return [band[0], band[1]];
  throw new CohortError(`“${key}” has no value “${short(token)}”.`, key, `Write a number, a range such as ${key}=1-4, or ${key}=5+.`);
}

/** Ranges in order, those that overlap or touch made one. @param {Range[]} ranges @returns {Range[]} */
function join(ranges) {
  /** @type {Range[]} */ const found = [];
  for (const [low, high] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const before = found[found.length - 1];
    if (before && (before[1] === null || low <= before[1] + 1))
      before[1] = before[1] === null || high === null ? null : Math.max(before[1], high);
    else found.push([low, high]);
  }
  return found;
}

/** `key=values` in the one spelling that equal terms share. @param {Term} term */
function canonical({ facet, negated, codes, ranges, missing }) {
  const values =
    facet.kind === "category"
      ? codes.map((code) => escapeValue((facet.values ?? [])[code]))
      : ranges.map(([low, high]) => (high === null ? `${low}+` : high === low ? `${low}` : `${low}-${high}`));
  if (missing) values.push(escapeValue(NOT_RECORDED));
  return `${facet.key}=${negated ? "!" : ""}${values.join(",")}`;
}

/** A value as it may stand in a filter. @param {string} value */
export function escapeValue(value) {
  return encodeURIComponent(value.replace(/\s/gu, "_")).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Percent signs that stand for characters; one that does not is left as it is. @param {string} text */
function decode(text) {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) =>
    new TextDecoder().decode(Uint8Array.from(run.slice(1).split("%"), (pair) => Number.parseInt(pair, 16))),
  );
}

/** @param {string} text */
const short = (text) => (text.length <= 80 ? text : `${text.slice(0, 79)}…`);

/**
 * A band of numbers as the grammar writes it: "3+", "7" or "5-9".
 * @param {number} low @param {number|null} high  null (or the greatest int16) where there is no upper end
 */
export const rangeWord = (low, high) => (high === null || high >= 32767 ? `${low}+` : low === high ? `${low}` : `${low}-${high}`);

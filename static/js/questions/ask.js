// How a question is asked: its options as a query, which the address and the API share.

/** Every parameter of a measure that is not a filter. A facet of that name could not be filtered by anyway. */
const PARAMETERS = new Set(["from", "to", "known_from", "start", "stop", "ends", "direct", "first_day", "months", "lookback", "window", "by", "of",
  "role", "station", "bin", "figure", "next", "event", "compare", "show", "pattern", "scope", "merge", "stages", "align", "case_by", "beside",
  "population", "moved"]);

/** @param {string} ask @returns {Record<string, string>} */
export const readAsk = (ask) => Object.fromEntries(new URLSearchParams(ask.replaceAll("+", "%2B")));

/** @param {Record<string, string>} options */
export const writeAsk = (options) => Object.entries(options)
  .map(([key, value]) => `${key}=${encodeURIComponent(value).replace(/%2C/g, ",").replace(/%3A/g, ":")}`).join("&");

/** The query of a finding, apart: how the measure is asked, and of which journeys. @param {string} query @returns {{ask: string, cohort: string}} */
export function parted(query) {
  const pairs = query.split("&").filter(Boolean);
  const asks = (/** @type {string} */ pair) => PARAMETERS.has(pair.split("=", 1)[0]);
  return { ask: pairs.filter(asks).join("&"), cohort: pairs.filter((pair) => !asks(pair)).join("&") };
}

/**
 * What is asked: what was chosen, else what the question asks by itself; only what it takes.
 * @param {import("./questions.js").Question} question @param {string} ask @param {import("./questions.js").Known} known
 */
export const asked = (question, ask, known) => ({ ...question.asks?.(known, readAsk(ask)), ...readAsk(ask) });

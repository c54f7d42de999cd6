// The journeys behind a figure: the map shows these alone, and the panel lists them. Which figure it is stands in the
// state as one text: a measure, how it was asked, and a row and count of its table (docs/audit.md).

/** @typedef {ReturnType<typeof import("./state.js").createStore>} Store */

/**
 * @typedef {object} Line  a thing that the figure counts; `at` where it has a moment
 * @property {number} journey @property {number} child @property {string} pseudonym @property {number} visit
 * @property {string} start @property {string|null} end @property {string} first @property {string} last
 * @property {string} outcome @property {string} [at]
 *
 * @typedef {object} Behind
 * @property {string} measure @property {number} value @property {string} unit  what is counted: journeys, decisions, …
 * @property {string} sentence @property {Line[]} lines  a page of them @property {number} total
 * @property {number} offset @property {number|null} next
 * @property {number[]} [rows]  of the journeys, each once
 */

/** Lines on a page of the list. */
export const PAGE = 100;

/** A row of a table by its labels, as the API names it: joined by "|", doubled within one. @param {any[]} labels */
export const rowText = (labels) => labels.map((label) => String(label ?? "").replaceAll("|", "||")).join("|");

/**
 * A figure as the state holds it.
 * @param {string} measure @param {string} query  the measure's parameters and the filter, as its address has them
 * @param {string} row  see `rowText` @param {string} count  the column
 */
export const written = (measure, query, row, count) =>
  `${measure}?${[query, `row=${encodeURIComponent(row)}`, `count=${encodeURIComponent(count)}`].filter(Boolean).join("&")}`;

/**
 * Shows the journeys behind a figure, on the map and as a list. Every mark of a chart and cell of a table may call it.
 * @param {Store} store @param {string} measure @param {string} query @param {string} row @param {string} count
 * @param {string} [cohort]  the filter that the figure is of; the one in force where not said
 */
export function showBehind(store, measure, query, row, count, cohort = store.get().cohort) {
  const behind = written(measure, query, row, count);
  store.set({ behind, cohort, panel: "behind", station: "", child: "", finding: "", of: "" });
}

/** The whole of the journeys again, as the filter has them. @param {Store} store */
export function leaveBehind(store) {
  const { panel } = store.get();
  store.set({ behind: "", panel: panel === "behind" ? "" : panel });
}

/** Measure and query of a written figure. @param {string} behind @returns {[string, string]} */
export function parts(behind) {
  const cut = behind.indexOf("?");
  return cut < 0 ? [behind, ""] : [behind.slice(0, cut), behind.slice(cut + 1)];
}

/** What the API calls otherwise than the command line; null: a switch. @type {Record<string, string|null>} */
const OPTIONS = {
  row: "journeys", count: "count", at: "at", bin: "bin", station: "station", from: "from", to: "to", known_from: "known-from",
  start: "start", stop: "stop", ends: "ends", direct: null, first_day: "first-day", months: "months", lookback: "lookback",
  window: "window", by: "by", of: "of", role: "role", figure: "figure", event: "event", compare: "compare", next: "next",
  pattern: "pattern", scope: "scope", merge: "merge", stages: "stages", show: "show", align: "align", case_by: "case",
  beside: "area", population: "population", moved: "share",
};

/** Quoted as the command prompts of Windows and others read it. @param {string} text */
const quoted = (text) => (/^[\w.,:>=-]+$/.test(text) && !text.includes(">") ? text : `"${text.replaceAll('"', '\\"')}"`);

/**
 * The command that gives the same list with case numbers, for whoever has the key.
 * @param {string} behind @param {string} dataset  its name
 */
export function commandOf(behind, dataset) {
  const [measure, query] = parts(behind);
  const words = ["flowmap", "measure", measure, quoted(dataset)];
  const cohort = [];
  for (const pair of query.split("&").filter(Boolean)) {
    const cut = pair.indexOf("=");
    const key = pair.slice(0, cut), value = pair.slice(cut + 1);
    if (!(key in OPTIONS)) cohort.push(pair);
    else if (OPTIONS[key] !== null) words.push(`--${OPTIONS[key]}`, quoted(decodeURIComponent(value)));
    else if (value === "yes") words.push(`--${key}`);
  }
  if (cohort.length) words.push("--cohort", quoted(cohort.join("&")));
  return [...words, "--key", quoted(`${dataset}.key.csv`)].join(" ");
}

/**
 * Fetches what is behind the figure in force, once, and further pages of its list.
 * @param {import("./api.js").Api} api @param {Store} store
 */
export function createBehind(api, store) {
  let asked = "";
  /** @type {Promise<Behind>|null} */ let answer = null;
  const address = () => { const [measure, query] = parts(store.get().behind); return api.url(`/${encodeURIComponent(measure)}/journeys`, {}, query); };
  return {
    /** Of the whole list, for CSV. */
    address,
    /** The figure in force, its first page and all its journeys; null where none is. @returns {Promise<Behind|null>} */
    async load() {
      const { behind } = store.get();
      if (behind && behind !== asked) answer = api.get(`${address()}&limit=${PAGE}&rows=1`);
      asked = behind;
      if (!behind) return null;
      try { return await answer; } catch (error) { asked = ""; throw error; } // asked again when it is wanted again
    },
    /** @param {number} offset @returns {Promise<Behind>} */
    page: (offset) => api.get(`${address()}&limit=${PAGE}&offset=${offset}`),
  };
}

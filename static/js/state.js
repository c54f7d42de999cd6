// The one owner of what the page shows. Everything that changes the picture is here, and the URL is its written form.
//
// A key at its default is left out of the URL, so that an address says only what was chosen.

/**
 * @typedef {object} State
 * @property {string} at        clock as ISO 8601 (minute), or "+12.5" days in start-together mode; "" = start of the data
 * @property {number} speed     days of data a second; negative runs backwards
 * @property {boolean} playing  never written to the URL: an address opens still, a person presses play
 * @property {string} loop      "2016-03-01/2016-04-15", or ""
 * @property {"glide"|"hop"} moving
 * @property {boolean} together all journeys start together (day 0)
 * @property {string} colour    a facet key, "visit", "timescale" or "outcome"
 * @property {string} cohort    the filter, in the cohort grammar
 * @property {string} station   id of the open station panel, or ""
 * @property {string} child     index of the followed child, or ""
 * @property {""|"findings"|"questions"|"filters"|"table"|"view"|"periods"|"behind"|"edit"} panel
 * @property {string} measure    the question that is answered in the panel, or ""
 * @property {string} ask        its options, as a query; "" = as the question asks by itself
 * @property {string} finding   key of the finding that the map shows, or ""
 * @property {string} of        the filter that the shown finding is of, before its own was added
 * @property {string} behind    the figure whose journeys alone are shown, as behind.js writes it, or ""
 * @property {"auto"|"light"|"dark"} theme
 */

/** @type {Readonly<State>} */
export const defaults = Object.freeze({
  at: "", speed: 7, playing: false, loop: "", moving: "glide", together: false, colour: "visit",
  cohort: "", station: "", child: "", panel: "", measure: "", ask: "", finding: "", of: "", behind: "", theme: "auto",
});

const unwritten = new Set(["playing", "cohort"]);
/** A whole filter, figure or query as one value: every sign of its grammar is escaped once more. */
const escaped = new Set(["of", "with_cohort", "behind", "ask"]);

/** What may be written where only some words mean anything; another word in an address is passed over. @type {Record<string, string[]>} */
const words = {
  moving: ["glide", "hop"], theme: ["auto", "light", "dark"], panel: ["findings", "questions", "filters", "table", "view", "periods", "behind", "edit"],
};

/** An address may be typed: a percent sign that stands for nothing is itself. @param {string} text */
function decoded(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

/**
 * A cohort's values as the grammar reads them: plain, but for the signs that mean something in it, which stay escaped
 * where they are part of a value. The address and the API thus share one spelling.
 * @param {string} text
 */
const values = (text) => text.replace(/(?:%[0-9a-f]{2})+/gi, (run) =>
  decoded(run).replace(/[%&,=!#]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`));

/**
 * Reads a query string. Keys that are not the state's own are the cohort, so one string serves page and API alike.
 * @template {Record<string, any>} S @param {string} search @param {Readonly<S>} [base]  the page's state where nothing is chosen
 * @param {Record<string, string[]>} [allowed] @returns {S}
 */
export function read(search, base = /** @type {any} */ (defaults), allowed = words) {
  /** @type {Record<string, any>} */
  const state = { ...base };
  const cohort = [];
  for (const part of search.replace(/^\?/, "").split("&")) {
    if (!part) continue;
    const [rawKey, ...rest] = part.split("=");
    const key = decoded(rawKey);
    const raw = rest.join("=");
    const value = decoded(raw);
    if (key.startsWith("_") && key.slice(1) in base && !unwritten.has(key.slice(1))) {
      const name = key.slice(1);
      const kind = typeof base[name];
      if (kind === "number") {
        if (Number.isFinite(Number(value)) && Number(value) !== 0) state[name] = Number(value);
      } else if (!allowed[name] || allowed[name].includes(value)) state[name] = kind === "boolean" ? value === "1" : value;
    } else cohort.push(`${key}=${values(raw)}`);
  }
  state.cohort = cohort.join("&");
  return /** @type {S} */ (state);
}

/**
 * @template {Record<string, any>} S @param {S} state @param {Readonly<S>} [base]
 * @returns {string} a query string without "?"
 */
export function write(state, base = /** @type {any} */ (defaults)) {
  const keep = (/** @type {string} */ text) => encodeURIComponent(text).replace(/%2C/g, ",").replace(/%2F/g, "/").replace(/%3A/g, ":").replace(/%2B/g, "+")
    .replace(/%25(25|26|2C|3D|21|23)/g, "%$1");
  const parts = state.cohort ? state.cohort.split("&").map((/** @type {string} */ pair) => {
    const cut = pair.indexOf("=");
    return `${keep(pair.slice(0, cut))}=${keep(values(pair.slice(cut + 1)))}`;
  }) : [];
  for (const [key, value] of Object.entries(state)) {
    if (unwritten.has(key) || value === base[key]) continue;
    const written = escaped.has(key) ? encodeURIComponent(String(value)) : keep(typeof value === "boolean" ? (value ? "1" : "0") : String(value));
    parts.push(`_${key}=${written}`);
  }
  return parts.join("&");
}

/** @template {Record<string, any>} S @typedef {{get: () => S, set: (patch: Partial<S>) => void, subscribe: (listener: (state: S, changed: Set<string>) => void) => () => void}} Store */

/**
 * Keeps a page's state and tells those who listen.
 * @template {Record<string, any>} S @param {S} initial
 * @param {(patch: Partial<S>, state: S) => Partial<S>} [consequences]  what a change brings with it
 * @returns {Store<S>}
 */
export function makeStore(initial, consequences = (patch) => patch) {
  let state = { ...initial };
  /** @type {Set<(state: S, changed: Set<string>) => void>} */
  const listeners = new Set();
  return {
    get: () => state,
    /** @param {Partial<S>} change  Listeners are told once, with the set of keys that really changed. */
    set(change) {
      const patch = consequences(change, state);
      const changed = new Set(Object.keys(patch).filter((key) => patch[key] !== state[key]));
      if (!changed.size) return;
      state = { ...state, ...patch };
      for (const listener of listeners) listener(state, changed);
    },
    /** @param {(state: S, changed: Set<string>) => void} listener */
    subscribe(listener) { listeners.add(listener); return () => listeners.delete(listener); },
  };
}

/** The store of the map's page. @param {State} initial */
export const createStore = (initial) => makeStore(initial, (patch, state) => {
  // Once another filter is chosen by hand, the map no longer shows the finding.
  if ("cohort" in patch && patch.cohort !== state.cohort && !("finding" in patch)) patch = { ...patch, finding: "", of: "" };
  // Nor does it the journeys of a figure, which was of the filter before.
  if ("cohort" in patch && patch.cohort !== state.cohort && !("behind" in patch) && state.behind) {
    patch = { panel: state.panel === "behind" ? "" : state.panel, ...patch, behind: "" };
  }
  // A question belongs to its panel.
  if ("panel" in patch && patch.panel !== "questions") patch = { ...patch, measure: "", ask: "" };
  return patch;
});

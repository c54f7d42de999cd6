// A cohort in English: "girls aged 5–15 referred by schools or police, second visit or later". The twin of
// flowmap/sentence.py: facets that the field knows have a phrase of their own, any other is said as "with Impact high".

/** @typedef {import("./cohort.js").Term} Term */

const NOT_RECORDED = "not recorded",
  STILL_OPEN = "still open";
const GIRLS = new Set(["f", "female", "females", "girl", "girls"]);
const BOYS = new Set(["m", "male", "males", "boy", "boys"]);
const ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

/** Facet: words before the values, and before them where they are negated. @type {Record<string, [string, string]>} */
const PHRASES = {
  sex: ["of sex", "of sex other than"],
  gender: ["of gender", "of gender other than"],
  source: ["referred by", "not referred by"],
  need: ["with need", "with need other than"],
  team: ["in team", "not in team"],
  entry: ["entering at", "not entering at"],
  year: ["starting in", "not starting in"],
};
const OF_CHILDREN = ["sex", "gender", "age", "source", "need", "team"]; // facets that only children's journeys have
const BESIDE = ["age", "source"]; // said straight after "children", without a comma
const LAST = ["entry", "outcome", "year", "visit"]; // said after everything else

/** The phrase for these terms; "all journeys" for none. @param {Term[]} terms @returns {string} */
export function say(terms) {
  if (!terms.length) return "all journeys";
  const left = new Map(terms.map((term) => [term.facet.key, term]));
  const take = (/** @type {string} */ key) => {
    const term = /** @type {Term} */ (left.get(key));
    left.delete(key);
    return phrase(term);
  };
  const start = noun(left);
  let beside = BESIDE.filter((key) => left.has(key)).map(take);
  const rest = [...[...left.keys()].filter((key) => !LAST.includes(key)), ...LAST.filter((key) => left.has(key))];
  if (!beside.length && rest.length && rest[0] !== "visit") beside = [take(/** @type {string} */ (rest.shift()))];
  return [[start, ...beside].join(" "), ...rest.map(take)].join(", ");
}

/** Girls, boys, children or journeys, unborn or not; takes out of `left` what it says. @param {Map<string, Term>} left */
function noun(left) {
  let said = OF_CHILDREN.some((key) => left.has(key)) ? "children" : "journeys";
  const sex = left.get("sex") ?? left.get("gender");
  if (sex && !sex.negated && sex.codes.length === 1) {
    const value = (sex.facet.values ?? [])[sex.codes[0]].toLowerCase();
    const found = GIRLS.has(value) ? "girls" : BOYS.has(value) ? "boys" : null;
    if (found) {
      left.delete(sex.facet.key);
      said = found;
    }
  }
  const age = left.get("age");
  if (age && !age.negated && !age.missing && age.ranges.length === 1 && age.ranges[0][0] === -1 && age.ranges[0][1] === -1) {
    left.delete("age");
    return `unborn ${said}`;
  }
  return said;
}

/** @param {Term} term */
function phrase(term) {
  const {
    facet: { key, label },
    negated,
  } = term;
  if (key === "age") return agePhrase(term);
  if (key === "visit") return visitPhrase(term);
  if (key === "outcome") return outcomePhrase(term);
  let [before, but] = PHRASES[key] ?? [`with ${label}`, `with ${label} other than`];
  const { values, missing } = valuesOf(term);
  if (key === "team" && values.every((value) => value.toLowerCase().startsWith("team"))) [before, but] = ["in", "not in"]; // "in Team A", not "in team Team A"
  const parts = values.length ? [`${negated ? but : before} ${anyOf(values)}`] : [];
  if (missing) parts.push(`with ${label} ${negated ? "recorded" : NOT_RECORDED}`);
  return parts.join(negated ? " and " : " or ");
}

/** "a", "a or b", "a, b or c"; "nothing" for none. @param {string[]} words */
const anyOf = (words) =>
  !words.length ? "nothing" : words.length === 1 ? words[0] : `${words.slice(0, -1).join(", ")} or ${words[words.length - 1]}`;

/** The values as said, and whether "not recorded" is one. @param {Term} term */
function valuesOf({ facet, codes, ranges, missing }) {
  if (facet.kind === "number") {
    const later = facet.key === "year" ? "later" : "more";
    return { values: ranges.map(([low, high]) => numbers(low, high, later)), missing };
  }
  const values = codes.map((code) => (facet.values ?? [])[code]);
  const said = values.filter((value) => value !== NOT_RECORDED).map(plain);
  return {
    values: said.length > 1 ? said.map((value) => (value.includes(",") || value.includes(" or ") ? `“${value}”` : value)) : said,
    missing: missing || values.includes(NOT_RECORDED),
  };
}

/** Has letters, and none of them a capital. @param {string} text */
const isLower = (text) => text === text.toLowerCase() && text !== text.toUpperCase();

/** A value within a sentence: "Police" is police; "NFA", "LA services" and "Team A" stay as they are. @param {string} value */
function plain(value) {
  const [first = "", ...others] = value.split(/\s+/u).filter(Boolean);
  return isLower(first.slice(1)) && others.every(isLower) ? value[0].toLowerCase() + value.slice(1) : value;
}

/** @param {number} low @param {number|null} high @param {string} [later] */
const numbers = (low, high, later = "more") => (high === null ? `${low} or ${later}` : low === high ? `${low}` : `${low}–${high}`);

/** @param {Term} term */
function agePhrase({ ranges, missing, negated }) {
  const said = ranges
    .filter(([, high]) => high === null || high >= 0)
    .map(([low, high]) => {
      const first = Math.max(low, 0);
      return high === null ? `${first} and over` : high === 0 ? "under 1" : numbers(first, high);
    });
  const parts = ranges.some(([low]) => low < 0) ? ["unborn"] : [];
  if (said.length) parts.push(`aged ${anyOf(said)}`);
  if (missing) parts.push("of unrecorded age");
  return (negated ? "not " : "") + anyOf(parts);
}

/** @param {Term} term */
function visitPhrase({ ranges, missing, negated }) {
  const said = ranges.map(([low, high]) => {
    if (high === null) return low <= 0 ? "any visit" : `${ordinal(low)} visit or later`;
    if (high - low <= 2) return `${anyOf(Array.from({ length: high - low + 1 }, (_, i) => ordinal(low + i)))} visit`;
    return `${ordinal(low)} to ${ordinal(high)} visit`;
  });
  if (missing) said.push("visit not recorded");
  return (negated ? "not " : "") + anyOf(said);
}

/** @param {number} visit */
function ordinal(visit) {
  if (visit >= 0 && visit < ORDINALS.length) return ORDINALS[visit];
  const n = visit + 1,
    teen = [11, 12, 13].includes(((n % 100) + 100) % 100);
  return `${n}${teen ? "th" : (["th", "st", "nd", "rd"][((n % 10) + 10) % 10] ?? "th")}`;
}

/** @param {Term} term */
function outcomePhrase({ facet, codes, negated }) {
  const values = codes.map((code) => (facet.values ?? [])[code]);
  const ends = values.filter((value) => value !== STILL_OPEN).map(plain);
  const parts = ends.length ? [`ending in ${anyOf(ends)}`] : [];
  if (values.includes(STILL_OPEN)) parts.push(STILL_OPEN);
  return (negated ? "not " : "") + anyOf(parts);
}

// Is a team different, or is it chance? A share by team, source or any facet, in a funnel of the limits of chance.

import { count, plural } from "../words.js";
import { facetLabel, rowOf } from "./rows.js";
import { interval, listed, share, whole, wholeShare } from "./say.js";

/** What each share is asked with besides. @type {Record<string, import("./questions.js").Choosable[]>} */
const OPTIONS_OF = { nfa: [["station", { label: "Decisions at" }]], rereferral: ["months"], conversion: ["start", "stop"], in_time: ["start", "stop"] };
/** @type {Record<string, Record<string, string>>} */
const ASKS_OF = { nfa: { station: "assessment" }, rereferral: { months: "12" } };
/** Where no way is chosen. @type {Record<string, Record<string, string>>} */
const WAY_OF = { conversion: { start: "referral", stop: "assessment" }, in_time: { start: "referral", stop: "assessment", ends: "left" } };

/** @type {import("./questions.js").Question} */
export const variation = {
  measure: "variation",
  title: "Is a team different, or is it chance?",
  gives: "A share by team, source or any other group, beside the limits of what chance does",
  options: ({ of }) => ["of", ["by", { first: "Team, else source" }], ...(OPTIONS_OF[of] ?? []), "from", "to"],
  asks: (_, { of = "nfa", start }) => ({ of, ...ASKS_OF[of], ...(start ? {} : WAY_OF[of]) }),
  view: (answer, { known }) => ({
    sentence: sentenceOf(answer), period: answer.period,
    parts: [funnelPart(answer, facetLabel(known.dataset, answer.by), (value) => known.besideOthers(answer.by, value))],
  }),
};

/** @param {any} one */
const outside = (one) => one.beyond !== "within";

/** @param {any} answer */
function sentenceOf({ what, overall, groups }) {
  if (!overall.of) return `${what}: there is none to compare.`;
  const apart = groups.filter(outside);
  const said = apart.map((/** @type {any} */ one) => `${one.label} (${share(one.share)}, ${count(one.count)} of ${count(one.of)}, ${beyond(one)})`);
  const end = apart.length ? `${plural(groups.length, "group")} compared; more than chance alone would usually do: ${listed(said)}.`
    : `Of ${plural(groups.length, "group")} none lies outside what chance does.`;
  return `${what}: ${whole(overall)} of all together. ${end}`;
}

/** @param {any} one */
const beyond = (one) => (outside(one) ? one.beyond : "within chance");

/** @param {any} answer @param {string} label @param {(value: string) => string} besideOthers  the address of two maps */
function funnelPart({ what, overall, groups, curve }, label, besideOthers) {
  const known = groups.filter((/** @type {any} */ one) => one.of);
  return {
    title: `By ${label.toLowerCase()}, and the limits of chance`,
    instead: "There is no group to compare.",
    chart: known.length && overall.share !== null ? /** @type {import("../charts/funnel.js").Funnel} */ ({
      kind: "funnel", label: `${what}, by ${label.toLowerCase()}: shares against how many they rest on, with limits of 95% and 99.8%`,
      overall: overall.share, curve, axis: "how many it rests on", share: "share", format: wholeShare, formatOf: count,
      groups: known.map((/** @type {any} */ one) => ({
        label: one.label, of: one.of, share: one.share, outside: outside(one), row: rowOf(one.value, one.label), count: "count",
        words: `${one.label}: ${whole(one)}, ${beyond(one)}; chance alone would give ${share(one.low_95)} to ${share(one.high_95)} in 95 of 100`,
      })),
    }) : null,
    table: {
      caption: `${what}. Limits are around the share of all together, ${share(overall.share)}.`,
      columns: [label, "Count", "Of", "Share", "95% interval", "95% limits", "99.8% limits", "Against chance", "On the map"],
      rows: groups.map((/** @type {any} */ one) => {
        const row = rowOf(one.value, one.label);
        return [one.label, { text: count(one.count), row, count: "count" }, { text: count(one.of), row, count: "of" }, share(one.share), interval(one) || "–",
          `${share(one.low_95)} to ${share(one.high_95)}`, `${share(one.low_998)} to ${share(one.high_998)}`, beyond(one),
          { text: "beside the others", href: besideOthers(one.value) }];
      }),
    },
  };
}

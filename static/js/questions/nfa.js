// How many come to nothing, and of whom? Decisions that are no further action, by earlier referrals and by decision point.

import { count, plural } from "../words.js";
import { facetLabel, rowOf, sharesChart, sharesTable } from "./rows.js";
import { period, share, whole } from "./say.js";

/** @type {import("./questions.js").Question} */
export const nfa = {
  measure: "nfa",
  title: "How many come to nothing?",
  gives: "Decisions that are no further action, by how often the child was referred before, and at each decision point",
  options: ["station", "lookback", "by", "from", "to"],
  asks: () => ({ station: "assessment", lookback: "36" }),
  view: (answer, { known }) => ({
    sentence: sentenceOf(answer),
    period: answer.period,
    parts: [
      earlier(answer),
      ...(answer.by ? [groups(answer, facetLabel(known.dataset, answer.by))] : []),
      points(answer),
    ],
    notes: [
      ...(answer.undecided ? [`${plural(answer.undecided, "stay")} at ${answer.label} ${answer.undecided === 1 ? "has" : "have"} no decision yet.`] : []),
      ...(answer.left_out ? [`${count(answer.left_out)} decisions have less than ${answer.lookback} months of data before them: they are in the whole, not in the groups by earlier referrals.`] : []),
    ],
  }),
};

/** @param {any} answer */
function sentenceOf({ label, overall, earlier: several, trend, period: within }) {
  if (!overall.of) return `${label}: no decision was made from ${period(within)}.`;
  const first = `${label}: ${whole(overall)} of decisions from ${period(within)} were no further action`;
  const never = several[0], often = several.at(-1);
  if (!never.of || !often.of || !trend) return `${first}.`;
  const way = trend.p >= 0.05 ? ", which is within chance" : trend.z > 0 ? ", and the share rises with their number" : ", and the share falls with their number";
  return `${first}: ${share(never.share)} (${count(never.count)} of ${count(never.of)}) where the child had not been referred before, ${share(often.share)} (${count(often.count)} of ${count(often.of)}) where it had been 3 or more times${way} (test for trend, p ${trend.p < 0.001 ? "< 0.001" : `= ${trend.p.toFixed(3)}`}).`;
}

/** @param {any} answer */
function earlier({ earlier: several, lookback, overall }) {
  const named = several.map((/** @type {any} */ one) => ({
    ...one, label: one.earlier === "1" ? "1 earlier referral" : `${one.earlier === "3+" ? "3 or more" : one.earlier} earlier referrals`, row: rowOf("earlier", one.earlier, null),
  }));
  return {
    title: `No further action, by referrals in the ${lookback} months before`,
    instead: `No decision has ${lookback} months of data before it.`,
    chart: named.some((/** @type {any} */ one) => one.of) ? sharesChart("Share of decisions that are no further action, by earlier referrals, with 95% intervals", named,
      { reference: { value: overall.share, label: `all ${share(overall.share)}` } }) : null,
    table: sharesTable(`Decisions with ${lookback} months of data before them, by earlier referrals of the child.`, ["Earlier referrals", "No further action", "Of decisions"], named),
  };
}

/** @param {any} answer @param {string} label */
function groups({ groups: several, overall }, label) {
  const named = several.map((/** @type {any} */ one) => ({ ...one, row: rowOf("group", one.value, one.label) }));
  return {
    title: `No further action, by ${label.toLowerCase()}`,
    instead: "There is no group to show.",
    chart: named.length ? sharesChart(`Share of decisions that are no further action, by ${label.toLowerCase()}, with 95% intervals`, named,
      { reference: { value: overall.share, label: `all ${share(overall.share)}` } }) : null,
    table: sharesTable(`Decisions, by ${label.toLowerCase()}.`, [label, "No further action", "Of decisions"], named),
  };
}

/** @param {any} answer */
function points({ points: several }) {
  const named = several.map((/** @type {any} */ one) => ({ ...one, row: rowOf("point", one.station, one.label) }));
  return {
    title: "No further action at each decision point",
    instead: "This map has no decision point of the built-in map.",
    chart: named.length ? sharesChart("Share of decisions that are no further action at each decision point, with 95% intervals", named) : null,
    table: sharesTable("Every decision of the period, wherever it was made.", ["Decision at", "No further action", "Of decisions"], named),
  };
}

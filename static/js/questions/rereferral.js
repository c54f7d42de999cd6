// Do they come back? Referrals that had one before, by horizon and by group, and the time to the next.

import { count } from "../words.js";
import { facetLabel, linesOf, rowOf, sharesChart, sharesTable, stepsOf } from "./rows.js";
import { interval, period, share, whole, wholeShare, words } from "./say.js";

/** A month as the measure counts it (docs/measures.md). */
const MONTH = 365.25 / 12;

/** @type {import("./questions.js").Question} */
export const rereferral = {
  measure: "rereferral",
  title: "Do they come back?",
  gives: "Referrals that had one in the months before, at any horizon; time from closure to the next",
  options: ["months", "by", "from", "to"],
  asks: () => ({ months: "12" }),
  view: (answer, { known }) => ({
    sentence: sentenceOf(answer),
    period: answer.period,
    parts: [
      horizons(answer),
      ...(answer.by ? [groups(answer, facetLabel(known.dataset, answer.by))] : []),
      returning(answer.return),
    ],
    notes: answer.rate.left_out ? [`${count(answer.rate.left_out)} referrals have less than ${answer.rate.months} months of data before them, and are left out.`] : [],
  }),
};

/** @param {any} answer */
function sentenceOf({ rate, horizons: all, period: within }) {
  if (!rate.of) return `No referral from ${period(within)} has ${rate.months} months of data before it, so nothing can be said.`;
  const first = `Of referrals from ${period(within)} with ${rate.months} months of data before them, ${whole(rate)} came within ${rate.months} months of an earlier one of the same child`;
  const other = all.find((/** @type {any} */ one) => one.months === (rate.months === 36 ? 12 : 36));
  return other?.of ? `${first}; of those with ${other.months} months of data before them, ${whole(other)} within ${other.months}.` : `${first}.`;
}

/** @param {any} answer */
function horizons({ rate, horizons: all }) {
  const known = all.filter((/** @type {any} */ one) => one.of);
  const said = (/** @type {any} */ one) => words(`Within ${one.months} months`, one);
  const rows = known.filter((/** @type {any} */ one) => [3, 6, 12, 18, 24, 36, 48, 60, rate.months].includes(one.months))
    .map((/** @type {any} */ one) => ({ ...one, label: `${one.months} months`, row: rowOf("horizon", null, null, one.months) }));
  const named = known.filter((/** @type {any} */ one) => [12, 36, rate.months].includes(one.months));
  return {
    title: "Share with an earlier referral, by how far back one looks",
    instead: "No referral has enough data before it.",
    chart: known.length ? linesOf({
      label: "Share of referrals with an earlier one, by months looked back, with 95% interval",
      x: { time: false, label: "months looked back", from: 0 }, y: { label: "of referrals", format: wholeShare },
      series: [{ label: "re-referred", look: "whole", points: known.map((/** @type {any} */ one) => ({ x: one.months, y: one.share, low: one.low, high: one.high })) }],
      marks: known.map((/** @type {any} */ one) => ({ x: one.months, words: said(one), row: rowOf("horizon", null, null, one.months), count: "count" })),
      notes: named.map((/** @type {any} */ one) => ({ x: one.months, y: one.share, label: `${one.months} months: ${share(one.share)}` })),
    }) : null,
    table: sharesTable("Referrals with an earlier one of the same child; each horizon of the referrals that have so much data before them.",
      ["Within", "Re-referred", "Of referrals"], rows),
  };
}

/** @param {any} answer @param {string} label */
function groups({ groups: several, rate }, label) {
  const named = several.map((/** @type {any} */ one) => ({ ...one, row: rowOf("group", one.value, one.label, one.months) }));
  return {
    title: `Within ${rate.months} months, by ${label.toLowerCase()}`,
    instead: "There is no group to show.",
    chart: named.length ? sharesChart(`Re-referred within ${rate.months} months, by ${label.toLowerCase()}, with 95% intervals`, named,
      { reference: { value: rate.share, label: `all ${share(rate.share)}` } }) : null,
    table: sharesTable(`Referrals with an earlier one within ${rate.months} months, by ${label.toLowerCase()}.`, [label, "Re-referred", "Of referrals"], named),
  };
}

/** @param {any} back */
function returning({ closures, returned, other, not_yet: notYet, after, curve }) {
  const known = after.filter((/** @type {any} */ one) => one.alone !== null);
  const last = Math.max(0, ...known.map((/** @type {any} */ one) => one.months));
  const said = (/** @type {any} */ one) => `Back within ${one.months} months of closure: ${share(one.alone)}, 95% interval ${interval(one)}; ${count(one.at_risk)} still watched then`;
  return {
    title: "Back after closure, as time goes by",
    instead: closures ? "Nobody was watched long enough." : "No journey with a referral was closed in this time.",
    chart: known.length ? linesOf({
      label: "Share of closed journeys back with a referral, by months since closure, with 95% interval and numbers still watched",
      x: { time: false, label: "months since closure", from: 0, to: last },
      y: { label: "back by then", format: wholeShare },
      series: [{ label: "back", look: "whole", steps: true, points: stepsOf(curve, "alone", { low: "low", high: "high", unit: MONTH, begin: 0, until: last }) }],
      marks: known.map((/** @type {any} */ one) => ({ x: one.months, words: said(one) })),
      below: [{ label: "still watched", at: [{ x: 0, said: count(closures) }, ...known.map((/** @type {any} */ one) => ({ x: one.months, said: count(one.at_risk) }))] }],
    }) : null,
    table: {
      caption: `Of ${count(closures)} journeys that held a referral and ended in no further action, closure or step-down, ${count(returned)} came back, ${count(other)} left otherwise first, ${count(notYet)} were not back by the end of the data (Kaplan–Meier).`,
      columns: ["Months since closure", "Back", "95% interval", "Still watched"],
      rows: after.map((/** @type {any} */ one) => [String(one.months), share(one.alone), interval(one) || "–", count(one.at_risk)]),
    },
  };
}

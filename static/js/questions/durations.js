// How long does it take? From a station to another, or the stay at each: the curve, its quartiles, and who is still under way.

import { count, plural } from "../words.js";
import { facetLabel, linesOf, rowOf, sharesChart, sharesTable, stepsOf } from "./rows.js";
import { interval, number, period, share, whole, wholeShare } from "./say.js";

const places = (/** @type {import("./questions.js").Known} */ { dataset }) => new Set(dataset.stations.map(({ id }) => id));

/** @type {import("./questions.js").Question} */
export const durations = {
  measure: "durations",
  title: "How long does it take?",
  gives: "From a station to another, or at each: half, three quarters and nine in ten, with those still under way counted in",
  options: ({ start, stop }) => ["start", ...(start ? ["stop"] : []), ...(stop ? ["ends"] : []), ...(start ? ["by"] : []), "from", "to"],
  asks(known, { start, stop }) {
    /** @type {Record<string, string>} */ const assessment = { start: "referral", stop: "assessment", ends: "left" };
    const there = ["referral", "assessment"].every((id) => places(known).has(id));
    return there && start === undefined && stop === undefined ? assessment : {};
  },
  view(answer, { known }) {
    const several = answer.durations, one = several.length === 1 ? several[0] : null;
    return {
      sentence: one ? sentenceOf(one, answer.period) : ofEach(several, answer.period),
      period: answer.period,
      parts: [
        ...(one ? [curve(one)] : [quartiles("At each station", several.map(stay))]),
        ...(answer.by ? [quartiles(`By ${facetLabel(known.dataset, answer.by).toLowerCase()}`, answer.groups.map(named))] : []),
        ...(one?.timescales.length ? [inTime(one)] : []),
      ],
      notes: one?.restarted ? [`${plural(one.restarted, "start")} came before another start and ${one.restarted === 1 ? "is" : "are"} not counted.`] : [],
    };
  },
};

/** @param {number | null} n */
const days = (n) => (n === null ? "more days than the data reach" : n === 1 ? "1 day" : `${number(n)} days`);

/** @param {any} one @param {{from: string, to: string}} within */
function sentenceOf(one, within) {
  if (!one.spells) return `${one.label}: none began from ${period(within)}.`;
  const rest = `Of ${count(one.spells)} begun from ${period(within)}, ${count(one.completed)} are completed, ${count(one.open)} still under way and ${count(one.elsewhere)} ended elsewhere`;
  if (!one.completed) return `${one.label}: none is completed. ${rest}.`;
  const scale = one.timescales.at(-1);
  const kept = scale?.of ? ` Within ${scale.limit}: ${whole(scale)}.` : "";
  return `${one.label}: ${one.elsewhere ? "of those who get there, " : ""}half take up to ${days(one.days.median)} (${number(one.working_days.median)} working days), nine in ten up to ${days(one.days.p90)}. ${rest}.${kept}`;
}

/** @param {any[]} several @param {{from: string, to: string}} within */
function ofEach(several, within) {
  const known = several.filter((one) => one.days.median !== null && one.completed);
  if (!known.length) return `No stay that began from ${period(within)} is completed.`;
  const longest = known.reduce((a, b) => (b.days.median > a.days.median ? b : a));
  return `Of ${plural(known.length, "station")}, stays are longest at ${stay(longest).label}: half up to ${days(longest.days.median)} (${count(longest.completed)} completed and ${count(longest.open)} still there, of ${count(longest.spells)}).`;
}

/** The axis ends where the story does: twice the time of nine in ten, or where ten are left. @param {any} one */
function lastDay(one) {
  const enough = one.days.p90 === null ? Infinity : Math.max(28, 2 * one.days.p90);
  const watched = one.at_risk.filter((/** @type {any} */ at) => at.at_risk >= 10).at(-1)?.day ?? 28;
  return Math.max(7, Math.min(enough, Math.max(watched, 28), one.curve.day.at(-1) ?? 28));
}

/** @param {any} one */
function curve(one) {
  const to = lastDay(one), alone = one.elsewhere === 0;
  const reached = stepsOf(one.curve, alone ? "alone" : "reached", { low: alone ? "low" : undefined, high: alone ? "high" : undefined, unit: 1, begin: 0, until: to });
  const valueAt = (/** @type {{x: number, y: number | null}[]} */ points, /** @type {number} */ day) => points.findLast(({ x }) => x <= day)?.y ?? 0;
  const other = stepsOf(one.curve, "other", { unit: 1, begin: 0, until: to });
  const at = one.at_risk.filter((/** @type {any} */ risk) => risk.day <= to);
  const row = rowOf(null, one.start, one.stop.join(","), one.ends, one.direct, one.timescales[0]?.limit);
  return {
    title: "Completed by day",
    instead: "None is completed.",
    chart: one.completed ? linesOf({
      label: `Share completed by days since the start${alone ? ", with 95% interval" : ", and ended elsewhere"}, with numbers still under way`,
      x: { time: false, label: "calendar days", from: 0, to }, y: { label: "of those begun", format: wholeShare },
      series: [{ label: "completed", look: "whole", steps: true, points: reached },
        ...(alone ? [] : [{ label: "elsewhere", look: /** @type {const} */ ("dashed"), steps: true, points: other }])],
      marks: at.map((/** @type {any} */ { day, at_risk: left }) => ({ x: day, words: `By day ${day}: ${share(valueAt(reached, day))} completed${alone ? "" : `, ${share(valueAt(other, day))} ended elsewhere`}; ${count(left)} still under way` })),
      below: [{ label: "still under way", at: at.map((/** @type {any} */ { day, at_risk: left }) => ({ x: day, said: count(left) })) }],
    }) : null,
    table: quartilesTable("The way as a whole. Open journeys are censored at the end of the data.", [{ ...one, row }]),
  };
}

/** @param {any} one */
const named = (one) => ({
  ...one, row: rowOf(one.value, one.start, one.stop.join(","), one.ends, one.direct, one.timescales[0]?.limit),
});

/** A stay at a station goes by the station alone. @param {any} one */
const stay = (one) => ({ ...named(one), label: one.label.replace(/, until left$/, "") });

/** @param {string} title @param {any[]} several */
function quartiles(title, several) {
  const known = several.filter((one) => one.days.median !== null);
  return {
    title: `${title}: half take up to so many days`,
    instead: "None is completed.",
    chart: known.length ? /** @type {import("../charts/intervals.js").Intervals} */ ({
      kind: "intervals", label: `${title}: median days, with the middle half`, format: number, axis: "days: median, middle half",
      rows: known.map((one) => ({
        label: one.label, value: one.days.median, low: one.days.p25, high: one.days.p75, said: days(one.days.median),
        words: `${one.label}: half up to ${days(one.days.median)}, a quarter up to ${days(one.days.p25)}, three quarters up to ${days(one.days.p75)}; ${count(one.spells)} begun`,
        row: one.row, count: "spells",
      })),
    }) : null,
    table: quartilesTable(`${title}. Open journeys are censored at the end of the data, not dropped.`, several),
  };
}

/** @param {string} caption @param {any[]} several */
const quartilesTable = (caption, several) => ({
  caption, columns: ["Way", "Begun", "Completed", "Still under way", "Elsewhere", "A quarter", "Half", "Three quarters", "Nine in ten", "Half, working days"],
  rows: several.map((one) => [one.label, ...["spells", "completed", "open", "elsewhere"].map((name) => ({ text: count(one[name]), row: one.row, count: name })),
    ...["p25", "median", "p75", "p90"].map((name) => number(one.days[name])), number(one.working_days.median)]),
});

/** @param {any} one */
function inTime(one) {
  const scales = one.timescales.map((/** @type {any} */ scale) => ({ ...scale, label: `${scale.label}, ${scale.limit}`,
    row: rowOf(null, one.start, one.stop.join(","), one.ends, one.direct, scale.limit) }));
  const late = scales.map((/** @type {any} */ scale) => `${scale.label}: ${count(scale.overdue)} still under way are past it, with them ${share(scale.with_overdue.share)} (${interval(scale.with_overdue)})`);
  return {
    title: "Within the map's timescale",
    chart: sharesChart("Share of completed within the timescale, with 95% interval", scales),
    table: sharesTable(`Of those completed. ${late.join("; ")}.`, ["Timescale", "In time", "Of completed"], scales),
  };
}

// How much work is there, and whose is it? By team: what arrived, what is on hand; and what another threshold would have sent on.

import { count, plural } from "../words.js";
import { facetLabel, linesOf } from "./rows.js";
import { briefDay, capital, monthOf, number, share } from "./say.js";

const MOVED = {
  label: "Another threshold: of those turned away, send on", first: "None",
  choices: () => [0.05, 0.1, 0.2, 0.3, 0.5].map((part) => ({ key: String(part), label: `${100 * part}%` })),
};
/** @type {import("./questions.js").Choosable} */
const TO = ["next", { label: "Send them to", first: "Assessment" }];

/** @type {import("./questions.js").Question} */
export const workload = {
  measure: "workload",
  title: "How much work is there, and whose is it?",
  gives: "Arrivals and work on hand by team; what another threshold would have sent elsewhere",
  options: ({ moved }) => [["by", { first: "Team" }], ["station", { first: "All stations" }], "bin", ["moved", MOVED], ...(moved ? [TO] : []), "from", "to"],
  asks: () => ({ bin: "month" }),
  view(answer, { ask, known }) {
    const bin = ask.bin ?? "month", groups = groupsOf(answer.rows), label = answer.by ? facetLabel(known.dataset, answer.by) : "All";
    return {
      sentence: sentenceOf(groups, bin, answer),
      parts: [onHand(groups, label, bin), along(answer.rows, bin), ...(answer.threshold ? [threshold(answer.threshold, known)] : [])],
      notes: answer.threshold ? [answer.threshold.supposes] : [],
    };
  },
};

/** @typedef {{label: string, arrived: number, left: number, perDay: number, bins: number}} Group */

/** What each group had over all its bins, the most work on hand first. @param {any[]} rows @returns {Group[]} */
function groupsOf(rows) {
  /** @type {Map<string, Group>} */ const found = new Map();
  for (const row of rows) {
    const group = found.get(row.group) ?? { label: row.group, arrived: 0, left: 0, perDay: 0, bins: 0 };
    group.arrived += row.arrived;
    group.left += row.left;
    group.perDay += row.per_day;
    group.bins++;
    found.set(row.group, group);
  }
  return [...found.values()].map((group) => ({ ...group, perDay: group.perDay / group.bins })).sort((a, b) => b.perDay - a.perDay);
}

/** @param {Group[]} groups @param {string} bin @param {any} answer */
function sentenceOf(groups, bin, { at }) {
  if (!groups.length) return "There is no work to count.";
  const all = groups.reduce((sum, group) => sum + group.perDay, 0), most = groups[0];
  return `On average ${number(all)} journeys were at work on any day (${at}), the most with ${most.label}: ${number(most.perDay)} (${share(most.perDay / all)}), to whom ${number(most.arrived / most.bins)} arrivals came a ${bin}. Counts of every journey, so there is no interval.`;
}

/** @param {Group[]} groups @param {string} label @param {string} bin */
function onHand(groups, label, bin) {
  return {
    title: `Work on hand on an average day, by ${label.toLowerCase()}`,
    instead: "There is no work.",
    chart: groups.length ? /** @type {import("../charts/bars.js").Bars} */ ({
      kind: "bars", label: "Mean number of journeys at work on a day",
      rows: groups.map((group) => ({ label: group.label, said: number(group.perDay),
        parts: [{ value: group.perDay, tone: "half", words: `${group.label}: ${number(group.perDay)} at work on an average day; ${number(group.arrived / group.bins)} arrivals and ${number(group.left / group.bins)} departures a ${bin}` }] })),
    }) : null,
    table: {
      caption: `Over all of the time. A journey has one ${label.toLowerCase()}, the first that is recorded.`, columns: [label, "At work on a day", "Arrived", "Left", `Arrived a ${bin}`],
      rows: groups.map((group) => [group.label, number(group.perDay), count(group.arrived), count(group.left), number(group.arrived / group.bins)]),
    },
  };
}

/** Everything together, bin by bin. @param {any[]} rows @param {string} bin */
function along(rows, bin) {
  /** @type {Map<string, {stock: number, arrived: number}>} */ const bins = new Map();
  for (const { start, stock, arrived } of rows) {
    const sum = bins.get(start) ?? { stock: 0, arrived: 0 };
    bins.set(start, { stock: sum.stock + stock, arrived: sum.arrived + arrived });
  }
  const at = [...bins].sort(([a], [b]) => (a < b ? -1 : 1));
  const said = (/** @type {string} */ start) => (bin === "month" ? monthOf(start) : briefDay(start));
  return {
    title: `All together, ${bin} by ${bin}`,
    instead: "There is no work.",
    chart: at.length ? linesOf({
      label: `Work on hand at the start of each ${bin}, and arrivals in it`, x: { time: true }, y: { label: "journeys", format: count },
      series: [{ label: "on hand", look: "whole", points: at.map(([start, { stock }]) => ({ x: Date.parse(start), y: stock })) },
        { label: "arrived", look: "dashed", points: at.map(([start, { arrived }]) => ({ x: Date.parse(start), y: arrived })) }],
      marks: at.map(([start, { stock, arrived }]) => ({ x: Date.parse(start), words: `${capital(said(start))}: ${count(stock)} on hand at its start, ${count(arrived)} arrived` })),
    }) : null,
    table: { caption: "All groups together.", columns: [capital(bin), "On hand at its start", "Arrived"], rows: at.map(([start, { stock, arrived }]) => [said(start), count(stock), count(arrived)]) },
  };
}

/** @param {any} threshold @param {import("./questions.js").Known} known */
function threshold({ at, away, to, share: part, moved, a_year: year, rows }, { dataset }) {
  const label = (/** @type {string} */ id) => dataset.stations.find((place) => place.id === id)?.label ?? id;
  const more = rows.map((/** @type {any} */ one) => ({
    label: label(one.station), arrivals: one.more_arrivals - one.less_arrivals, stock: one.more_stock - one.less_stock,
    days: one.more_child_days - one.less_child_days,
  })).filter((/** @type {any} */ one) => Math.abs(one.arrivals) >= 0.05);
  return {
    title: `Had ${100 * part}% of those from ${at} to ${away} gone to ${to}`,
    instead: "Nobody would have gone elsewhere.",
    chart: more.length ? /** @type {import("../charts/bars.js").Bars} */ ({
      kind: "bars", label: "More arrivals at each station, as supposed",
      rows: more.filter((/** @type {any} */ one) => one.arrivals > 0).map((/** @type {any} */ one) => ({ label: one.label, said: `+${number(one.arrivals)}`,
        parts: [{ value: one.arrivals, tone: "pale", words: `${one.label}: ${number(one.arrivals)} more arrivals, ${number(one.days)} more child-days, ${number(one.stock)} more at work on a day` }] })),
    }) : null,
    table: {
      caption: `${plural(Math.round(moved), "journey")} moved, ${number(year)} a year: a supposition, not a forecast.`, columns: ["Station", "More arrivals", "More child-days", "More at work on a day"],
      rows: more.map((/** @type {any} */ one) => [one.label, number(one.arrivals), number(one.days), number(one.stock)]),
    },
  };
}

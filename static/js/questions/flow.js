// How much comes in, and how much goes out? Stock, arrivals and exits by day, week or month.

import { count } from "../words.js";
import { linesOf, rowOf } from "./rows.js";
import { briefDay, capital, monthOf, number } from "./say.js";

/** @type {import("./questions.js").Question} */
export const flow = {
  measure: "flow",
  title: "How much comes in and goes out?",
  gives: "Journeys begun and ended, and how many are open, by day, week or month",
  options: ["bin"],
  asks: () => ({ bin: "month" }),
  view({ bins }, { ask, known }) {
    const bin = ask.bin ?? "week";
    return { sentence: sentenceOf(bins, bin), parts: [stock(bins, bin, known), through(bins, bin, known)] };
  },
};

/** The bin in words: "the week of 4 Jan 2016". @param {string} start @param {string} bin */
const saidBin = (start, bin) => (bin === "month" ? monthOf(start) : bin === "week" ? `week of ${briefDay(start)}` : briefDay(start));

/** The last bin of the data is rarely whole: it is no lowest and no last figure. @param {any[]} bins @param {string} bin */
function sentenceOf(bins, bin) {
  if (!bins.some((one) => one.stock || one.arrivals)) return "There is no journey to count.";
  const sum = (/** @type {string} */ name) => bins.reduce((total, one) => total + one[name], 0);
  const most = bins.reduce((a, b) => (b.stock > a.stock ? b : a));
  const arrivals = sum("arrivals"), exits = sum("exits");
  return `${count(arrivals)} journeys began and ${count(exits)} ended, ${number(arrivals / bins.length)} and ${number(exits / bins.length)} a ${bin} on average; most were open at the start of ${bin === "month" ? "" : "the "}${saidBin(most.start, bin)} (${count(most.stock)}). These are counts of every journey, so they have no interval.`;
}

/** @param {import("./questions.js").Known} known */
const bandsOf = ({ periods }) => periods().filter(({ kind }) => kind === "inspection" || kind === "data")
  .map(({ label, kind, from, to }) => ({ label, kind, from: Date.parse(from), to: Date.parse(to) + 864e5 }));

/** @param {any[]} bins @param {string} bin @param {import("./questions.js").Known} known */
function stock(bins, bin, known) {
  return {
    title: `Open at the start of each ${bin}`,
    instead: "There is nothing to draw.",
    chart: bins.length ? linesOf({
      label: `Journeys open at the start of each ${bin}`,
      x: { time: true }, y: { label: "journeys open", format: count }, bands: bandsOf(known),
      series: [{ label: "open", look: "whole", points: bins.map((one) => ({ x: Date.parse(one.start), y: one.stock })) }],
      marks: bins.map((one) => ({ x: Date.parse(one.start), words: `${capital(saidBin(one.start, bin))}: ${count(one.stock)} open at its start`, row: rowOf(one.start), count: "stock" })),
    }) : null,
    table: tableOf(bins, bin),
  };
}

/** @param {any[]} bins @param {string} bin @param {import("./questions.js").Known} known */
function through(bins, bin, known) {
  const series = (/** @type {string} */ label, /** @type {string} */ name, /** @type {"whole" | "dashed"} */ look) =>
    ({ label, look, points: bins.map((one) => ({ x: Date.parse(one.start), y: one[name] })) });
  return {
    title: `Begun and ended in each ${bin}`,
    instead: "There is nothing to draw.",
    chart: bins.length ? linesOf({
      label: `Journeys begun and ended in each ${bin}`,
      x: { time: true }, y: { label: `journeys a ${bin}`, format: count }, bands: bandsOf(known),
      series: [series("begun", "arrivals", "whole"), series("ended", "exits", "dashed")],
      marks: bins.map((one) => ({
        x: Date.parse(one.start), words: `${capital(saidBin(one.start, bin))}: ${count(one.arrivals)} begun, ${count(one.exits)} ended`, row: rowOf(one.start), count: "arrivals",
      })),
    }) : null,
    table: null,
  };
}

/** @param {any[]} bins @param {string} bin */
const tableOf = (bins, bin) => ({
  caption: `Journeys, ${bin} by ${bin}; the first and the last may not be whole.`,
  columns: [capital(bin), "Open at its start", "Begun", "Ended"],
  rows: bins.map((one) => [saidBin(one.start, bin).replace(/^week of /, ""), ...["stock", "arrivals", "exits"].map((name) => ({ text: count(one[name]), row: rowOf(one.start), count: name }))]),
});

// Who goes on, and who is lost on the way? Chains of stations with what became of those who reached each.

import { count, plural } from "../words.js";
import { rowOf } from "./rows.js";
import { interval, number, period, share, whole } from "./say.js";

/** What became of those who reached a station, in the order of the bars. @type {[string, import("../charts/bars.js").Tone, string][]} */
const BECAME = [["went_on", "full", "went on"], ["nfa", "half", "no further action"], ["ended", "pale", "other exit"], ["under_way", "empty", "under way"]];

/** @type {import("./questions.js").Question} */
export const conversion = {
  measure: "conversion",
  title: "Who goes on, and who is lost on the way?",
  gives: "Of those who reach a station, how many reach the next, and how many end in no further action",
  options: [["start", { label: "From", first: "The two chains" }], ["stop", { label: "To", first: "Choose one" }], "window", "from", "to"],
  asks: () => ({ window: "182" }),
  view: (answer) => ({
    sentence: answer.chains.map((/** @type {any} */ chain) => sentenceOf(chain, answer)).join(" ") || "No chain of stations can be followed on this map.",
    period: answer.period,
    parts: answer.chains.map((/** @type {any} */ chain) => chainPart(chain, answer)),
    notes: answer.chains.filter((/** @type {any} */ chain) => chain.recent).map((/** @type {any} */ chain) =>
      `${chain.steps[0].label}: ${plural(chain.recent, "journey")} too recent to have had ${answer.window_days} days; ${count(chain.recent_reached)} of them got there already.`),
  }),
};

/** @param {any} chain @param {any} answer */
function sentenceOf({ reached_last: last, steps }, { period: within, window_days: window }) {
  const first = steps[0].label, end = steps.at(-1).label;
  if (!last.of) return `No journey reached ${first} from ${period(within)} with ${window} days of data after that.`;
  const lost = steps.slice(0, -1).reduce((/** @type {any} */ a, /** @type {any} */ b) => ((b.nfa?.share ?? 0) > (a.nfa?.share ?? 0) ? b : a));
  const where = lost.nfa?.count ? ` The largest part lost to no further action is at ${lost.label}: ${share(lost.nfa.share)} (${count(lost.nfa.count)} of ${count(lost.nfa.of)}; 95% interval ${interval(lost.nfa)})${lost.median_days_to_nfa === null ? "" : `, half of them within ${number(lost.median_days_to_nfa)} days`}.` : "";
  return `Of journeys that reached ${first} from ${period(within)}, with ${window} days of data after that, ${whole(last)} went all the way to ${end}.${where}`;
}

/** @param {any} step @param {string} name */
const countOf = (step, name) => (typeof step[name] === "number" ? step[name] : step[name]?.count ?? 0);

/** @param {any} chain @param {any} answer */
function chainPart({ label, steps }, { window_days: window }) {
  const rows = steps.map((/** @type {any} */ step, /** @type {number} */ i) => {
    const row = rowOf(label, step.label, step.stations.join(","));
    const last = i === steps.length - 1;
    const parts = last ? [{ value: step.reached, tone: /** @type {const} */ ("full"), words: `${step.label}: ${count(step.reached)} reached it`, row, count: "reached" }]
      : BECAME.map(([name, tone, said]) => ({
        value: countOf(step, name), tone, row, count: name,
        words: `${step.label}: ${count(countOf(step, name))} of ${count(step.reached)} ${said}${step[name]?.share === undefined || step[name]?.share === null ? "" : `, ${share(step[name].share)}, 95% interval ${interval(step[name])}`}`,
      }));
    return { label: step.label, said: count(step.reached), parts };
  });
  return {
    title: label,
    instead: "Nobody reached the first station.",
    chart: steps[0].reached ? /** @type {import("../charts/bars.js").Bars} */ ({
      kind: "bars", label: `${label}: those who reached each station, and what became of them within ${window} days of the first`, rows,
      keys: BECAME.map(([, tone, said]) => ({ tone, label: said })),
    }) : null,
    table: {
      caption: `Of those who reach a station: the next step, within ${window} days of the first.`,
      columns: ["Station", "Reached", "Went on", "Share", "95% interval", "No further action", "Share", "Other exit", "Under way", "Median days to next", "to NFA"],
      rows: steps.map((/** @type {any} */ step) => {
        const row = rowOf(label, step.label, step.stations.join(","));
        const cell = (/** @type {string} */ name) => ({ text: count(countOf(step, name)), row, count: name });
        return [step.label, { text: count(step.reached), row, count: "reached" }, cell("went_on"), share(step.went_on?.share), step.went_on ? interval(step.went_on) || "–" : "–",
          cell("nfa"), share(step.nfa?.share), cell("ended"), cell("under_way"), number(step.median_days_to_next), number(step.median_days_to_nfa)];
      }),
    },
  };
}

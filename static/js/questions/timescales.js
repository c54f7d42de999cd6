// Are we in time? Each timescale of the map, kept or not, and who runs late now, those longest first.

import { count, plural } from "../words.js";
import { rowOf, sharesChart, sharesTable } from "./rows.js";
import { briefDay, interval, listed, period, share } from "./say.js";

/** @type {import("./questions.js").Question} */
export const timescales = {
  measure: "timescales",
  title: "Are we in time?",
  gives: "The share within each timescale of the map, and who is near or past one now",
  options: ["from", "to"],
  view(answer, { known }) {
    const label = (/** @type {string} */ id) => known.dataset.stations.find((place) => place.id === id)?.label ?? id;
    return { sentence: sentenceOf(answer), period: answer.period, parts: [kept(answer), drift(answer, label)] };
  },
};

/** How many timescales are in the sentence: those of most. */
const SAID = 3;

/** @param {any} answer */
function sentenceOf({ timescales: all, period: within, late }) {
  const some = all.filter((/** @type {any} */ one) => one.of);
  if (!some.length) return `No clock of a timescale that began from ${period(within)} has stopped, so no share can be said.`;
  const commonest = [...some].sort((a, b) => b.of - a.of).slice(0, SAID), others = some.length > SAID ? " (the others are below)" : "";
  const said = commonest.map((/** @type {any} */ one) => `${one.label.toLowerCase()} ${share(one.share)} within ${one.limit} (${count(one.count)} of ${count(one.of)}; 95% interval ${interval(one)})`);
  return `Of those begun from ${period(within)} and completed: ${listed(said)}${others}. Near or past a timescale at the end of the data: ${count(late)}.`;
}

/** @param {any} answer */
function kept({ timescales: all }) {
  const named = all.map((/** @type {any} */ one) => ({ ...one, label: `${one.label}, ${one.limit}`, row: rowOf("timescale", one.id, one.label, one.limit, null) }));
  const shares = sharesTable("Completed within each timescale. Source of each limit: the map file.", ["Timescale", "In time", "Of completed"], named);
  return {
    title: "Completed in time",
    instead: "The map has no timescale.",
    chart: named.length ? sharesChart("Share completed within each timescale, with 95% intervals", named) : null,
    table: {
      ...shares, columns: [...shares.columns, "Under way, late", "Under way, in time"],
      rows: shares.rows.map((cells, i) => [...cells, { text: count(named[i].overdue), row: named[i].row, count: "overdue" }, { text: count(named[i].not_due), row: named[i].row, count: "not_due" }]),
    },
  };
}

/** How many of those late are shown; the file has all. */
const SHOWN = 50;

/** @param {any} answer @param {(id: string) => string} label */
function drift({ drift: several, late, timescales: all, at }, label) {
  const scale = new Map(all.map((/** @type {any} */ one) => [one.id, one.label]));
  /** @param {any} one @param {number} value @param {import("../charts/bars.js").Tone} tone @param {string} how */
  const part = (one, value, tone, how) => ({ value, tone, words: `${one.label}: ${count(value)} ${how}, of ${count(one.running)} whose clock runs` });
  const rows = all.filter((/** @type {any} */ one) => one.running).map((/** @type {any} */ one) => ({
    label: one.label, said: `${count(one.past)} past, ${count(one.near)} near`,
    parts: [part(one, one.past, "full", "past the limit"), part(one, one.near, "half", "near the limit"),
      part(one, one.running - one.past - one.near, "empty", "with time to go")],
  }));
  return {
    title: `Near or past their time on ${briefDay(at)}`,
    instead: "No clock runs.",
    chart: rows.length ? /** @type {import("../charts/bars.js").Bars} */ ({
      kind: "bars", label: "Journeys whose clock runs: past the limit, near it, with time to go", rows,
      keys: [{ tone: "full", label: "past" }, { tone: "half", label: "near" }, { tone: "empty", label: "time to go" }],
    }) : null,
    table: {
      caption: `${plural(late, "clock")} near or past the limit, those that have run longest first${several.length > SHOWN ? `; the first ${SHOWN} here, more in the file` : ""}.`,
      columns: ["Timescale", "At", "Since", "Due", "Working days over", "Child"],
      rows: several.slice(0, SHOWN).map((/** @type {any} */ one) => [
        scale.get(one.timescale) ?? one.timescale, label(one.station), briefDay(one.since), briefDay(one.due), one.state === "past" ? count(one.working_days_over) : "near",
        { text: "journeys", child: one.child },
      ]),
    },
  };
}

// How long do they stay in care, and what does the court decide? The leaving-care curve, orders, status and return to court.

import { count, plural } from "../words.js";
import { linesOf, rowOf, sharesChart, sharesTable, stepsOf } from "./rows.js";
import { capital, interval, number, share, whole, wholeShare } from "./say.js";

const WEEK = 7;
/** Curves that can be told apart by their look; of more groups the largest are drawn, all are in the table. */
const LOOKS = /** @type {const} */ (["whole", "dashed", "dotted", "thin"]);

/** @type {import("./questions.js").Question} */
export const care = {
  measure: "care",
  title: "How long do they stay in care, and what does the court decide?",
  gives: "The share still in care by weeks, orders made, proceedings against 26 weeks, return to court",
  options: [["align", { label: "Weeks from" }], ["by", { first: "With and without proceedings" }], "population", "from", "to"],
  asks: () => ({ align: "entry" }),
  view: ({ leaving, court, notes }) => ({
    sentence: [leaving ? inCare(leaving) : "", court ? decided(court) : ""].filter(Boolean).join(" ") || "This dataset holds no care and no court.",
    parts: [...(leaving ? [curve(leaving)] : []), ...(court ? [orders(court), across(court), returns(court)] : [])],
    notes: [...notes, ...(leaving?.left_out ? [`${plural(leaving.left_out, "period")} of care begun while open cases were entered are left out.`] : [])],
  }),
};

/** @param {any} leaving */
function inCare({ groups, start }) {
  const all = groups[0];
  if (!all?.spells) return "No period of care began in this time.";
  const year = all.points.find((/** @type {any} */ point) => point.weeks === 52);
  const half = all.median_weeks === null ? "More than half still go on when the data end" : `Half of ${plural(all.spells, "period")} of care last up to ${number(all.median_weeks)} weeks from ${start}`;
  return `${half}${year && year.left !== null ? `; after a year ${share(year.left)} (95% interval ${interval(year)}; ${count(year.at_risk)} still watched then) are still in care` : ""}.`;
}

/** @param {any} court */
function decided({ applications, concluded, unit, within_26_weeks: within, median_weeks: median }) {
  if (!applications) return "No application was made to the court in this time.";
  const time = within.of ? ` Within 26 weeks: ${whole(within)}${median === null ? "" : `, half up to ${number(median)} weeks`}.` : "";
  return `Of ${plural(applications, "application")} (${unit}), ${count(concluded)} are concluded.${time}`;
}

/** @param {any} leaving */
function curve({ groups, start }) {
  const largest = [...groups].filter((one) => one.spells).sort((a, b) => b.spells - a.spells).slice(0, LOOKS.length);
  const drawn = groups.filter((/** @type {any} */ one) => largest.includes(one)); // in their own order, so that each keeps its look
  /** @type {{weeks: number, at_risk: number}[]} */ const points = drawn.flatMap((/** @type {any} */ one) => one.points);
  const to = Math.max(4, ...points.filter((point) => point.at_risk > 0).map((point) => point.weeks));
  const weeks = [...new Set(points.map((point) => point.weeks))].filter((week) => week <= to).sort((a, b) => a - b);
  const at = (/** @type {any} */ one, /** @type {number} */ week) => one.points.find((/** @type {any} */ point) => point.weeks === week);
  const said = (/** @type {any} */ one, /** @type {number} */ week) => `${one.group} ${share(at(one, week)?.left)} of ${count(at(one, week)?.at_risk ?? 0)} still watched`;
  return {
    title: `Still in care, by weeks from ${start}`,
    instead: "No period of care began in this time.",
    chart: drawn.length ? linesOf({
      label: `Share still in care by weeks from ${start}, with the 95% interval of the largest group and numbers still watched`,
      x: { time: false, label: `weeks from ${start}`, from: 0, to }, y: { label: "still in care", format: wholeShare },
      series: drawn.map((/** @type {any} */ one, /** @type {number} */ i) => ({ label: one.group, look: LOOKS[i], steps: true,
        points: stepsOf(one.curve, "alone", { ...(i ? {} : { low: "low", high: "high" }), unit: WEEK, begin: 1, less: true, until: to }) })),
      marks: weeks.map((week) => ({ x: week, words: `After ${plural(week, "week")}: ${drawn.map((/** @type {any} */ one) => said(one, week)).join("; ")}` })),
      below: drawn.map((/** @type {any} */ one) => ({ label: `still watched, ${one.group}`, at: one.points.filter((/** @type {any} */ point) => point.weeks <= to)
        .map((/** @type {any} */ point) => ({ x: point.weeks, said: count(point.at_risk) })) })),
    }) : null,
    table: {
      caption: "Share still in care (Kaplan–Meier); periods that go on are censored at the end of the data.", columns: ["Group", "Weeks", "Still in care", "95% interval", "Still watched"],
      rows: groups.flatMap((/** @type {any} */ one) => one.points.map((/** @type {any} */ point) => [capital(one.group), count(point.weeks), share(point.left), interval(point) || "–",
        { text: count(point.at_risk), row: rowOf("in care", one.group, point.weeks), count: "of" }])),
    },
  };
}

/** @param {any} court */
function orders({ outcomes, concluded, unit }) {
  const named = outcomes.map((/** @type {any} */ one) => ({ ...one, label: one.outcome, row: rowOf("order", one.outcome, null) }));
  const rates = outcomes.some((/** @type {any} */ one) => one.rate !== null);
  const shares = sharesTable(`Of ${plural(concluded, "concluded case")} (${unit}). Several orders of one case are told as one by a table that is our reading of the sector's.`, ["Orders", "Cases", "Of concluded"], named);
  return {
    title: "What concluded cases led to",
    instead: "No case is concluded.",
    chart: concluded ? sharesChart("Orders made in concluded cases, with 95% intervals", named) : null,
    table: rates ? { ...shares, columns: [...shares.columns, "A year per 10,000 children"], rows: shares.rows.map((cells, i) => [...cells, number(outcomes[i].rate)]) } : shares,
  };
}

/** @param {any} court */
function across({ in_care: several, concluded }) {
  const named = several.map((/** @type {any} */ one) => ({ ...one, label: capital(one.in_care), row: undefined }));
  return {
    title: "In care across proceedings",
    instead: "No case is concluded.",
    chart: concluded ? sharesChart("In care never, sometimes or throughout proceedings, with 95% intervals", named) : null,
    table: sharesTable("At the application, half-way and on the eve of the final order.", ["In care", "Cases", "Of concluded"], named),
  };
}

/** @param {any} court */
function returns({ returns: several }) {
  const at = (/** @type {any} */ one, /** @type {number} */ years) => one.within_years[years];
  return {
    title: "Back in court after an order",
    chart: null,
    table: {
      caption: "Another application for the child after the order (Kaplan–Meier), where anyone was watched so long.",
      columns: ["After", "Orders", "Back so far", "Within 1 year", "2 years", "3 years", "5 years"],
      rows: several.map((/** @type {any} */ one) => [one.outcome, count(one.orders), count(one.returned),
        ...[1, 2, 3, 5].map((years) => (at(one, years) ? `${share(at(one, years).share)}${interval(at(one, years)) ? ` (${interval(at(one, years))})` : ""}` : "–"))]),
    },
  };
}

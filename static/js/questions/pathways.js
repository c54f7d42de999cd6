// Which ways do they go? The commonest, a pattern that is looked for, a Sankey, referred again without a plan, similar lives.

import { count, plural } from "../words.js";
import { rowOf, sharesChart, sharesTable } from "./rows.js";
import { number, share, whole } from "./say.js";

/** How many ways are drawn; the table has all that the answer lists. */
const DRAWN = 15;

/** @type {import("./questions.js").Question} */
export const pathways = {
  measure: "pathways",
  title: "Which ways do they go?",
  gives: "The commonest ways, any pattern such as contact > * > s47 > nfa, a Sankey, groups of similar lives",
  options: ({ show, pattern }) => ["show", ...(show === "sankey" ? ["stages"] : []), "pattern", ...(pattern || show === "groups" ? ["scope"] : []), "from", "to"],
  asks: () => ({ show: "ways" }),
  view(answer) {
    const { search, ways, returning, sankey, groups } = answer;
    const shown = ways ? { ...waysOf(ways) } : returning ? returningOf(returning) : sankey ? sankeyOf(sankey) : groups ? groupsOf(groups) : null;
    return {
      sentence: [search ? found(search) : "", shown?.sentence ?? ""].filter(Boolean).join(" ") || "There is no way to show.",
      parts: [...(search ? [patternOf(search)] : []), ...(shown ? [shown.part] : [])], notes: [...answer.notes, ...(shown?.notes ?? [])],
    };
  },
};

/** @param {any} search */
function found({ pattern, scope, children, median_days: median, ...figure }) {
  if (!figure.of) return `“${pattern}”: there is no ${scope} to look in.`;
  return `“${pattern}” is the way of ${whole(/** @type {any} */ (figure))} ${scope === "child" ? "children" : "journeys"}${scope === "child" ? "" : `, of ${plural(children, "child", "children")}`}${median === null ? "" : `; from its first event to its last half take up to ${number(median)} days`}.`;
}

/** @param {any} search */
function patternOf(search) {
  const named = [{ ...search, label: search.pattern, row: rowOf("pattern", search.pattern, null) }];
  return {
    title: "The pattern",
    instead: "There is nothing to look in.",
    chart: search.of ? sharesChart(`Share with the pattern ${search.pattern}, with 95% interval`, named) : null,
    table: sharesTable("Those that the pattern is found in.", ["Pattern", "Found in", search.scope === "child" ? "Of children" : "Of journeys"], named),
  };
}

/** @param {any} ways */
function waysOf({ journeys, distinct, rest, ways }) {
  const first = ways[0];
  const row = (/** @type {any} */ way) => rowOf("way", way.path, way.labels);
  return {
    sentence: first ? `Of ${plural(journeys, "journey")}, the commonest of ${plural(distinct, "way")} is ${first.labels}: ${share(first.share)} (${count(first.count)} of ${count(journeys)}), half of those that are over within ${number(first.median_days)} days. Counts of every journey, so there is no interval.`
      : "No journey began in this time.",
    notes: rest ? [`${plural(rest, "journey")} of rarer ways ${rest === 1 ? "is" : "are"} not listed.`] : [],
    part: {
      title: `The ${Math.min(DRAWN, ways.length)} commonest ways`,
      instead: "There is no way.",
      chart: ways.length ? /** @type {import("../charts/bars.js").Bars} */ ({
        kind: "bars", label: "Journeys by the way they went, commonest first",
        rows: ways.slice(0, DRAWN).map((/** @type {any} */ way) => ({
          label: way.labels, said: `${count(way.count)} · ${share(way.share)}`,
          parts: [{ value: way.count, tone: "half", row: row(way), count: "count", words: `${way.labels}: ${plural(way.count, "journey")} of ${plural(way.children, "child", "children")}, ${share(way.share)} of ${count(journeys)}; ${count(way.open)} open` }],
        })),
      }) : null,
      table: {
        caption: "A station directly after itself counts once.", columns: ["Way", "Journeys", "Share", "Children", "Open", "Median days"],
        rows: ways.map((/** @type {any} */ way) => [way.labels, { text: count(way.count), row: row(way), count: "count" }, share(way.share), { text: count(way.children), row: row(way), count: "children" },
          { text: count(way.open), row: row(way), count: "open" }, number(way.median_days)]),
      },
    },
  };
}

/** @param {any} returning */
function returningOf({ asked, groups, least }) {
  const named = groups.map((/** @type {any} */ one) => ({ ...one, label: `${one.referrals} referral${one.referrals === "1" ? "" : "s"}`, row: rowOf("never further", `${one.referrals} referrals`, null) }));
  return {
    sentence: asked.of ? `Of children referred ${least} times or more in this time, ${whole(asked)} were never on a plan, before a court or in care in it.` : `No child was referred ${least} times or more in this time.`,
    notes: [],
    part: {
      title: "Never further than enquiry or assessment, by referrals",
      instead: "No child was referred.",
      chart: named.some((/** @type {any} */ one) => one.of) ? sharesChart("Share of children never on a plan, before a court or in care, by referrals, with 95% intervals", named) : null,
      table: sharesTable("Children by the number of their referrals in the time; what came before or after is not looked at.", ["Referrals", "Never further", "Of children"], named),
    },
  };
}

/** @param {any} sankey */
function sankeyOf({ journeys, beyond, nodes, links, note }) {
  const stage = (/** @type {any} */ one) => `${one.label}, step ${one.step + 1}`;
  const named = links.map((/** @type {any} */ link) => {
    const from = nodes[link.source], to = nodes[link.target];
    return { ...link, from, to, row: rowOf(`step ${from.step + 1}`, `${from.id} > ${to.id}`, `${from.label} → ${to.label}`) };
  });
  return {
    sentence: journeys ? `${plural(journeys, "journey")}, step by step; ${count(beyond)} go on after the last step. Counts of every journey, so there is no interval.` : "No journey began in this time.",
    notes: [note, "Where the chart has no room for every step, the table has them all."].filter(Boolean),
    part: {
      title: "From step to step",
      instead: "There is no step.",
      chart: nodes.length ? /** @type {import("../charts/sankey.js").Sankey} */ ({
        kind: "sankey", label: "Journeys from step to step",
        nodes: nodes.map((/** @type {any} */ one) => ({ step: one.step, label: one.label, value: one.count, words: `${stage(one)}: ${plural(one.count, "journey")}` })),
        links: named.map((/** @type {any} */ link) => ({ source: link.source, target: link.target, value: link.count, row: link.row, count: "count",
          words: `${stage(link.from)} to ${link.to.label}: ${plural(link.count, "journey")}, ${share(link.count / link.from.count)} of ${count(link.from.count)}` })),
      }) : null,
      table: {
        caption: "Each step.", columns: ["From", "To", "Step", "Journeys", "Of those there", "Share"],
        rows: named.map((/** @type {any} */ link) => [link.from.label, link.to.label, String(link.from.step + 1), { text: count(link.count), row: link.row, count: "count" },
          { text: count(link.from.count), row: link.row, count: "of" }, share(link.count / link.from.count)]),
      },
    },
  };
}

/** @param {any} groups */
function groupsOf({ of, total, apart, cut, groups }) {
  const row = (/** @type {any} */ one) => rowOf("group", one.typical, one.labels);
  const who = of === "child" ? "children" : "journeys";
  return {
    sentence: groups.length ? `${count(total)} ${who} in ${plural(groups.length, "group")} of similar lives; the largest, ${share(groups[0].share)} (${count(groups[0].count)} of ${count(total)}), is typically: ${groups[0].labels}. How well they part: ${number(apart)} of 1${apart !== null && apart < 0.25 ? ", so do not read much into them" : ""}.`
      : `There are no ${who} to group.`,
    notes: ["Groups are a way to read, not kinds of child.", ...(cut ? [`${count(cut)} were longer than the 16 events that are compared.`] : [])],
    part: {
      title: `Groups of similar ${of === "child" ? "lives" : "journeys"}, each by its typical one`,
      instead: "There is no group.",
      chart: groups.length ? /** @type {import("../charts/bars.js").Bars} */ ({
        kind: "bars", label: `Groups of similar ${who}, each by its typical way`,
        rows: groups.map((/** @type {any} */ one) => ({ label: one.labels, said: `${count(one.count)} · ${share(one.share)}`,
          parts: [{ value: one.count, tone: "half", row: row(one), count: "count", words: `${one.labels}: ${count(one.count)} ${who}, ${share(one.share)}; ${plural(one.ways, "way")}` }] })),
      }) : null,
      table: {
        caption: "Distance: 0 is the same way, 1 has nothing in common.", columns: ["Typical way", "Count", "Share", "Ways", "Mean distance"],
        rows: groups.map((/** @type {any} */ one) => [one.labels, { text: count(one.count), row: row(one), count: "count" }, share(one.share), count(one.ways), one.distance.toFixed(2)]),
      },
    },
  };
}

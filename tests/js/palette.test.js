// Colours: every journey has one class, and classes can be told apart by everyone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { channels } from "../../static/js/colours.js";
import { keeps, parse } from "../../static/js/cohort.js";
import { classesFor, colourOptions, palettes } from "../../static/js/palette.js";
import { FIRST_CLASS, OTHER, journeyTints } from "../../static/js/tints.js";

const facets = /** @type {import("../../static/js/types.js").Facet[]} */ ([
  {
    key: "visit",
    label: "Visit",
    kind: "number",
    of: "journey",
    bands: [
      [0, 0, "first"],
      [1, 1, "second"],
      [2, 2, "third"],
      [3, null, "fourth or later"],
    ],
  },
  {
    key: "age",
    label: "Age",
    kind: "number",
    of: "journey",
    bands: [
      [-1, -1, "unborn"],
      [0, 0, "under 1"],
      [1, 4, "1–4"],
      [5, 9, "5–9"],
      [10, 15, "10–15"],
      [16, 17, "16–17"],
      [18, null, "18 and over"],
    ],
  },
  {
    key: "year",
    label: "Year",
    kind: "number",
    of: "journey",
    bands: Array.from({ length: 15 }, (_, i) => [2005 + i, 2005 + i, `${2005 + i}`]),
  },
  { key: "sex", label: "Sex", kind: "category", of: "child", values: ["F", "M", "not recorded"], counts: [5, 4, 1] },
  {
    key: "source",
    label: "Source",
    kind: "category",
    of: "journey",
    values: ["Police", "Health, other", "c", "d", "e", "f", "g", "h", "i", "other values"],
    counts: [9, 8, 7, 6, 5, 4, 3, 2, 1, 1],
  },
  { key: "one", label: "One", kind: "category", of: "journey", values: ["all"] },
]);
const dataset = { facets, timescales: [{}] };

test("colour goes by visit first, then by time against limits, then by every facet with a choice", () => {
  assert.deepEqual(
    colourOptions(dataset).map(({ key }) => key),
    ["visit", "timescale", "age", "year", "sex", "source"],
  );
});

test("every value has exactly one class, and choosing a class in the legend keeps just its journeys", () => {
  for (const facet of facets) {
    const classes = classesFor(facet.key, dataset, "light");
    assert.ok(classes.length <= 13 && new Set(classes.map(({ label }) => label)).size === classes.length);
    const values =
      facet.kind === "category"
        ? (facet.values ?? []).map((_, code) => code)
        : Array.from({ length: 40 }, (_, i) => (facet.key === "year" ? 2005 + (i % 15) : (i % 22) - (facet.key === "age" ? 1 : 0)));
    const tints = journeyTints(/** @type {any} */ ({ value: values }), classes, values.length);
    assert.ok(!tints.includes(OTHER));
    classes.forEach(({ cohort }, c) => {
      if (cohort === undefined) return;
      const { terms } = parse(`${facet.key}=${cohort}`, facets);
      values.forEach((value, i) => assert.equal(keeps(terms[0], value), tints[i] === FIRST_CLASS + c));
    });
  }
});

/** Machado, Oliveira and Fernandes 2009, severity 1, on linear light. */
const VISION = {
  everyone: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Oklab (Ottosson 2020) of a colour as seen. @param {string} hex @param {number[][]} matrix @returns {number[]} */
function seen(hex, matrix) {
  const linear = channels(hex).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  const [r, g, b] = matrix.map((row) => Math.min(1, Math.max(0, row[0] * linear[0] + row[1] * linear[1] + row[2] * linear[2])));
  const [l, m, s] = [
    0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b,
    0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b,
    0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b,
  ].map(Math.cbrt);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** The nearest two of some colours. @param {string[]} colours @param {number[][]} matrix */
function nearest(colours, matrix) {
  let least = Infinity,
    pair = "";
  colours.forEach((a, i) =>
    colours.slice(i + 1).forEach((b) => {
      const distance = Math.hypot(...seen(a, matrix).map((v, k) => v - seen(b, matrix)[k]));
      if (distance < least) {
        least = distance;
        pair = `${a} ${b}`;
      }
    }),
  );
  return { least, pair };
}

for (const theme of /** @type {const} */ (["light", "dark"])) {
  const p = palettes[theme];
  for (const [vision, matrix] of Object.entries(VISION)) {
    test(`${theme} palettes can be told apart with ${vision === "everyone" ? "full colour vision" : vision}`, () => {
      // 0.02 is about the least difference that is seen side by side; dots are small, so several times that
      for (const [name, colours, enough] of /** @type {[string, string[], number][]} */ ([
        ["visit", p.visit, 0.08],
        ["ordered", p.ordered, 0.055],
        ["unordered", p.unordered, 0.055],
        ["timescale", [p.ontime, p.near, p.overdue, p.other], 0.08],
      ])) {
        const { least, pair } = nearest(colours, matrix);
        assert.ok(least >= enough, `${name}: ${pair} are ${least.toFixed(3)} apart`);
      }
    });
  }
}

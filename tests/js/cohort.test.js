// The browser's filter against the cases that flowmap/cohort.py is tested with.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { CohortError, escapeValue, keeps, parse } from "../../static/js/cohort.js";
import { MISSING } from "../../static/js/facets.js";

const { facets, table, cases, errors } = JSON.parse(readFileSync(new URL("../cohort_cases.json", import.meta.url), "utf8"));

/** Rows of the cases' little table that a filter keeps. @param {import("../../static/js/cohort.js").Term[]} terms */
function matches(terms) {
  return table.rows.flatMap((/** @type {any[]} */ row, /** @type {number} */ i) =>
    terms.every((term) => {
      const cell = row[table.columns.indexOf(term.facet.key)];
      return keeps(term, term.facet.kind === "category" ? (term.facet.values ?? []).indexOf(cell) : (cell ?? MISSING));
    })
      ? [i]
      : [],
  );
}

for (const { query, canonical, sentence, matches: rows } of cases) {
  test(`"${query}" keeps the rows and says the sentence of its case`, () => {
    const cohort = parse(query, facets);
    assert.equal(cohort.canonical(), canonical);
    assert.equal(cohort.sentence(), sentence);
    assert.deepEqual(matches(cohort.terms), rows);
    assert.equal(parse(canonical, facets).canonical(), canonical);
  });
}

for (const { query, key, message } of errors) {
  test(`"${query}" is refused with its key and a remedy`, () => {
    assert.throws(
      () => parse(query, facets),
      (error) => error instanceof CohortError && error.key === key && error.message === message,
    );
  });
}

test("a value with signs that mean something in a filter is found again once escaped", () => {
  for (const value of ["a,b & c=d", "50% (or more)!", "naïve+", "it's*"]) {
    const facet = /** @type {import("../../static/js/types.js").Facet} */ ({
      key: "x",
      label: "X",
      kind: "category",
      of: "journey",
      values: ["other", value],
    });
    assert.deepEqual(parse(`x=${escapeValue(value)}`, [facet]).terms[0].codes, [1]);
  }
});

// Wire tables decoded, against a slow decoder that knows nothing of the fast one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decode } from "../../static/js/transitions.js";
import { makeDataset } from "./made.js";

test("two journeys of one child, worked by hand", () => {
  const { journeys, moves } = decode(
    { after: [100, 50, 0], back: [0, 0, 2], moves: [2, 0, 1], first: [0, 1, 0], open: [0, 1, 0] },
    { route: [0, 1, 2], wait: [10, 0, 30] },
    [
      { from: 0, to: 1 },
      { from: 1, to: 3 },
      { from: 0, to: 3 },
    ],
  );
  assert.deepEqual([...journeys.start], [100, 150, 150]);
  assert.deepEqual([...journeys.end], [110, 150, 180]);
  assert.deepEqual([...journeys.visit], [0, 0, 1]);
  assert.deepEqual([...journeys.child], [0, 1, 0]);
  assert.deepEqual([...journeys.last], [3, 1, 3]);
  assert.deepEqual([...moves.depart], [100, 110, 150]);
  assert.deepEqual([...moves.arrive], [110, 110, 180]);
  assert.deepEqual([...moves.journey], [0, 0, 2]);
});

test("tables that do not belong together are refused", () => {
  assert.throws(
    () => decode({ after: [0], back: [0], moves: [2], first: [0], open: [0] }, { route: [0], wait: [1] }, [{ from: 0, to: 1 }]),
    /2 moves but .* 1 rows/,
  );
});

test("made-up tables decode as a slow decoder reads them", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const {
      dataset: { routes },
      tables: { journeys: j, transitions: m },
    } = makeDataset({ seed, journeys: 80, exits: seed % 3 > 0, dates: seed % 2 > 0 });
    const { journeys, moves } = decode(j, m, routes);
    /** @type {number[]} */ const chain = [];
    let row = 0;
    for (let i = 0; i < j.after.length; i++) {
      const start = Array.from(j.after)
        .slice(0, i + 1)
        .reduce((a, b) => a + b);
      const visit = (/** @type {number} */ k) => {
        let n = 0;
        for (; j.back[k]; k -= j.back[k]) n++;
        return n;
      };
      const root = (/** @type {number} */ k) => {
        while (j.back[k]) k -= j.back[k];
        return k;
      };
      if (!j.back[i]) chain.push(i);
      assert.equal(journeys.start[i], start);
      assert.equal(journeys.visit[i], visit(i));
      assert.equal(journeys.child[i], chain.indexOf(root(i)));
      let t = start,
        at = j.first[i];
      for (let k = 0; k < j.moves[i]; k++, row++) {
        assert.equal(routes[m.route[row]].from, at, "moves join up");
        assert.deepEqual(
          [moves.journey[row], moves.route[row], moves.depart[row], moves.arrive[row]],
          [i, m.route[row], t, t + m.wait[row]],
        );
        t += m.wait[row];
        at = routes[m.route[row]].to;
      }
      assert.deepEqual([journeys.end[i], journeys.last[i]], [t, at]);
    }
    assert.equal(row, moves.n);
  }
});

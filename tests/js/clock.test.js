// The clock: a pure function of one setting and the wall.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY, clockAt, fromISO, hasEnded, hopSeconds, toISO, yearsOf } from "../../static/js/clock.js";

/** @type {[number, number]} */
const span = [0, 100 * DAY];
const clock = { at: 10 * DAY, wall: 5000, speed: 7 * DAY, playing: true, loop: null };

test("a playing clock moves at its speed", () => {
  assert.equal(clockAt(clock, 5000, span), 10 * DAY);
  assert.equal(clockAt(clock, 7000, span), 24 * DAY);
});

test("a paused clock stands", () => assert.equal(clockAt({ ...clock, playing: false }, 99999, span), 10 * DAY));

test("a clock run backwards moves back and stops at the beginning", () => {
  const back = { ...clock, speed: -7 * DAY };
  assert.equal(clockAt(back, 6000, span), 3 * DAY);
  assert.equal(clockAt(back, 9000, span), 0);
  assert.equal(hasEnded(back, 9000, span), true);
  assert.equal(hasEnded(back, 6000, span), false);
});

test("a clock stops at the end of the data and says so", () => {
  assert.equal(clockAt(clock, 1e6, span), 100 * DAY);
  assert.equal(hasEnded(clock, 1e6, span), true);
  assert.equal(hasEnded({ ...clock, playing: false }, 1e6, span), false);
});

test("a loop comes round again, forwards and backwards, and never ends", () => {
  const looped = { ...clock, loop: /** @type {[number, number]} */ ([8 * DAY, 13 * DAY]) };
  assert.equal(clockAt(looped, 5000, span), 10 * DAY);
  assert.equal(clockAt(looped, 6000, span), 12 * DAY); // 17 is 4 past the end of a window of 5
  assert.equal(clockAt({ ...looped, speed: -7 * DAY }, 6000, span), 8 * DAY);
  assert.equal(hasEnded(looped, 1e9, span), false);
});

test("a move takes three tenths of a second on screen, whatever the direction", () => {
  assert.equal(hopSeconds(10 * DAY), 3 * DAY);
  assert.equal(hopSeconds(-10 * DAY), 3 * DAY);
  assert.equal(hopSeconds(0), 1);
});

test("dates without a zone are UTC, as the data are", () => {
  const origin = "2015-03-01T00:00:00Z";
  assert.equal(fromISO(origin, "2015-03-02"), DAY);
  assert.equal(fromISO(origin, "2015-03-02T06:00"), 1.25 * DAY);
  assert.equal(fromISO(origin, "2015-03-02T06:00:00Z"), 1.25 * DAY);
  assert.equal(fromISO(origin, "2015-03-02T06:00:00+01:00"), 1.25 * DAY - 3600);
  assert.ok(Number.isNaN(fromISO(origin, "yesterday")));
  assert.equal(toISO(origin, 1.25 * DAY), "2015-03-02T06:00:00Z");
});

test("years change at midnight of New Year, in leap years too", () => {
  const origin = "2015-12-31T00:00:00Z";
  assert.deepEqual(
    [...yearsOf(origin, Int32Array.of(0, DAY - 1, DAY, 366 * DAY, 367 * DAY, 2 * DAY))],
    [2015, 2015, 2016, 2016, 2017, 2016],
  );
});

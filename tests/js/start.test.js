// The start page's words and decisions.

import assert from "node:assert/strict";
import { test } from "node:test";
import { eventsToSay, isHidden, isUnreadable, rowsInWords, sizeInWords, standing, stillMissing, titleOf, tooMuch, whereOf, problem } from "../../static/js/start/words.js";

const MB = 1024 * 1024;
const limits = { file: 10 * MB, all: 25 * MB, files: 3, piece: MB };

test("sizes are said in steps of 1024, as file managers do", () => {
  assert.equal(sizeInWords(0), "0 bytes");
  assert.equal(sizeInWords(1023), "1023 bytes");
  assert.equal(sizeInWords(1536), "1.5 kB");
  assert.equal(sizeInWords(2 * 1024 * MB), "2 GB");
  assert.equal(sizeInWords(5000 * 1024 * MB), "5000 GB");
});

test("a file above the limit is refused with its size and the limit", () => {
  const found = tooMuch({ name: "a", size: 11 * MB }, [], limits);
  assert.match(found?.message ?? "", /11 MB.*10 MB/);
  assert.ok(found?.remedy);
  assert.equal(tooMuch({ name: "a", size: 10 * MB }, [], limits), null);
});

test("files too many, or together too large, are refused", () => {
  const ten = { size: 10 * MB };
  assert.match(tooMuch({ name: "a", size: 1 }, [ten, { size: 1 }, { size: 1 }], limits)?.message ?? "", /3 files/);
  assert.match(tooMuch({ name: "a", size: 6 * MB }, [ten, ten], limits)?.message ?? "", /26 MB.*25 MB/);
  assert.equal(tooMuch({ name: "a", size: 5 * MB }, [ten, ten], limits), null);
});

test("what a system keeps in folders is not brought in", () => {
  for (const name of [".DS_Store", "year/.git/x.csv", "~$book.xlsx", "year/Thumbs.db", "desktop.ini"]) assert.equal(isHidden(name), true, name);
  for (const name of ["a.csv", "year/a.b.csv", "x~$y.xlsx"]) assert.equal(isHidden(name), false, name);
});

test("a title is the first file's name in words", () => {
  assert.equal(titleOf([{ name: "903_2022/annex_a-2023.csv.gz" }, { name: "b" }]), "Annex a 2023");
  assert.equal(titleOf([{ name: ".csv" }]), "My council");
  assert.equal(titleOf([{ name: "annex_a.xlsx", stored: { seen: { council: true } } }]), "My council");
  assert.equal(titleOf([]), "My council");
});

test("the place of a problem goes before what it is", () => {
  assert.equal(whereOf({ ...problem("x"), row: 1205, value: "31/31/2015" }), "Row 1,205, “31/31/2015”: ");
  assert.equal(whereOf(problem("x")), "");
});

const rows = [
  { name: "contact", count: 9, station: "contact", how: "named" },
  { name: "C&F", count: 8, station: "assessment", how: "known" },
  { name: "Strat discusion", count: 7, station: "strategy", how: "guess" },
  { name: "Panel", count: 6, station: null, how: "unknown" },
];

test("only what the map does not say by itself is said to the build", () => {
  assert.deepEqual(eventsToSay(rows, new Map()), { "Strat discusion": "strategy" });
  assert.deepEqual(eventsToSay(rows, new Map([["Panel", "icpc"], ["C&F", "cin"], ["Strat discusion", ""]])), { Panel: "icpc", "C&F": "cin" });
  assert.deepEqual(eventsToSay(rows, new Map([["C&F", ""], ["contact", "cin"]])), { "C&F": null, "Strat discusion": "strategy" });
  assert.deepEqual(eventsToSay([{ name: "x", count: 1, station: null, how: "own" }], new Map()), {});
});

test("how the events stand is said with what stays without a station", () => {
  assert.equal(standing(rows, new Map()), "1 kind of event (6 events) has no station on this map and will stand at “Other”.");
  assert.equal(standing(rows, new Map([["Strat discusion", ""]])), "2 kinds of event (13 events) have no station on this map and will stand at “Other”.");
  assert.equal(standing(rows, new Map([["Panel", "cin"]])), "The map has a station for each of the 4 kinds of event.");
});

test("files that a dataset was built from are missed by their names, in whatever folder they lie", () => {
  assert.deepEqual(stillMissing(["903/episodes.csv", "header.csv", "old.csv"], [{ name: "episodes.csv" }, { name: "x/header.csv" }]), ["old.csv"]);
});

test("rows are counted in words", () => {
  assert.equal(rowsInWords({ rows_read: 1200, rows_kept: 1199, rows_dropped: 1 }, []), "1,200 rows read: 1,199 kept, 1 dropped.");
});

test("rows dropped because another has their record are said to be no loss", () => {
  const read = { rows_read: 3000, rows_kept: 1986, rows_dropped: 1014 };
  const again = { rule: "same-record-again", count: 1000, action: "dropped" };
  const double = { rule: "duplicate-row", count: 14, action: "dropped" };
  const bad = { rule: "no-date", count: 14, action: "dropped" };
  assert.match(rowsInWords(read, [again, double]), /1,014 dropped \(all because another row has the same record\)\.$/);
  assert.match(rowsInWords(read, [again, bad]), /1,014 dropped \(1,000 because another row has the same record\)\.$/);
  assert.match(rowsInWords(read, [bad]), /1,014 dropped\.$/);
});

test("a file that only leaves open how its dates are written can be read", () => {
  assert.equal(isUnreadable({ problem: null }), false);
  assert.equal(isUnreadable({ problem: problem("The file is empty.") }), true);
  assert.equal(isUnreadable({ problem: { ...problem("Day first?"), questions: ["dayfirst"] } }), false);
});

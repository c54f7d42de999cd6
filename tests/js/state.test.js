// The address and the state: what is written is read back, and a finding is of the filter that it was shown with.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createStore, defaults, read, write } from "../../static/js/state.js";

test("a shown finding, with the filter that it is of, comes back from its address", () => {
  const state = { ...defaults, cohort: "source=health_%26_care&visit=1+", finding: "event/inspection/duration", of: "source=health_%26_care" };
  assert.deepEqual(read(write(state)), state);
});

test("another filter is no longer the finding, the finding's own is", () => {
  const store = createStore({ ...defaults });
  store.set({ cohort: "visit=1+", finding: "again", of: "" });
  assert.equal(store.get().finding, "again");
  store.set({ at: "2016-01-01T00:00" });
  assert.equal(store.get().finding, "again");
  store.set({ cohort: "visit=1+&sex=F" });
  assert.deepEqual([store.get().finding, store.get().of], ["", ""]);
});

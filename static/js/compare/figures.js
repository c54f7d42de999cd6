// Below the maps: the differences that the server works out, and the stations at the shown instant.

import { byId, element } from "../element.js";
import { differencesTable } from "./differences.js";
import { question } from "./state.js";
import { stationRows, stationTable } from "./stationtable.js";

/** @param {import("./page.js").ComparePage} page */
export function createFigures(page) {
  const { store, sides: [left, right] } = page;
  /** @type {AbortController|null} */ let asking = null;
  let askedFor = "", writtenFor = "";
  const show = (/** @type {string} */ id, /** @type {Node[]} */ ...nodes) => byId(id).replaceChildren(...nodes);

  return {
    /** The differences of what is compared now; asked once for the same question. */
    async ask() {
      const { cohort } = store.get();
      const address = left.api.url("/compare", question(store.get(), left.known(), right.known()), cohort);
      if (address === askedFor) return;
      askedFor = address;
      asking?.abort();
      asking = new AbortController();
      show("differences", element("p.aside", {}, "…"));
      try {
        show("differences", ...differencesTable(await left.api.get(address, asking.signal), address, [left.known().name, right.known().name]));
      } catch (error) {
        if (address !== askedFor) return;
        show("differences", element("p.problem", {}, /** @type {Error} */ (error).message));
      }
    },
    /** The stations at the shown instant, once the clock stands and both sides have counted. */
    showStations() {
      const statuses = [left, right].map(({ stage }) => stage.latest());
      if (statuses.some((status) => !status || status.playing)) return;
      const when = `on ${page.say(page.player.now())}`;
      const sides = [left, right].map(({ dataset, standing }, i) => ({
        dataset, shown: standing === "shown", counts: statuses[i]?.counts ?? [], through: statuses[i]?.through ?? [],
      }));
      const rows = stationRows(sides);
      const wanted = JSON.stringify([when, rows]);
      if (wanted === writtenFor) return;
      writtenFor = wanted;
      show("stations", stationTable(rows, when));
    },
  };
}

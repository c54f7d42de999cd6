// The drawer of the compare page: what is chosen for a side, or one station's figures on both. It covers the side that it
// is not about.

import { createDrawer } from "../drawer.js";
import { element, byId } from "../element.js";
import { setupPanel } from "./setup.js";
import { stationPanel } from "./stationpanel.js";

/** @param {import("./page.js").ComparePage} page */
export function createPanels(page) {
  const { store, sides } = page;
  const [left, right] = sides;
  const drawer = createDrawer(byId("drawer"), { onClose: () => store.set({ panel: "", station: "" }) });
  /** @type {{name: string, title: string}[]} */ let datasets = [];
  let askedFor = "";

  async function showStation() {
    const { station, cohort, with_cohort } = store.get();
    const t = page.player.now();
    const addresses = sides.map((side, i) => (side.standing === "shown" && side.dataset.stations.some((/** @type {any} */ one) => one.id === station)
      ? side.api.url(`/stations/${encodeURIComponent(station)}`, { at: side.instant(t) }, [cohort, with_cohort][i]) : ""));
    if (addresses.join() === askedFor && drawer.shown() === `station/${station}`) return;
    askedFor = addresses.join();
    const place = [left, right].flatMap(({ dataset }) => dataset.stations).find((one) => one.id === station);
    const title = place?.label ?? `No station “${station}”`;
    if (drawer.shown() !== `station/${station}`) drawer.show(`station/${station}`, title, [element("p.aside", {}, "…")]);
    const heads = sides.map((side) => `${side.hand === "left" ? "Left" : "Right"}: ${side.sentence()}, ${side.explain() || `up to ${side.sayDay(side.instant(t))}`}`);
    try {
      const figures = await Promise.all(addresses.map((address, i) => (address ? sides[i].api.get(address) : null)));
      if (addresses.join() === askedFor) drawer.show(`station/${station}`, title, stationPanel(figures, heads, place?.kind === "exit"));
    } catch (error) {
      drawer.show(`station/${station}`, title, [element("p.problem", { role: "alert" }, /** @type {Error} */ (error).message)]);
    }
  }

  /** @param {import("./side.js").Side} side */
  async function showSetup(side) {
    drawer.show(side.hand, side.hand === "left" ? "Left side" : "Right side", setupPanel(side, datasets));
    if (side.hand === "left" || datasets.length) return;
    datasets = await side.api.get("/api/datasets").catch(() => []);
    if (store.get().panel === side.hand) drawer.show(side.hand, "Right side", setupPanel(side, datasets));
  }

  return {
    draw() {
      const { panel, station } = store.get();
      byId("drawer").classList.toggle("at-left", panel === "right" && !station);
      if (station) showStation();
      else if (panel) showSetup(panel === "left" ? left : right);
      else drawer.hide();
      for (const side of sides) side.part(".change").setAttribute("aria-expanded", String(panel === side.hand && !station));
    },
    /** Figures of the instant, asked again when the clock stands elsewhere. */
    refresh() { if (store.get().station) showStation(); },
  };
}

// Which event means which station: what the map does not know first, with a guess where a name is alike.

import { element } from "../element.js";

/** @typedef {import("./words.js").EventRow} EventRow */

const MOST = 300;
const HOW = { named: "the station’s own name", known: "known to the map", guess: "a guess from the name", unknown: "not known to the map", own: "" };

/**
 * @param {EventRow[]} rows @param {{id: string, label: string, kind: string}[]} places
 * @param {Map<string, string>} chosen  event → station id, "" for none; changed as a person chooses
 * @param {() => void} changed
 */
export function stationTable(rows, places, chosen, changed) {
  if (!places.length) return element("div", {});
  const open = rows.filter((row) => row.how === "guess" || row.how === "unknown");
  const sure = rows.filter((row) => row.how === "known" || row.how === "named");
  const label = new Map(places.map((place) => [place.id, place.label]));

  const select = (/** @type {EventRow} */ row) => {
    const now = chosen.get(row.name) ?? row.station ?? "";
    const option = (/** @type {{id: string, label: string}} */ place) => element("option", { value: place.id, selected: place.id === now }, place.label);
    const input = element("select", { "aria-label": `Station of ${row.name}` },
      element("option", { value: "", selected: now === "" }, "Other (no station)"),
      element("optgroup", { label: "Stations" }, ...places.filter((place) => place.kind === "station").map(option)),
      element("optgroup", { label: "Exits" }, ...places.filter((place) => place.kind === "exit").map(option)));
    input.addEventListener("change", () => { chosen.set(row.name, input.value); changed(); });
    return input;
  };
  const line = (/** @type {EventRow} */ row) => element("tr", {},
    element("th", { scope: "row" }, row.name),
    element("td.number", {}, row.count.toLocaleString("en-GB")),
    element("td", {}, row.how === "named" ? label.get(row.station ?? "") : select(row)),
    element("td.quiet", {}, HOW[/** @type {keyof typeof HOW} */ (row.how)]));
  const table = (/** @type {EventRow[]} */ some, /** @type {string} */ caption) => element("div.scroll", {},
    element("table.stations", {},
      element("caption.unseen", {}, caption),
      element("thead", {}, element("tr", {}, ...["Event in the files", "How often", "Station", "Why"].map((name, i) => element(i === 1 ? "th.number" : "th", { scope: "col" }, name)))),
      element("tbody", {}, ...some.slice(0, MOST).map(line))),
    some.length > MOST && element("p.small", {}, `The ${MOST} most frequent of ${some.length} are shown.`));

  return element("div.matching", {},
    open.length > 0 && table(open, "Events that the map does not know"),
    sure.length > 0 && element("details", { open: open.length === 0 && sure.length <= 8 },
      element("summary", {}, `${sure.length} that the map knows`),
      table(sure, "Events that the map knows")));
}

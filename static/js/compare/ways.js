// From a figure of one side to where it is explained: its question on the map's page, or the journeys that it counts.

import { rowText, written } from "../behind.js";
import { parted } from "../questions/ask.js";
import { defaults, write } from "../state.js";

/**
 * The address of a side's figure on the map's page; "" where no measure gives it by itself.
 * @param {string} dataset  name of the side's dataset
 * @param {{measure?: string|null, figure: string}} row
 * @param {string|null|undefined} query  with which the measure gives it
 */
export function wayTo(dataset, { measure, figure }, query) {
  if (!measure || !query) return "";
  const pairs = query.split("&"), isAt = (/** @type {string} */ pair) => pair.startsWith("at=");
  const { ask, cohort } = parted(pairs.filter((pair) => !isAt(pair)).join("&"));
  const at = decodeURIComponent(pairs.find(isAt)?.slice(3) ?? "");
  const shown = measure === "occupancy"
    ? { at, panel: "behind", behind: written(measure, query, rowText([at]), figure.split("/")[1] ?? "count") }
    : { panel: "questions", measure, ask };
  return `/d/${encodeURIComponent(dataset)}?${write(/** @type {import("../state.js").State} */ ({ ...defaults, cohort, ...shown }))}`;
}

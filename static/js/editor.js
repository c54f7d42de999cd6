// Moving stations: drag them, or focus one and use the arrow keys; they snap to the grid. The server works the lines out again.

import { select } from "d3-selection";
import { drag } from "d3-drag";
import { element } from "./element.js";

const CELL = 40;
/** @type {Record<string, [number, number]>} */
const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @param {ReturnType<typeof import("./map.js").createMap>} map
 * @param {object} on
 * @param {() => any} on.current  the geometry that is drawn
 * @param {(positions: Record<string, [number, number]>) => Promise<any>} on.layout
 * @param {(positions: Record<string, [number, number]>) => Promise<any>} on.save
 * @param {(geometry: any) => void} on.onGeometry
 * @param {() => void} on.onDone
 * @param {string} on.mapFile
 */
export function createEditor(map, on) {
  /** @type {Record<string, [number, number]>} */ let moved = {};
  let active = false;
  let last = 0;
  /** @type {any} */ let before = null;
  const problem = element("p.problem", { role: "alert" });
  const stage = /** @type {HTMLElement} */ (document.getElementById("stage"));

  /** Only the answer to the last move is drawn: keys are pressed faster than a server answers. @param {string} id @param {[number, number]} cell */
  async function place(id, cell) {
    const was = moved[id];
    const request = ++last;
    moved[id] = cell;
    problem.textContent = "";
    try {
      const geometry = await on.layout(moved);
      if (!active || request !== last) return;
      on.onGeometry(geometry);
    } catch (error) {
      if (!active) return;
      if (was) moved[id] = was; else delete moved[id];
      problem.textContent = /** @type {Error} */ (error).message;
      on.onGeometry(on.current());
    }
    arm();
    map.focus(id);
  }

  /** Stations are drawn anew with each geometry, so they are made movable anew. */
  function arm() {
    const stations = map.stations();
    stations.call(/** @type {any} */ (drag()).on("drag", function (/** @type {any} */ event, /** @type {any} */ d) {
      // @ts-ignore the group this runs on
      select(this).attr("transform", `translate(${event.x},${event.y})`);
      d.dragged = [event.x, event.y];
    }).on("end", (/** @type {any} */ event, /** @type {any} */ d) => { if (d.dragged) place(d.id, [Math.round(d.dragged[0] / CELL), Math.round(d.dragged[1] / CELL)]); }));
    stations.on("keydown.move", (/** @type {KeyboardEvent} */ event, /** @type {any} */ d) => {
      const step = steps[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      const [x, y] = moved[d.id] ?? [Math.round(d.x / CELL), Math.round(d.y / CELL)];
      place(d.id, [x + step[0], y + step[1]]);
    });
  }

  return {
    start() { active = true; before = on.current(); moved = {}; problem.textContent = ""; stage.classList.add("moving"); arm(); },
    stop(keep = false) {
      if (!active) return;
      active = false;
      stage.classList.remove("moving");
      if (!keep && Object.keys(moved).length) on.onGeometry(before);
      else map.stations()?.on(".drag", null).on("keydown.move", null);
    },
    /** @returns {Node[]} */
    panel() {
      const save = async () => {
        try {
          await on.save(moved);
          moved = {};
          this.stop(true);
          on.onDone();
        } catch (error) { problem.textContent = /** @type {Error} */ (error).message; }
      };
      return [
        element("p", {}, "Drag a station, or focus one and use the arrow keys. It snaps to the grid; lines and names follow."),
        element("div.actions", {}, element("button.button.primary", { type: "button", onclick: save }, "Save with the dataset"), element("button.button", { type: "button", onclick: on.onDone }, "Cancel")),
        problem,
        element("p.aside", {}, "After saving, the ", element("a", { href: on.mapFile, download: true }, "map file"), " holds the new places; ", element("kbd", {}, "flowmap build … --map FILE"), " takes it again."),
      ];
    },
  };
}

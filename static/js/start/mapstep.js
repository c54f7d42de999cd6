// The map: which one, and which event means which of its stations.

import { element } from "../element.js";
import { problemBox } from "./filecard.js";
import { stationTable } from "./stationtable.js";
import { problem, standing } from "./words.js";

/** @typedef {{kind: string, name?: string, text?: string}} Wanted */

/**
 * @param {{maps: {name: string, title: string}[], ask: (wanted: Wanted) => Promise<any>, ready: () => void}} given
 *   `ask` gives places and events of a map; `ready` is told when what is chosen has changed
 */
export function mapStep({ maps, ask, ready }) {
  const node = element("section.step", { "aria-labelledby": "map-title", hidden: true });
  const state = {
    wanted: /** @type {Wanted} */ ({ kind: "automatic" }),
    /** @type {any} */ answer: null,
    chosen: /** @type {Map<string, string>} */ (new Map()),
    /** @type {import("./words.js").Problem|null} */ wrong: null,
    keep: false,
    asked: 0,
  };

  const select = element("select", { id: "map", onchange: () => {
    const [kind, name] = select.value.split(":");
    state.chosen.clear();
    if (kind === "file") { choose.click(); return; }
    load(name ? { kind, name } : { kind });
  } });
  const choose = element("input", { type: "file", accept: ".yaml,.yml", hidden: true, id: "choose-map", oncancel: () => fill(), onchange: async () => {
    const [file] = choose.files;
    choose.value = "";
    if (file) await load({ kind: "file", text: await file.text() });
  } });
  const said = element("p", { id: "standing" });
  const table = element("div");

  const fill = () => {
    const { kind, name } = state.wanted;
    const now = name ? `${kind}:${name}` : kind;
    const options = [
      ...(state.keep ? [["keep", "The map that the dataset has"]] : []),
      ...maps.map((map) => [`builtin:${map.name}`, map.title]),
      ["automatic", "A map drawn from the files"],
      ["file", kind === "file" ? "My own map file" : "My own map file…"],
    ];
    select.replaceChildren(...options.map(([value, label]) => element("option", { value, selected: value === now }, label)));
  };

  /** @param {Wanted} wanted */
  async function load(wanted) {
    const turn = ++state.asked;
    state.wanted = wanted;
    state.wrong = null;
    try {
      const answer = await ask(wanted);
      if (turn !== state.asked) return;
      state.answer = answer;
    } catch (error) {
      if (turn !== state.asked) return;
      state.answer = null;
      state.wrong = problem(/** @type {any} */ (error).message, /** @type {any} */ (error).remedy);
    }
    show();
  }

  function show() {
    fill();
    node.hidden = false;
    const { answer, wrong } = state;
    said.replaceChildren(wrong ? problemBox(wrong) : answer ? standing(answer.events, state.chosen) : "");
    table.replaceChildren(answer ? stationTable(answer.events, answer.places, state.chosen, () => { said.textContent = standing(answer.events, state.chosen); }) : "");
    ready();
  }

  node.append(
    element("h3", { id: "map-title" }, "Map and stations"),
    element("label.field", { for: "map" }, element("span", {}, "Map"), select), choose, said, table);
  return {
    node, state, load,
    hide() { node.hidden = true; state.answer = null; state.asked += 1; },
  };
}

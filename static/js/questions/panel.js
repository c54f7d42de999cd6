// The panel of questions: a list of them, or the answer to one for the journeys shown. An answer that is no longer wanted is given up.

import { showBehind } from "../behind.js";
import { groupBesideOthers } from "../compare/state.js";
import { element } from "../element.js";
import { answerNodes, drawCharts, unanswered } from "./answer.js";
import { asked, readAsk, writeAsk } from "./ask.js";
import { QUESTIONS, questionOf } from "./questions.js";

/**
 * @param {object} page
 * @param {import("../api.js").Api} page.api
 * @param {ReturnType<typeof import("../state.js").createStore>} page.store
 * @param {any} page.dataset
 * @param {ReturnType<typeof import("../drawer.js").createDrawer>} page.drawer
 * @param {() => string} page.sentence  the cohort in words
 * @param {() => import("../periodspanel.js").Period[]} page.periods
 */
export function createQuestions({ api, store, dataset, drawer, sentence, periods }) {
  /** @type {AbortController | null} */ let waiting = null;
  /** The address whose answer is shown. */ let answered = "";
  const known = {
    dataset, periods,
    besideOthers: (/** @type {string} */ key, /** @type {string} */ value) => groupBesideOthers(location.pathname, store.get(), key, value),
  };
  const root = /** @type {HTMLElement} */ (document.getElementById("drawer"));

  const give = (/** @type {Node[]} */ nodes, /** @type {import("./questions.js").Question} */ question) => {
    drawer.show(`questions/${question.measure}`, question.title, nodes, { wide: true });
    drawCharts(root);
  };

  async function answer(/** @type {import("./questions.js").Question} */ question) {
    const { ask: chosen, cohort } = store.get(), { measure } = question;
    const ask = asked(question, chosen, known);
    const own = Object.fromEntries(Object.entries(ask).filter(([, value]) => value !== ""));
    const address = api.url(`/${measure}`, own, cohort);
    if (address === answered && drawer.shown() === `questions/${measure}`) return;
    const asking = {
      question, known, ask, address, cohort: sentence(), file: `${dataset.name}-${measure}`,
      onAsk: (/** @type {Record<string, string>} */ patch) => store.set({ ask: chosenOnly(question, { ...readAsk(store.get().ask), ...patch }) }),
      onList: () => store.set({ measure: "", ask: "" }),
      onChild: (/** @type {number} */ child) => store.set({ child: String(child), panel: "" }),
      onJourneys: (/** @type {string} */ row, /** @type {string} */ count) => showBehind(store, measure, [writeAsk(own), cohort].filter(Boolean).join("&"), row, count),
    };
    const request = waiting = new AbortController();
    if (drawer.shown() !== `questions/${measure}`) give(unanswered(asking, element("p.aside", { role: "status" }, "…")), question);
    try {
      const found = await api.get(address, request.signal);
      if (request.signal.aborted) return;
      give(answerNodes(asking, found), question);
      answered = address;
    } catch (error) {
      if (!request.signal.aborted) give(unanswered(asking, element("p.problem", { role: "alert" }, /** @type {Error} */ (error).message)), question);
    }
  }

  // What is folded away on the screen is wanted on paper, and folded again after.
  addEventListener("beforeprint", () => { for (const one of root.querySelectorAll("details:not([open])")) one.setAttribute("open", "printed"); });
  addEventListener("afterprint", () => { for (const one of root.querySelectorAll("details[open=printed]")) one.removeAttribute("open"); });

  /** Only what is not so anyway is written; choosing nothing is written where the question would choose something. */
  const chosenOnly = (/** @type {import("./questions.js").Question} */ question, /** @type {Record<string, string>} */ wanted) => {
    const anyway = question.asks?.(known, {}) ?? {};
    return writeAsk(Object.fromEntries(Object.entries(wanted).filter(([key, value]) => value !== "" || key in anyway)));
  };

  return {
    show() {
      const { measure } = store.get(), question = questionOf(measure);
      if (question) answer(question);
      else drawer.show("questions", "Questions", listOf(measure, (chosen) => store.set({ measure: chosen, ask: "" })));
    },
    /** The panel is closed, or the answer is another's: what is on its way is not wanted any more. */
    leave() { waiting?.abort(); waiting = null; },
  };
}

/** @param {string} unknown a measure that an address names and that is no question @param {(measure: string) => void} onChoose */
function listOf(unknown, onChoose) {
  return [
    unknown ? element("p.problem", {}, `There is no question “${unknown}”.`) : element("p.aside", {}, "Each is answered for the journeys shown: change the filter, and the answer follows."),
    element("ul.questions", {}, ...QUESTIONS.map(({ measure, title, gives }) => element("li", {},
      element("button.link", { type: "button", "data-key": `question/${measure}`, onclick: () => onChoose(measure) }, title), element("p.aside", {}, gives)))),
  ];
}

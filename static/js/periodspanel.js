// Periods: inspections, a new policy, anything with a first and a last day. They are kept with the dataset.

import { element } from "./element.js";

/**
 * @typedef {{id: string, label: string, from: string, to: string, kind: string}} Period
 * @param {Period[]} periods
 * @param {{say: (iso: string) => string, onSave: (periods: Period[]) => Promise<void>, onLoop: (period: Period) => void, compare: (period: Period) => string, first: string, last: string}} on
 * @returns {Node[]}
 */
export function periodsPanel(periods, on) {
  const problem = element("p.problem", { role: "alert" });
  const save = async (/** @type {Period[]} */ next) => {
    problem.textContent = "";
    try { await on.onSave(next); } catch (error) { problem.textContent = /** @type {Error} */ (error).message; }
  };
  const list = element("ul.flows", {}, ...periods.map((period) => element("li", {},
    element("span", {}, element("strong", {}, period.label), element("br"), element("span.quiet", {}, `${on.say(period.from)} to ${on.say(period.to)}`)),
    element("span", {},
      element("button.link", { type: "button", onclick: () => on.onLoop(period), "aria-label": `Repeat ${period.label}` }, "repeat"),
      element("a.link", { href: on.compare(period), "aria-label": `Compare ${period.label} with the time before`, title: "Beside the same number of days just before" }, "compare"),
      element("button.link", { type: "button", onclick: () => save(periods.filter((p) => p !== period)), "aria-label": `Remove ${period.label}` }, "remove")))));
  const field = (/** @type {string} */ name, /** @type {string} */ label, /** @type {Record<string, any>} */ attributes) =>
    element("label.field", {}, element("span", {}, label), element("input", { name, required: true, "data-key": `period/${name}`, ...attributes }));
  const days = { type: "date", min: on.first, max: on.last };
  return [
    element("p.aside", {}, "Marked on the timeline, and said under the date while they last. Saved with the dataset, for everyone who opens it."),
    periods.length ? list : element("p", {}, "None yet."),
    element("h3", {}, "Add one"),
    element("form", {
      onsubmit: (/** @type {SubmitEvent} */ event) => {
        event.preventDefault();
        const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
        const [label, from, to] = ["label", "from", "to"].map((key) => String(form.get(key)).trim());
        if (to < from) { problem.textContent = "The last day is before the first."; return; }
        save([...periods, { id: `p${Date.now().toString(36)}`, label, from, to, kind: "inspection" }]);
      },
    }, field("label", "What it was", { type: "text", maxlength: 60, placeholder: "Inspection" }), field("from", "First day", days), field("to", "Last day", days),
    element("div.actions", {}, element("button.button.primary", { type: "submit" }, "Add"))),
    problem,
  ];
}

// The datasets that there are: give one another name, build one again, delete one.

import { element } from "../element.js";
import { problemBox } from "./filecard.js";
import { say } from "./progress.js";
import { call } from "./server.js";
import { problem } from "./words.js";

/** @param {HTMLElement} shelf @param {{rebuild: (target: any) => void, demo: () => void}} doings */
export function shelfOf(shelf, doings) {
  /** The list as the server has it now. */
  async function refresh() {
    const answer = await fetch("/start", { headers: { Accept: "text/html" }, cache: "no-store" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    shelf.replaceChildren(...page.getElementById("datasets")?.childNodes ?? []);
    wake();
  }

  function wake() {
    for (const node of shelf.querySelectorAll(".doings")) /** @type {HTMLElement} */ (node).hidden = false;
  }

  shelf.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("button");
    const doing = button?.dataset.do;
    const item = /** @type {HTMLElement|null} */ (button?.closest("li"));
    if (doing === "demo") doings.demo();
    if (!item || !button) return;
    const { name = "", title = "", sources = "[]" } = item.dataset;
    if (doing === "rename") rename(item, button);
    if (doing === "rebuild") doings.rebuild({ name, title, sources: JSON.parse(sources) });
    if (doing === "delete") remove(item, button);
  });

  /** Put a form beneath an entry in place of any other. @param {HTMLElement} item @param {HTMLElement} form @param {HTMLElement} from */
  function beneath(item, form, from) {
    for (const other of shelf.querySelectorAll(".asking")) other.remove();
    item.append(form);
    form.addEventListener("keydown", (event) => { if (event.key === "Escape") { form.remove(); from.focus(); } });
  }

  /** @param {HTMLElement} item @param {HTMLElement} from */
  function rename(item, from) {
    const { name = "", title = "" } = item.dataset;
    const input = element("input", { type: "text", value: title, maxlength: 120, autocomplete: "off" });
    const wrong = element("div");
    const form = element("form.asking", { onsubmit: async (/** @type {Event} */ event) => {
      event.preventDefault();
      try {
        const renamed = await call("PATCH", `/datasets/${encodeURIComponent(name)}`, { title: input.value });
        await refresh();
        say(`It is called “${renamed.title}” now.`);
        focusOn(name, "rename");
      } catch (error) { tell(wrong, error); input.focus(); }
    } },
      element("label.field", {}, element("span", {}, "New name"), input), wrong,
      element("p.actions", {}, element("button.button.primary", { type: "submit" }, "Rename"),
        element("button.button", { type: "button", onclick: () => { form.remove(); from.focus(); } }, "Leave as it is")));
    beneath(item, form, from);
    input.select();
    input.focus();
  }

  /** @param {HTMLElement} item @param {HTMLElement} from */
  function remove(item, from) {
    const { name = "", title = "", id = "", folder = "" } = item.dataset;
    const wrong = element("div");
    const keep = element("button.button", { type: "button", onclick: () => { form.remove(); from.focus(); } }, "Keep it");
    const form = element("div.asking", { role: "group", "aria-label": `Delete ${title}?` },
      element("p", {}, element("strong", {}, `Delete “${title}” from this computer?`), " The folder ", element("code", {}, folder), " and the key of its children beside it are deleted. This cannot be undone; the map can be built again from the same files."),
      wrong,
      element("p.actions", {}, keep, element("button.button.danger", { type: "button", onclick: async () => {
        try {
          await call("DELETE", `/datasets/${encodeURIComponent(name)}?id=${encodeURIComponent(id)}`);
          await refresh();
          say(`“${title}” is deleted.`);
          /** @type {HTMLElement|null} */ (shelf.querySelector("h1"))?.focus();
        } catch (error) { tell(wrong, error); }
      } }, "Delete for good")));
    beneath(item, form, from);
    keep.focus();
  }

  /** @param {HTMLElement} where @param {any} error */
  function tell(where, error) {
    const found = problem(error.message, error.remedy);
    where.replaceChildren(problemBox(found));
    say(found.message);
  }

  /** @param {string} name @param {string} doing */
  function focusOn(name, doing) {
    /** @type {HTMLElement|null} */ (shelf.querySelector(`li[data-name="${CSS.escape(name)}"] [data-do="${doing}"]`))?.focus();
  }

  wake();
  return { refresh };
}

// The box that files are dropped on, with buttons that do the same.

import { element } from "../element.js";
import { isHidden } from "./words.js";

/** @typedef {{file: File, name: string}} Dropped */

/** All files in what was dropped, those in folders too. @param {DataTransferItemList} items @returns {Promise<Dropped[]>} */
async function filesIn(items) {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile()).filter((entry) => entry !== null);
  const found = await Promise.all(entries.map((entry) => (entry instanceof File ? [{ file: entry, name: entry.name }] : walk(entry))));
  return found.flat();
}

/** @param {any} entry  a FileSystemEntry @param {string} [above] @returns {Promise<Dropped[]>} */
async function walk(entry, above = "") {
  const name = above ? `${above}/${entry.name}` : entry.name;
  if (entry.isFile) return [{ file: await new Promise((resolve, reject) => entry.file(resolve, reject)), name }];
  const reader = entry.createReader();
  /** @type {Dropped[]} */
  const found = [];
  for (;;) {
    /** @type {any[]} */
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)); // at most a hundred at a time
    if (!some.length) return found;
    for (const each of some) found.push(...await walk(each, name));
  }
}

/** @param {(files: Dropped[]) => void} take */
export function dropBox(take) {
  const give = (/** @type {Dropped[]} */ all) => take(all.filter(({ name }) => !isHidden(name)));
  const chosen = (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    give([...input.files ?? []].map((file) => ({ file, name: file.webkitRelativePath || file.name })));
    input.value = ""; // so that the same file can be chosen again
  };
  const files = element("input", { type: "file", multiple: true, hidden: true, id: "choose-files", onchange: chosen });
  const folder = element("input", { type: "file", webkitdirectory: true, hidden: true, id: "choose-folder", onchange: chosen });
  const box = element("div.drop", { role: "group", "aria-label": "Files to bring in" },
    element("p.drop-what", {}, "Drop files or a folder here"),
    element("p.actions", {},
      element("button.button.primary", { type: "button", onclick: () => files.click() }, "Choose files"),
      element("button.button", { type: "button", onclick: () => folder.click() }, "Choose a folder")),
    element("p.small", {}, "Ofsted Annex A · CIN census · SSDA903 · Standard Safeguarding Dataset · DfE daily feed · care proceedings · any CSV, Excel, Parquet or XES list of events"),
    files, folder);
  let within = 0;
  const light = (/** @type {number} */ by) => { within = by === 0 ? 0 : within + by; box.classList.toggle("over", within > 0); };
  box.addEventListener("dragenter", (/** @type {DragEvent} */ event) => { event.preventDefault(); light(1); });
  box.addEventListener("dragleave", () => light(-1));
  box.addEventListener("dragover", (/** @type {DragEvent} */ event) => event.preventDefault());
  box.addEventListener("drop", async (/** @type {DragEvent} */ event) => {
    event.preventDefault();
    light(0);
    if (event.dataTransfer) give(await filesIn(event.dataTransfer.items));
  });
  return box;
}

/** A file that misses the box must not take the page's place. */
export function guardPage() {
  for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());
}

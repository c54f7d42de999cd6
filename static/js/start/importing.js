// Bringing files in: files are dropped, recognised and read; then the map and the name are chosen, and it is built.

import { element } from "../element.js";
import { dropBox } from "./drop.js";
import { fileCard, problemBox } from "./filecard.js";
import { mapStep } from "./mapstep.js";
import { progressBar, say } from "./progress.js";
import { builtSummary, foundSummary } from "./result.js";
import { calls, follow, open } from "./server.js";
import { counted, eventsToSay, isUnreadable, problem, stillMissing, titleOf, tooMuch } from "./words.js";

/** @typedef {import("./filecard.js").Entry} Entry */
/** @typedef {import("./words.js").Problem} Problem */
/** @typedef {{name: string, title: string, sources: string[]}} Target  a dataset that is to be replaced */

const SHOWN_AT_ONCE = 3;

/** @param {HTMLElement} section @param {HTMLElement} body @param {() => Promise<void>} refreshShelf */
export function importing(section, body, refreshShelf) {
  const data = section.dataset;
  const limits = { file: Number(data.file), all: Number(data.all), files: Number(data.files), piece: Number(data.piece) };
  const state = {
    /** @type {import("./server.js").Calls|null} */ of: null,
    /** @type {Entry[]} */ entries: [],
    /** @type {Target|null} */ target: null,
    /** @type {any} */ found: null,
    /** @type {Problem[]} */ general: [],
    /** @type {string[]} */ notes: [], // what became of files that came under a name that was there
    /** @type {Promise<void>|null} */ reading: null,
    working: false, // a build is under way
    waiting: 0,
    titled: false,
    keys: 0,
  };
  const opened = new Map(); // key of a file → whether its first rows are shown

  const heading = /** @type {HTMLElement} */ (section.querySelector("#import-title"));
  const limitsNote = /** @type {HTMLElement} */ (section.querySelector("#limits"));
  const note = element("div.rebuilding", { hidden: true });
  const box = dropBox(take);
  const list = element("ul.files", { "aria-label": "Files" });
  const named = element("div.named");
  const reading = element("div.reading");
  const title = element("input", { type: "text", maxlength: 120, autocomplete: "off", oninput: () => { state.titled = true; } });
  const go = element("button.button.primary", { type: "submit" }, "Build the map");
  const buildWrong = element("div");
  const build = element("form.step", { hidden: true, onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); startBuild(); } },
    element("h3", {}, "Name"), element("label.field", {}, element("span", {}, "What the map is headed with"), title), buildWrong, element("p.actions", {}, go));
  const step = mapStep({ maps: JSON.parse(data.maps ?? "[]"), ask: (wanted) => needed().events(wanted), ready: () => { go.disabled = !step.state.answer; } });
  const steps = element("div.steps", {}, note, box, named, list, reading, step.node, build);
  const under = element("div.under");
  body.replaceChildren(steps, under);

  const needed = () => { if (!state.of) throw new Error("no import is open"); return state.of; };

  // Whatever changes the files is done in turn.
  let queue = Promise.resolve();
  const inTurn = (/** @type {() => Promise<void>} */ change) => {
    state.waiting += 1;
    queue = queue.then(change).catch(fault).finally(() => { state.waiting -= 1; if (!state.waiting) settle(); });
  };

  /** @param {any} error */
  function fault(error) {
    state.general = [problem(error.message, error.remedy ?? "")];
    show();
  }

  async function openImport() {
    if (!state.of) state.of = calls((await open(state.target?.name ?? null)).id);
    return state.of;
  }

  /** @param {import("./drop.js").Dropped[]} files */
  function take(files) {
    if (state.working) return;
    if (!files.length) { say("There was no file in that."); return; }
    if (under.firstChild) again();
    const notes = state.notes = /** @type {string[]} */ ([]);
    for (const { file, name } of files) {
      const bad = state.entries.find((entry) => entry.name === name && isUnreadable(entry));
      if (bad) { // it was mended and comes again; any other of the same name is kept beside it
        remove(bad);
        notes.push(`${name} takes the place of the one that could not be read.`);
      }
      const others = state.entries.filter((entry) => !entry.problem || entry.stored);
      /** @type {Entry} */
      const entry = {
        key: String(state.keys += 1), name, size: file.size, share: 0, stored: null, problem: tooMuch(file, others, limits), rows: null, abort: null,
      };
      state.entries.push(entry);
      if (!entry.problem) inTurn(() => upload(entry, file));
    }
    say(`${counted(files.length, "file")} taken.`);
    show();
    if (!state.waiting) settle();
  }

  /** @param {Entry} entry @param {File} file */
  async function upload(entry, file) {
    if (!state.entries.includes(entry)) return;
    await stopReading();
    const of = await openImport();
    const { name } = entry;
    entry.abort = new AbortController();
    show();
    try {
      entry.stored = await of.upload(file, name, limits.piece, (share) => { entry.share = share; show(); }, entry.abort.signal);
      if (entry.stored.already) {
        state.notes.push(`${name} is there already, with the very same content: it was not taken a second time.`);
        state.entries = state.entries.filter((each) => each !== entry);
        say(state.notes.join(" "));
      } else if (entry.stored.name !== name && entry.stored.name.startsWith(name)) {
        entry.name = entry.stored.name;
        state.notes.push(`There is another ${name} with other content: both are kept, the later one as “${entry.name}”.`);
        say(state.notes.join(" "));
      }
      entry.problem = entry.stored.seen?.problem ?? null;
      if (entry.problem) say(`${entry.name}: ${entry.problem.message}`);
    } catch (error) {
      entry.problem = problem(/** @type {any} */ (error).message, /** @type {any} */ (error).remedy);
      for (const each of (await of.show()).files) if (!each.complete) await of.remove(each.id);
    }
    entry.abort = null;
    show();
  }

  /** @param {Entry} entry */
  function remove(entry) {
    state.entries = state.entries.filter((each) => each !== entry);
    entry.abort?.abort();
    inTurn(async () => {
      await stopReading();
      if (entry.stored) await needed().remove(entry.stored.id);
    });
    show();
    const next = /** @type {HTMLElement|null} */ (list.querySelector("[data-key^='remove-']") ?? box.querySelector("button"));
    next?.focus();
  }

  /** @param {Entry} entry @param {Record<string, any>} options */
  function choose(entry, options) {
    if (entry.stored) entry.stored.options = options;
    inTurn(async () => {
      await stopReading();
      if (!entry.stored) return;
      entry.stored = await needed().choose(entry.stored.id, options);
      entry.problem = entry.stored.seen?.problem ?? null;
      if (entry.problem) say(`${entry.name}: ${entry.problem.message}`);
      show();
    });
  }

  async function stopReading() {
    const under_way = state.reading;
    if (under_way) { await needed().cancel(); await under_way; }
    state.found = null;
    state.general = [];
    for (const entry of state.entries) entry.rows = null;
  }

  /** Nothing is on its way any more: read, if all is well. */
  function settle() {
    show();
    if (state.working || state.reading || state.found || !state.entries.some((entry) => entry.stored)) return;
    if (state.entries.some((entry) => entry.problem)) return;
    state.reading = read().catch(fault).finally(() => { state.reading = null; show(); });
  }

  async function read() {
    const of = needed();
    const bar = progressBar("Reading the files", () => of.cancel());
    reading.replaceChildren(bar.node);
    say("Reading the files…");
    await of.read();
    const job = await follow(of, bar.show);
    if (job.state === "done") await readDone(of);
    else if (job.state === "failed") blame(job.problems);
    else state.general = [problem("Reading was stopped.", "Drop another file, or read these again.")];
  }

  /** @param {import("./server.js").Calls} of */
  async function readDone(of) {
    const { found } = await of.show();
    state.found = found;
    for (const entry of state.entries) entry.rows = found.files.find((/** @type {any} */ rows) => rows.id === entry.stored?.id) ?? null;
    if (!state.titled) title.value = state.target?.title ?? titleOf(state.entries);
    step.state.keep = state.target !== null;
    const { wanted } = step.state;
    await step.load(step.state.answer || wanted.kind === "file" ? wanted : found.suggested);
    say(`The files are read: ${counted(found.children, "child", "children")}, ${counted(found.kinds, "kind")} of event.`);
  }

  /** Put each problem beside its file. @param {Problem[]} problems */
  function blame(problems) {
    state.general = [];
    for (const each of problems) {
      const entry = state.entries.find((one) => one.stored?.id === each.file);
      if (entry) entry.problem = each;
      else state.general.push(each);
    }
    say(problems.map((each) => each.message).join(" "));
  }

  async function startBuild() {
    if (!title.value.trim()) { buildWrong.replaceChildren(problemBox(problem("It has no name.", "Write what the map should be headed with."))); title.focus(); return; }
    const { wanted, answer, chosen } = step.state;
    const events = answer ? eventsToSay(answer.events, chosen) : {};
    await work("Building", () => needed().build({ title: title.value, map: wanted, events }));
  }

  /** @param {string} label @param {() => Promise<any>} begin */
  async function work(label, begin) {
    const of = await openImport();
    const bar = progressBar(label, () => of.cancel());
    buildWrong.replaceChildren();
    state.working = true;
    steps.inert = true;
    try {
      await begin();
      under.replaceChildren(bar.node);
      bar.node.querySelector("button")?.focus();
      say(`${label}…`);
      const job = await follow(of, bar.show);
      ended(job);
    } catch (error) {
      ended({ kind: "build", state: "failed", stage: "", share: 0, result: null, problems: [problem(/** @type {any} */ (error).message, /** @type {any} */ (error).remedy)] });
    }
  }

  /** @param {import("./server.js").Job} job */
  function ended(job) {
    state.working = false;
    steps.inert = false;
    under.replaceChildren();
    if (job.state === "done") { built(job.result); return; }
    if (job.state === "cancelled") {
      buildWrong.replaceChildren(element("p", {}, "The build was stopped. Nothing was changed."));
      say("The build was stopped. Nothing was changed.");
    } else {
      blame(job.problems);
      buildWrong.replaceChildren(...job.problems.map((each) => problemBox(each)));
    }
    if (build.hidden) { state.general = job.problems; show(); }
    (build.hidden ? heading : go).focus();
  }

  /** @param {any} result */
  async function built(result) {
    forget();
    steps.hidden = limitsNote.hidden = true;
    under.replaceChildren(builtSummary(result, () => { again(); heading.focus(); }));
    /** @type {HTMLElement|null} */ (under.querySelector("h3"))?.focus();
    say(`“${result.title}” is built.`);
    await refreshShelf();
  }

  /** Let go of the import and everything said about it. */
  function forget() {
    state.of?.close().catch(() => {});
    Object.assign(state, { of: null, entries: [], target: null, found: null, general: [], notes: [], titled: false });
    opened.clear();
    step.hide();
    step.state.chosen.clear();
    step.state.wanted = { kind: "automatic" };
    title.value = "";
    buildWrong.replaceChildren();
    show();
  }

  /** From the beginning, for a new dataset. */
  function again() {
    under.replaceChildren();
    steps.hidden = limitsNote.hidden = false;
    forget();
  }

  /** Replace a dataset by one built from files that are to be dropped. @param {Target} target */
  function rebuild(target) {
    if (state.working) { say("A build is under way."); return; }
    again();
    state.target = target;
    show();
    heading.focus();
    section.scrollIntoView({ block: "start" });
  }

  function show() {
    const { target, entries, found } = state;
    heading.textContent = target ? `Rebuild “${target.title}”` : "Bring in files";
    note.hidden = !target;
    if (target) {
      const missing = stillMissing(target.sources, entries);
      note.replaceChildren(
        element("p", {}, "Drop all the files it is to be built from: those of before, since no copies were kept, and the new ones. Until the new build is done, the dataset stays as it is."),
        missing.length > 0 && element("p.small", {}, `Built before from, and not here yet: ${missing.join(", ")}`),
        element("p.actions", {}, element("button.button", { type: "button", onclick: () => { again(); heading.focus(); } }, "Do not rebuild")));
    }
    named.replaceChildren(...state.notes.map((said) => element("p.small", {}, said)));
    showFiles();
    showReading();
    const ready = found !== null && !state.reading && !entries.some((entry) => entry.problem);
    if (!ready) step.node.hidden = true; else if (step.state.answer || step.state.wrong) step.node.hidden = false;
    build.hidden = !ready;
    go.textContent = target ? "Build it again" : "Build the map";
    box.classList.toggle("small-box", entries.length > 0);
  }

  function showFiles() {
    const key = /** @type {HTMLElement|null} */ (document.activeElement)?.dataset?.key;
    for (const details of list.querySelectorAll("details")) opened.set(details.querySelector("summary").dataset.key, details.open);
    const open_ = (/** @type {Entry} */ entry) => opened.get(`preview-${entry.key}`) ?? state.entries.length <= SHOWN_AT_ONCE;
    list.replaceChildren(...state.entries.map((entry) => fileCard(entry, { remove, choose }, open_(entry))));
    if (key) /** @type {HTMLElement|null} */ (list.querySelector(`[data-key="${CSS.escape(key)}"]`))?.focus();
  }

  function showReading() {
    if (state.reading) return; // the bar is there
    const parts = state.general.map((each) => problemBox(each));
    const wrong = state.entries.filter((entry) => entry.problem).length;
    if (state.found) parts.push(foundSummary(state.found));
    else if (wrong && !state.waiting) parts.push(answerForAll(), leaveOut(), element("p", {}, `${counted(wrong, "file")} cannot be read as ${wrong === 1 ? "it is" : "they are"}: do what is said there, drop the mended file again, or remove it.`));
    else if (state.entries.length && !state.waiting) parts.push(element("p.actions", {}, element("button.button", { type: "button", onclick: () => { state.general = []; settle(); } }, "Read the files")));
    reading.replaceChildren(...parts);
  }

  /** One button for all files that cannot be read, where others can: a readme, an archive or an empty table in a folder. */
  function leaveOut() {
    const unreadable = state.entries.filter(isUnreadable);
    if (!unreadable.length || unreadable.length === state.entries.length) return "";
    const many = unreadable.length === 1 ? "the file that cannot be read" : `the ${unreadable.length} files that cannot be read`;
    const leave = () => {
      state.notes = [`Left out: ${unreadable.map((entry) => entry.name).join(", ")}.`];
      for (const entry of unreadable) remove(entry);
      say(state.notes[0]);
    };
    return element("p.actions", {}, element("button.button", { type: "button", onclick: leave }, `Leave out ${many}`));
  }

  /** Where several files leave open how their dates are written, one answer for them all. */
  function answerForAll() {
    const asking = state.entries.filter((entry) => entry.problem?.questions.includes("dayfirst") && entry.stored);
    if (asking.length < 2) return "";
    const answer = (/** @type {boolean} */ dayfirst) => () => { for (const entry of asking) choose(entry, { ...entry.stored?.options, dayfirst }); };
    return element("p.actions", {},
      element("button.button", { type: "button", onclick: answer(true) }, `Day first in all ${asking.length} files`),
      element("button.button", { type: "button", onclick: answer(false) }, "Month first in all"));
  }

  window.addEventListener("beforeunload", (event) => { if (state.working || state.entries.some((entry) => entry.abort)) event.preventDefault(); });
  window.addEventListener("pagehide", (event) => { if (!event.persisted) state.of?.close().catch(() => {}); });
  show();
  return { rebuild, demo: () => work("Making up a council", async () => { await (await openImport()).demo(); }) };
}

// What the start page says and decides, without a page: sizes, limits, titles, problems.

/** @typedef {{file: number, all: number, files: number, piece: number}} Limits */
/** @typedef {{message: string, remedy: string, questions: string[], file: string|null, row: number|null, value: string|null}} Problem */
/** @typedef {{name: string, count: number, station: string|null, how: string}} EventRow */

/** Bytes as people say them, of 1024 each, as file managers count. @param {number} size */
export function sizeInWords(size) {
  const units = ["bytes", "kB", "MB", "GB"];
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) { size /= 1024; unit += 1; }
  return `${unit === 0 ? size : Number(size.toFixed(1))} ${units[unit]}`;
}

/** @param {number} count @param {string} one @param {string} [many] */
export const counted = (count, one, many = `${one}s`) => `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;

/** What the system keeps in folders and nobody means to bring in. @param {string} name */
export const isHidden = (name) => /(^|\/)(\.|~\$)|(^|\/)(Thumbs\.db|desktop\.ini)$/i.test(name);

/**
 * Why a file cannot be brought in beside those that are there, or null.
 * @param {{name: string, size: number}} file @param {{size: number}[]} others @param {Limits} limits
 * @returns {Problem | null}
 */
export function tooMuch(file, others, limits) {
  const whole = "flowmap build reads files of any size.";
  if (file.size > limits.file) {
    return problem(`The file has ${sizeInWords(file.size)}; one file may have ${sizeInWords(limits.file)}.`, `Bring in a shorter period. On the command line, ${whole}`);
  }
  if (others.length >= limits.files) return problem(`There are ${limits.files} files already, the most there may be.`, "Bring in fewer files.");
  const all = others.reduce((sum, other) => sum + other.size, file.size);
  if (all > limits.all) {
    return problem(`With this file there would be ${sizeInWords(all)}; all files together may have ${sizeInWords(limits.all)}.`, `Bring in fewer files. On the command line, ${whole}`);
  }
  return null;
}

/** @param {string} message @param {string} [remedy] @returns {Problem} */
export const problem = (message, remedy = "") => ({ message, remedy, questions: [], file: null, row: null, value: null });

/**
 * Whether nothing but leaving a file out, or mending it, lets the others be read: how its dates are meant can be said.
 * @param {{problem: Problem|null}} entry
 */
export const isUnreadable = ({ problem: found }) => found !== null && !found.questions.includes("dayfirst");

/** Where in the file a problem is, to go before what it is. @param {Problem} found */
export function whereOf(found) {
  const parts = [found.row === null ? "" : `Row ${found.row.toLocaleString("en-GB")}`, found.value === null ? "" : `“${found.value}”`];
  const said = parts.filter(Boolean).join(", ");
  return said ? `${said}: ` : "";
}

/**
 * A title to begin with: the file's name in words, where it is one table; what councils exchange is named by its kind.
 * @param {{name: string, stored?: {seen: {council: boolean}|null}|null}[]} files
 */
export function titleOf(files) {
  if (files.some((file) => file.stored?.seen?.council)) return "My council";
  const last = files[0]?.name.split("/").at(-1) ?? "";
  const words = last.replace(/(\.[A-Za-z0-9]{1,8}){1,2}$/, "").replace(/[_-]+/g, " ").trim();
  return words ? words[0].toUpperCase() + words.slice(1) : "My council";
}

/**
 * What is to be said to the build: the events whose station is not what the map says by itself.
 * @param {EventRow[]} rows @param {Map<string, string>} chosen  event → station id, "" for none
 */
export function eventsToSay(rows, chosen) {
  /** @type {Record<string, string|null>} */
  const said = {};
  for (const row of rows) {
    if (row.how === "named" || row.how === "own") continue;
    const station = chosen.has(row.name) ? chosen.get(row.name) || null : row.station;
    const byItself = row.how === "known" ? row.station : null;
    if (station !== byItself) said[row.name] = station;
  }
  return said;
}

/** How the events stand on the map, as a sentence. @param {EventRow[]} rows @param {Map<string, string>} chosen */
export function standing(rows, chosen) {
  const of = (/** @type {EventRow} */ row) => (chosen.has(row.name) ? chosen.get(row.name) : row.station);
  if (rows.length && rows[0].how === "own") return `Each of the ${counted(rows.length, "kind")} of event becomes a station (the rarest share one, beyond thirty).`;
  const none = rows.filter((row) => !of(row));
  if (!none.length) return `The map has a station for ${rows.length === 1 ? "the only kind" : `each of the ${rows.length} kinds`} of event.`;
  const events = none.reduce((sum, row) => sum + row.count, 0);
  return `${counted(none.length, "kind")} of event (${counted(events, "event")}) ${none.length === 1 ? "has" : "have"} no station on this map and will stand at “Other”.`;
}

/** The files that a dataset was built from and that have not been brought in again. @param {string[]} before @param {{name: string}[]} files */
export function stillMissing(before, files) {
  const last = (/** @type {string} */ name) => name.split("/").at(-1);
  const there = new Set(files.map((file) => last(file.name)));
  return before.filter((name) => !there.has(last(name)));
}

const AGAIN = ["same-record-again", "duplicate-row"]; // rows dropped of which nothing is lost, as on the quality page

/**
 * @param {{rows_read: number, rows_kept: number, rows_dropped: number}} rows
 * @param {{rule: string, count: number, action: string}[]} problems  says how many rows were dropped because others have their records
 */
export function rowsInWords(rows, problems) {
  const said = (/** @type {number} */ count) => count.toLocaleString("en-GB");
  const again = problems.reduce((sum, each) => sum + (AGAIN.includes(each.rule) && each.action === "dropped" ? each.count : 0), 0);
  const why = again ? ` (${again === rows.rows_dropped ? "all" : said(again)} because another row has the same record)` : "";
  return `${counted(rows.rows_read, "row")} read: ${said(rows.rows_kept)} kept, ${said(rows.rows_dropped)} dropped${why}.`;
}

// The server's side of an import: each call is one address of /api/imports.

/** @typedef {import("./words.js").Problem} Problem */
/** @typedef {{id: string, name: string, size: number, received: number, complete: boolean, already: string|null, options: Record<string, any>, seen: Seen|null}} File_ */
/** @typedef {{format: string|null, label: string|null, why: string|null, plain: boolean, council: boolean, columns: string[], guess: Record<string, any>, preview: any, problem: Problem|null}} Seen */
/** @typedef {{kind: string|null, state: string, stage: string, share: number, result: any, problems: Problem[]}} Job */
/** @typedef {{id: string, dataset: string|null, files: File_[], found: any, job: Job}} Session */

/** The server said no, in words. */
export class Refusal extends Error {
  /** @param {string} message @param {string} remedy @param {number} status */
  constructor(message, remedy, status) { super(message); this.name = "Refusal"; this.remedy = remedy; this.status = status; }
}

/** @param {string} method @param {string} path @param {unknown} [body] @param {RequestInit} [more] */
export async function call(method, path, body, more = {}) {
  const json = body === undefined || body instanceof Blob ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const bytes = body instanceof Blob ? { headers: { "Content-Type": "application/octet-stream" }, body } : {};
  let answer;
  try {
    answer = await fetch(`/api${path}`, { method, cache: "no-store", ...json, ...bytes, ...more });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Refusal("The server does not answer.", "Is it still running? Start it again, and load this page anew.", 0);
  }
  const found = await answer.json().catch(() => null);
  if (answer.ok) return found;
  throw new Refusal(found?.error?.message ?? `The server answered ${answer.status}.`, found?.error?.remedy ?? "", answer.status);
}

/** Calls about one import. @param {string} id */
export function calls(id) {
  const root = `/imports/${id}`;
  return {
    /** @returns {Promise<Session>} */
    show: () => call("GET", root),
    close: () => call("DELETE", root, undefined, { keepalive: true }),
    /**
     * Bring in a file, piece by piece.
     * @param {File} file @param {string} name @param {number} piece @param {(share: number) => void} told  what share will be there once this piece is @param {AbortSignal} signal
     * @returns {Promise<File_>}
     */
    async upload(file, name, piece, told, signal) {
      const query = new URLSearchParams({ name, size: String(file.size) }).toString().replaceAll("+", "%20");
      /** @type {File_} */
      told(Math.min(1, piece / file.size));
      let stored = await call("PUT", `${root}/files?${query}`, file.slice(0, piece), { signal });
      while (!stored.complete) {
        told(Math.min(1, (stored.received + piece) / file.size));
        const next = file.slice(stored.received, stored.received + piece);
        stored = await call("PUT", `${root}/files/${stored.id}?offset=${stored.received}`, next, { signal });
      }
      return stored;
    },
    /** @param {string} file @param {Record<string, any>} options @returns {Promise<File_>} */
    choose: (file, options) => call("PATCH", `${root}/files/${file}`, options),
    /** @param {string} file @returns {Promise<Session>} */
    remove: (file) => call("DELETE", `${root}/files/${file}`),
    read: () => call("POST", `${root}/read`, {}),
    /** @param {any} map */
    events: (map) => call("POST", `${root}/events`, { map }),
    /** @param {any} wanted */
    build: (wanted) => call("POST", `${root}/build`, wanted),
    demo: () => call("POST", `${root}/demo`, {}),
    /** @returns {Promise<Job>} */
    job: () => call("GET", `${root}/job`),
    cancel: () => call("DELETE", `${root}/job`),
  };
}

/** @typedef {ReturnType<typeof calls>} Calls */

/** @param {string | null} dataset  the one to be replaced @returns {Promise<Session>} */
export const open = (dataset) => call("POST", "/imports", { dataset });

const PAUSE = 350;

/**
 * Wait until the job of an import has ended, saying how far it is.
 * @param {Calls} of @param {(job: Job) => void} told @returns {Promise<Job>}
 */
export async function follow(of, told) {
  for (;;) {
    const job = await of.job();
    told(job);
    if (job.state !== "running") return job;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

// Where figures come from. Every address here is one that a person can open, as JSON or CSV.

/** The server said no, with a sentence for the person. */
export class Refusal extends Error {
  /** @param {string} message @param {number} status */
  constructor(message, status) { super(message); this.name = "Refusal"; this.status = status; }
}

/** @param {Promise<Response>} asked */
async function unwrap(asked) {
  const answer = await asked.catch((error) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Refusal("The server does not answer. Is it still running? The map goes on without it; figures come again when it does.", 0);
  });
  if (answer.ok) return answer.json();
  let message = `The server answered ${answer.status}.`;
  try {
    const { error } = await answer.json();
    if (error?.message) message = [error.message, error.remedy].filter(Boolean).join(" ");
  } catch { /* not JSON: the status is all there is to say */ }
  throw new Refusal(message, answer.status);
}

/** @param {string} dataset  its name in the address */
export function createApi(dataset) {
  const root = `/api/datasets/${encodeURIComponent(dataset)}`;
  /** @param {string} path @param {Record<string, string>} [own] @param {string} [cohort] */
  const url = (path, own = {}, cohort = "") => {
    // A plus is a plus to the server (visit=1+), so a space is written as such.
    const query = [new URLSearchParams(own).toString().replaceAll("+", "%20"), cohort].filter(Boolean).join("&");
    return `${root}${path}${query ? `?${query}` : ""}`;
  };
  /** @param {"POST"|"PUT"} method @param {string} path @param {unknown} body */
  const send = async (method, path, body) =>
    unwrap(fetch(url(path), { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }));
  return {
    url,
    /** @param {string} address @param {AbortSignal} [signal] */
    get: async (address, signal) => unwrap(fetch(address, { signal, headers: { Accept: "application/json" } })),
    /** @param {string} path @param {unknown} body */
    post: (path, body) => send("POST", path, body),
    /** @param {string} path @param {unknown} body */
    put: (path, body) => send("PUT", path, body),
  };
}

/** @typedef {ReturnType<typeof createApi>} Api */

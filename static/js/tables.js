// The wire tables as they arrive: Arrow streams whose columns are read where they lie.

import { tableFromIPC } from "apache-arrow";

/** @typedef {Record<string, ArrayLike<number>>} Columns */

/**
 * Begins to fetch a table; the page may call this before it knows anything else.
 * @param {string} url @returns {Promise<ArrayBuffer>}
 */
export async function fetchTable(url) {
  const response = await fetch(url, { headers: { Accept: "application/vnd.apache.arrow.stream" } }).catch(() => {
    throw new Error("The server does not answer. Check that it is running, then reload the page.");
  });
  if (!response.ok) {
    const told = await response.json().catch(() => null);
    throw new Error(
      told?.error ? `${told.error.message} ${told.error.remedy ?? ""}`.trim() : `The server answered ${response.status} to ${url}.`,
    );
  }
  return response.arrayBuffer();
}

/** @param {ArrayBuffer} stream @returns {Columns} */
export function readTable(stream) {
  const table = tableFromIPC(new Uint8Array(stream));
  return Object.fromEntries(table.schema.fields.map(({ name }) => [name, /** @type {any} */ (table.getChild(name)).toArray()]));
}

// What a figure means. The texts come with the page (flowmap/measures/definitions.yaml), as the page of definitions shows them.

import { byId } from "../element.js";

/** @param {string} measure @returns {DocumentFragment | null} */
export function definitionOf(measure) {
  const found = byId("definitions").content.querySelector(`[data-measure="${measure}"] .definition-body`);
  return found ? found.cloneNode(true) : null;
}

/** The first sentences alone, for a picture that leaves the page. @param {string} measure */
export const definitionLine = (measure) => byId("definitions").content.querySelector(`[data-measure="${measure}"] .definition-line`)?.textContent.trim() ?? "";

/** Where the figure is defined, and by whom. @param {string} measure */
export const sourceLine = (measure) => byId("definitions").content.querySelector(`[data-measure="${measure}"] .definition-source`)?.textContent.trim() ?? "";

// A picture as plain values: chart makers give these, so that they run (and are tested) where there is no document.

const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {object} Tree
 * @property {string} tag
 * @property {Record<string, string | number>} attributes
 * @property {(Tree | string)[]} children
 */

/**
 * @param {string} tag @param {Record<string, string | number | null | undefined | false>} [attributes]  without a value: left out
 * @param {...(Tree | string | null | undefined | false)} children
 * @returns {Tree}
 */
export function node(tag, attributes = {}, ...children) {
  const kept = Object.entries(attributes).filter(([, value]) => value !== null && value !== undefined && value !== false);
  return {
    tag,
    attributes: /** @type {Record<string, string | number>} */ (Object.fromEntries(kept)),
    children: /** @type {(Tree | string)[]} */ (children.filter((child) => child !== null && child !== undefined && child !== false)),
  };
}

/** A line of text. @param {number} x @param {number} y @param {string} words @param {string} [kind] class @param {"start"|"middle"|"end"} [anchor] */
export const text = (x, y, words, kind = "", anchor = "start") =>
  node("text", { x: round(x), y: round(y), class: kind || null, "text-anchor": anchor === "start" ? null : anchor }, words);

/** Tenths of a pixel are enough, and keep a downloaded picture small. @param {number} value */
export const round = (value) => Math.round(value * 10) / 10;

/** The picture in a document. @param {Tree} tree @returns {any} an SVG element */
export function drawn(tree) {
  const made = document.createElementNS(SVG, tree.tag);
  for (const [key, value] of Object.entries(tree.attributes)) made.setAttribute(key, String(value));
  for (const child of tree.children) made.append(typeof child === "string" ? child : drawn(child));
  return made;
}

/** Every node of a picture that passes a test, in drawing order. @param {Tree} tree @param {(one: Tree) => boolean} passes @returns {Tree[]} */
export const all = (tree, passes) =>
  [...(passes(tree) ? [tree] : []), ...tree.children.flatMap((child) => (typeof child === "string" ? [] : all(child, passes)))];

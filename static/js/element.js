// Builds DOM from plain values. Text is always text, never markup.

/**
 * @param {string} tag  "div", or "button.quiet" with classes
 * @param {Record<string, any>} [attributes]  "onclick" and the like are listeners; true is an empty attribute, false and null leave it out
 * @param {...(Node | string | number | null | undefined | false)} children
 * @returns {any} an HTMLElement of that tag
 */
export function element(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name);
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, String(value));
  }
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) node.append(child instanceof Node ? child : String(child));
  }
  return node;
}

/** An element that the page's template has. @param {string} id @returns {any} */
export const byId = (id) => document.getElementById(id);

/** A bar whose length is a share of its row. @param {number} share */
export function bar(share) {
  const node = element("i", { "aria-hidden": "true" });
  node.style.transform = `scaleX(${Math.max(0, Math.min(1, share || 0))})`;
  return node;
}

/** Links to a figure as JSON and as CSV. @param {string} json @returns {Node[]} */
export function formats(json) {
  const csv = `${json}${json.includes("?") ? "&" : "?"}format=csv`;
  return [element("a", { href: json, target: "_blank", rel: "noopener" }, "JSON"), new Text(" · "), element("a", { href: csv, download: true }, "CSV")];
}

/** The address of the same figures, for a spreadsheet or a script. @param {string} json */
export const addresses = (json) => element("p.aside", {}, "The same figures: ", ...formats(json));

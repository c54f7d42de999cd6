// The keys, in one table. A key that a control needs (a letter in a text field, an arrow on a radio) stays that control's.

/** @param {Record<string, (event: KeyboardEvent) => void>} keys  by name, "Shift+ArrowLeft" and the like */
export function listen(keys) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = /** @type {HTMLElement} */ (event.target);
    const typing = target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");
    if (typing) return;
    if (target.matches("input[type=radio]") && event.key.startsWith("Arrow")) return;
    if (target.matches("button, a, input") && (event.key === " " || event.key === "Enter")) return;
    const action = keys[`${event.shiftKey && event.key.length > 1 ? "Shift+" : ""}${event.key.length === 1 ? event.key.toLowerCase() : event.key}`];
    if (!action) return;
    event.preventDefault();
    action(event);
  });
}

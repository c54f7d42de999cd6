// The one panel beside the map. It takes room from the map and covers none of it; what had focus gets it back.

import { element } from "./element.js";

/** @param {HTMLElement} root @param {{onClose: () => void}} on */
export function createDrawer(root, on) {
  /** @type {HTMLElement | null} */ let opener = null;
  let shown = "";

  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.stopPropagation(); on.onClose(); }
  });

  return {
    /**
     * @param {string} key  what is shown; the same key again replaces the content and leaves scroll and focus alone
     * @param {string} title @param {Node[]} content @param {{wide?: boolean}} [options]
     */
    show(key, title, content, { wide = false } = {}) {
      const same = key === shown && !root.hidden;
      const top = root.scrollTop;
      const close = element("button.icon", { type: "button", "aria-label": "Close", title: "Close (Esc)", onclick: on.onClose }, "×");
      const focused = same && root.contains(document.activeElement) ? document.activeElement?.getAttribute("data-key") ?? (document.activeElement === root.querySelector("header button") ? "close" : null) : null;
      root.replaceChildren(element("header", {}, element("h2", { id: "drawer-title" }, title), close), ...content);
      root.setAttribute("aria-label", title);
      root.classList.toggle("wide", wide);
      root.dataset.shows = key;
      if (same) {
        root.scrollTop = top;
        if (focused === "close") close.focus();
        else if (focused) /** @type {HTMLElement|null} */ (root.querySelector(`[data-key="${CSS.escape(focused)}"]`))?.focus();
        return;
      }
      if (root.hidden) opener = /** @type {HTMLElement | null} */ (document.activeElement);
      root.hidden = false;
      root.scrollTop = 0;
      shown = key;
      root.focus({ preventScroll: true });
    },
    hide() {
      if (root.hidden) return;
      const inside = root.contains(document.activeElement);
      root.hidden = true;
      root.replaceChildren();
      delete root.dataset.shows;
      shown = "";
      if (inside && opener?.isConnected) opener.focus();
    },
    shown: () => shown,
  };
}

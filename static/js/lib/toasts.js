/** Short messages at the edge of the page. */

/** Show `text`; `undo` is the address that takes the action back. */
export function toast(text, { level = "info", undo = "" } = {}) {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, level, undo } }));
}

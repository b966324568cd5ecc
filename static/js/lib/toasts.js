/** Short messages in the frame of the page. */

/**
 * Show `text`; `undo` is the address that takes the action back. While one of the same `kind` is shown, the
 * two become one that counts them, see components/toast-stack.js.
 */
export function toast(text, { level = "info", undo = "", kind = "" } = {}) {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, level, undo, kind } }));
}

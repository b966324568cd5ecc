/** What a pressed key is called, and when it is none of ours. */
import { find, findAll } from "lib/dom.js";

const NO_TEXT = new Set(["button", "checkbox", "image", "radio", "reset", "submit"]);
const PART_OF_A_WORD = 229; // what browsers say of a key that an input method has taken

/** Whether letters pressed now are for what has the focus: a field, or a list that is chosen from. */
export function isTyping(event) {
  const at = event.composedPath()[0];
  if (!(at instanceof HTMLElement)) return false;
  if (at.isContentEditable || at.matches("textarea, select, [role=combobox], [role=textbox]")) return true;
  return at.matches("input") && !NO_TEXT.has(at.type);
}

/** A key that somebody else has taken, or that only belongs to a word being written. */
export const isTaken = (event) =>
  event.defaultPrevented || event.isComposing || event.keyCode === PART_OF_A_WORD || event.key === "Dead";

/** The letter of a key, also where the keyboard writes none of ours: the key at the same place. */
function letterOf({ key, code }) {
  if (/^[\x20-\x7e]$/.test(key)) return key.toLowerCase();
  return /^Key[A-Z]$/.test(code) ? code.slice(3).toLowerCase() : key;
}

/**
 * The name of what is pressed: "Control+Shift+z", "?", "g"; "" for what is never ours: with Alt (which is also
 * how many keyboards write signs), and with the key of the system alone where Ctrl is held, too.
 */
export function chordOf(event) {
  if (event.altKey || event.getModifierState("AltGraph")) return "";
  if (event.ctrlKey && event.metaKey) return "";
  if (event.ctrlKey || event.metaKey) return `Control+${event.shiftKey ? "Shift+" : ""}${letterOf(event)}`;
  const isShifted = event.shiftKey && /^[a-z]$/i.test(event.key);
  return isShifted ? "" : event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

/** Whether a form holds something that was typed and not sent: leaving the page, or Ctrl+Z, is about that. */
export const hasUnsent = () =>
  findAll("main :is(input, textarea)").some(
    (field) => !NO_TEXT.has(field.type) && !["hidden", "search"].includes(field.type) && field.value !== field.defaultValue,
  );

/** The dialog that lies over the page, if one does. */
export const openSheet = () => find("dialog[open]");

/**
 * Close the dialog that lies over the page at once, and say whether one did. The browser closes it a moment
 * after Escape was pressed, and takes the focus out of it later still: the next key would be lost in it.
 */
export function closeSheet(event) {
  const sheet = openSheet();
  if (!sheet || isTaken(event)) return false;
  event.preventDefault();
  sheet.close();
  if (sheet.contains(document.activeElement)) document.activeElement.blur();
  return true;
}

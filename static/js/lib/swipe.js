/**
 * On a touch screen a row is swiped to do what a button of it does: the button with data-swipe="start" by a
 * swipe towards the start of the line, "end" towards its end. The button stays for everybody else.
 */
import { find } from "lib/dom.js";

const BEGINS = 14; // pixels to the side, before which nobody knows whether it is a swipe
const STEEP = 0.6; // a path that rises or falls more than that to its width scrolls the page
const FAR = 0.35; // of the width of the row, from which on it is done when the finger goes up
// What moves or opens by itself is no place to swipe from.
const APART = "[data-handle], input, .menu-list, dialog";
// Rows may hold rows, in what is unfolded.
const buttonOf = (row, way) => find(`:scope > :not(.queue-fold) button[data-swipe="${way}"]:not(:disabled)`, row);

/** Let rows that `selector` names be swiped. */
export function swipeRows(selector) {
  let swipe = null;

  document.addEventListener("pointerdown", (event) => {
    const row = event.target.closest?.(selector);
    const isAlone = event.isPrimary && event.pointerType === "touch";
    swipe?.end();
    swipe = isAlone && row && !event.target.closest(APART) ? new Swipe(row, event) : null;
  });
  document.addEventListener("pointermove", (event) => {
    if (swipe && !swipe.follows(event)) swipe = null;
  });
  document.addEventListener("pointerup", (event) => {
    if (swipe?.isOf(event)) swipe.finish();
    swipe = null;
  });
  document.addEventListener("pointercancel", () => {
    swipe?.end(); // the browser has taken the finger: it scrolls
    swipe = null;
  });
}

/** One finger on one row. */
class Swipe {
  hasBegun = false;
  #row;
  #id;
  #at;
  #by = 0;

  constructor(row, { pointerId, clientX, clientY }) {
    this.#row = row;
    this.#id = pointerId;
    this.#at = { x: clientX, y: clientY };
  }

  isOf({ pointerId }) {
    return pointerId === this.#id;
  }

  /** Whether it may still become a swipe, or is one. */
  follows(event) {
    if (!this.isOf(event)) return true;
    const [x, y] = [event.clientX - this.#at.x, event.clientY - this.#at.y];
    if (!this.hasBegun) {
      if (Math.hypot(x, y) < BEGINS) return true;
      if (Math.abs(y) > Math.abs(x) * STEEP || !this.#button(x)) return false;
      this.#begin();
    }
    this.#by = this.#button(x) ? x : 0;
    this.#show();
    return true;
  }

  finish() {
    const button = this.#isFar() ? this.#button(this.#by) : null;
    const wasSwiped = this.hasBegun;
    this.end();
    if (wasSwiped) swallowClick();
    button?.click();
  }

  end() {
    const { classList, dataset, style } = this.#row;
    classList.remove("is-dragging", "is-swiped");
    delete dataset.swiped;
    delete dataset.swipes;
    style.removeProperty("--swiped");
    this.hasBegun = false;
  }

  #begin() {
    this.hasBegun = true;
    this.#row.classList.add("is-dragging", "is-swiped"); // a live region waits for what is dragged
  }

  /** What is done by a swipe of `x` pixels, to the right where that is more than none. */
  #button(x) {
    const isToEnd = getComputedStyle(this.#row).direction === "rtl" ? x < 0 : x > 0;
    return buttonOf(this.#row, isToEnd ? "end" : "start");
  }

  #isFar() {
    return Math.abs(this.#by) >= this.#row.offsetWidth * FAR;
  }

  #show() {
    const { dataset, style } = this.#row;
    style.setProperty("--swiped", `${this.#by}px`);
    const button = this.#button(this.#by);
    dataset.swiped = this.#by ? `${button.dataset.swipe}${this.#isFar() ? " far" : ""}` : "";
    dataset.swipes = button?.textContent.trim() || button?.title || "";
  }
}

/** Where the finger goes up, what lies there is not meant to be pressed. */
function swallowClick() {
  const over = new AbortController();
  const swallow = (event) => {
    if (!event.isTrusted) return; // ours
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener("click", swallow, { signal: over.signal, capture: true });
  setTimeout(() => over.abort(), 50);
}

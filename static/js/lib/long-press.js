/** On a touch screen a long press on a card ticks it, as it does in the lists of a telephone. */
import { find } from "lib/dom.js";

const LONG = 500; // milliseconds
const MOVED = 10; // pixels, from which on a finger scrolls

/** Tick the box within what `selector` names when it is pressed for long; a second press takes the tick away. */
export function tickByPressing(selector) {
  let press = null;
  const end = () => {
    clearTimeout(press?.timer);
    press = null;
  };
  document.addEventListener("pointerdown", (event) => {
    end();
    const box = find("input[type=checkbox]", event.target.closest(selector) ?? document.createElement("i"));
    if (event.pointerType !== "touch" || !box || event.target.closest("label, input")) return;
    press = { x: event.clientX, y: event.clientY, timer: setTimeout(() => tick(box), LONG) };
  });
  document.addEventListener("pointermove", (event) => {
    if (press && Math.hypot(event.clientX - press.x, event.clientY - press.y) > MOVED) end();
  });
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, end);
}

/** Tick it, and let the press end without opening what it was on, and without the browser's own menu. */
function tick(box) {
  box.click();
  navigator.vibrate?.(10);
  const over = new AbortController();
  const swallow = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  for (const name of ["click", "contextmenu"]) {
    document.addEventListener(name, swallow, { signal: over.signal, capture: true });
  }
  // The click comes after the finger has gone up; a new press is another one.
  document.addEventListener("pointerup", () => setTimeout(() => over.abort(), 50), { once: true });
  document.addEventListener("pointerdown", () => over.abort(), { once: true, capture: true });
}

/**
 * Back finds the card that was in sight. The height the browser notes does not: cards that have not been in
 * sight are only guessed at, so that the same height is another place once they are drawn.
 */
import { findAll } from "lib/dom.js";

const STILL = 5; // frames in a row without a correction, after which the place is taken as reached
const MOST = 120; // frames; whatever still moves by then moves for another reason
const BY_HAND = ["wheel", "touchstart", "pointerdown", "keydown"];

const slot = () => `place ${location.href}`;
const topOf = (card) => card.getBoundingClientRect().top;

/**
 * Note the card in sight when this page is left, and bring it back to where it was when one comes back. The
 * returned function notes it at once, before another list takes the place of this one.
 */
export function keepPlace(list) {
  let isElsewhere = false;
  // Back has changed the address, and htmx loads the page anew: what is shown is not what stands there.
  addEventListener("popstate", ({ state }) => {
    isElsewhere = Boolean(state?.htmx);
  });
  addEventListener("pagehide", () => {
    if (!isElsewhere) note(list());
  });
  const [{ type } = {}] = performance.getEntriesByType("navigation");
  if (type === "back_forward" || type === "reload") restore(list());
  return () => note(list());
}

function note(list) {
  const card = list && findAll("[data-key]", list).find((one) => topOf(one) >= 0);
  const isDown = card && window.scrollY > 0;
  if (isDown) sessionStorage.setItem(slot(), JSON.stringify({ key: card.dataset.key, top: topOf(card) }));
  else sessionStorage.removeItem(slot());
  history.scrollRestoration = isDown ? "manual" : "auto";
}

function restore(list) {
  const place = JSON.parse(sessionStorage.getItem(slot()));
  const card = place && list && findAll("[data-key]", list).find((one) => one.dataset.key === place.key);
  if (card) hold(card, place.top);
}

/** Drawing the cards around it moves it: correct that until all is still, or the visitor scrolls. */
function hold(card, top) {
  const byHand = new AbortController();
  for (const name of BY_HAND) addEventListener(name, () => byHand.abort(), { signal: byHand.signal, passive: true });
  let frames = 0;
  let still = 0;
  const correct = () => {
    if (byHand.signal.aborted) return;
    const off = topOf(card) - top;
    if (Math.abs(off) >= 1) window.scrollBy({ top: off, behavior: "instant" });
    still = Math.abs(off) < 1 && document.readyState === "complete" ? still + 1 : 0;
    frames += 1;
    if (still < STILL && frames < MOST && card.isConnected) requestAnimationFrame(correct);
    else byHand.abort();
  };
  correct();
}

/** What the visitor was at survives when a part of the page is rendered anew. */
import { findAll } from "lib/dom.js";

const ROW = ":is(li, tr, article):is([data-item], [data-episode], [data-key])";

const nameOf = (row) => row && (row.dataset.item ?? row.dataset.episode ?? row.dataset.key);
const sameRow = (rows, row) => rows.find((other) => nameOf(other) === nameOf(row));

/**
 * Note what `region` shows; the returned function brings it back in the region that took its place.
 *
 * isMorphed: the region stays and only what differs in it changes; no more is lost then than a place or a row.
 */
export function remember(region, { isMorphed = false } = {}) {
  const bringBack = [position(region), focus(region)];
  if (!isMorphed) bringBack.unshift(openDetails(region), pictures(region));
  return () => {
    const now = document.getElementById(region.id);
    if (now) bringBack.forEach((work) => work(now));
  };
}

/** Details the visitor has opened stay open, with what came into them late until it has come again. */
function openDetails(region) {
  const open = findAll("details[open][id]", region);
  return () => {
    for (const old of open) {
      document.getElementById(old.id)?.setAttribute("open", "");
      for (const place of findAll(":scope > [data-late]", old)) {
        document.getElementById(place.id)?.replaceChildren(...place.childNodes);
      }
    }
  };
}

/** Pictures that are loaded already are used again: new ones would flicker. */
function pictures(region) {
  const loaded = findAll("img", region).filter((image) => image.complete && image.naturalWidth);
  return (now) => {
    for (const image of findAll("img", now)) {
      const at = loaded.findIndex((other) => other.getAttribute("src") === image.getAttribute("src"));
      if (at >= 0) image.replaceWith(...loaded.splice(at, 1));
    }
  };
}

/** The row with the focus, or else the first in sight, stays where it is when rows come in above it. */
function position(region) {
  const isInSight = ({ top, bottom }) => bottom > 0 && top < window.innerHeight;
  const rows = findAll(ROW, region).filter((one) => isInSight(one.getBoundingClientRect()));
  const row = rows.find((one) => one.contains(document.activeElement)) ?? rows[0];
  if (!row || window.scrollY === 0) return () => {};
  const top = row.getBoundingClientRect().top;
  return (now) => {
    const after = sameRow(findAll(ROW, now), row);
    if (after) window.scrollBy({ top: after.getBoundingClientRect().top - top, behavior: "instant" });
  };
}

/**
 * htmx gives the focus back to an element with the same id. Where that is gone or disabled now, it goes to
 * another button of the row, to the same control of the next row, or else to the page's main part.
 */
function focus(region) {
  const had = document.activeElement;
  if (!region.contains(had)) return () => {};
  const row = had.closest(ROW);
  const place = row ? findAll(ROW, region).indexOf(row) : -1;
  const like = had.id ? `[id^="${had.id.split("-")[0]}-"]` : had.tagName.toLowerCase();
  return (now) => {
    // One that is disabled while it has the focus keeps it for a moment.
    if (document.activeElement !== document.body && !document.activeElement.matches(":disabled")) return;
    const rows = row ? findAll(ROW, now) : [];
    const own = sameRow(rows, row);
    const near = [own, ...rows.slice(place), ...rows.slice(0, place).reverse()].filter(Boolean);
    const sameControl = near.map((other) => usable(other, like)).find(Boolean);
    const target = (own && (usable(own, like) ?? usable(own, "button"))) ?? sameControl;
    (target ?? document.getElementById("main")).focus({ preventScroll: true });
  };
}

const usable = (row, selector) => row.querySelector(`:is(${selector}):not(:disabled)`);

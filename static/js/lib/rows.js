/** Going through the rows of a list by keys: the row that has the focus is the one that is meant. */
import { findAll } from "lib/dom.js";

const ROW = "main :is(li, tr, article):is([data-item], [data-episode], [data-key], [data-run])";

const isShown = (element) => element.checkVisibility?.({ visibilityProperty: true }) ?? element.offsetParent !== null;

/** What a row is opened by, or else the first thing in it that takes the focus. */
function mainOf(row) {
  const first = row.matches("[data-episode], [data-run]") ? "summary" : "a[href]";
  for (const selector of [first, "a[href], summary, button:not(:disabled), input:not(:disabled)"]) {
    const found = findAll(selector, row).find((one) => one.tabIndex >= 0 && isShown(one));
    if (found) return found;
  }
  return null;
}

/** Move the focus `by` rows; from nowhere, to the first row in sight. */
export function goThroughRows(by) {
  const rows = findAll(ROW).filter((row) => isShown(row) && mainOf(row));
  const at = rows.indexOf(document.activeElement?.closest(ROW)); // rows may hold rows
  const inSight = rows.findIndex((row) => row.getBoundingClientRect().top >= 0);
  const next = at < 0 ? rows[Math.max(inSight, 0)] : rows[at + by];
  if (!next) return;
  mainOf(next).focus();
  next.scrollIntoView({ block: "nearest", behavior: "instant" });
}

/** Tick the row that has the focus, or take its tick away, as a click does. */
export function tickRow() {
  const row = document.activeElement?.closest(ROW);
  findAll("input[type=checkbox]:not(:disabled)", row ?? document.createElement("p"))[0]?.click();
}

/** The library page. */
import "components/scan-progress.js";
import { find, findAll } from "lib/dom.js";
import { tickByPressing } from "lib/long-press.js";
import { keepPlace } from "lib/place.js";

const theList = () => document.getElementById("live");

tickByPressing("[data-key]");

/**
 * The pages of the list that are there: { page, pages }. Of more than the server gives at once, those around
 * the card in sight.
 */
function span(list) {
  const cards = findAll("[data-key]", list);
  const perPage = Number(list.dataset.perPage);
  const most = Number(list.dataset.mostPages);
  const before = Number(find("#earlier [data-page]", list)?.dataset.page ?? 0);
  const shown = Math.max(Math.ceil(cards.length / perPage), 1);
  if (shown <= most) return { page: before + 1, pages: shown };
  const inSight = cards.findIndex((card) => card.getBoundingClientRect().bottom > 0);
  const above = Math.floor(Math.max(inSight, 0) / perPage) - Math.floor(most / 2);
  return { page: before + 1 + Math.min(Math.max(above, 0), shown - most), pages: most };
}

/**
 * The address remembers how far the list was scrolled out, so that Back and loading again bring what was
 * there, with the place in it.
 */
function remember() {
  const list = theList();
  if (!list) return;
  const address = new URL(location.href);
  for (const [name, value] of Object.entries(span(list))) {
    if (value > 1) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}
document.body.addEventListener("htmx:afterSettle", remember);
document.addEventListener("scrollend", remember);

const notePlace = keepPlace(theList);

document.body.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get") return;
  if (detail.elt.id === "live") Object.assign(detail.parameters, span(detail.elt));
  // Addresses name only the filters that are set.
  for (const [name, value] of [...detail.formData]) {
    if (value === "") detail.formData.delete(name);
  }
});

/** Another choice of series begins at its beginning: deep down the page would load all that leads there. */
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.requestConfig?.elt.id !== "filters") return;
  notePlace();
  window.scrollTo({ top: 0, behavior: "instant" });
}, true);

/** The library page. */
import "components/scan-progress.js";
import { findAll } from "lib/dom.js";
import { keepPlace } from "lib/place.js";

keepPlace(() => document.getElementById("live"));

/** How many pages of the list are there: those that scrolling has brought stay when it is rendered anew. */
function shownPages(list) {
  return Math.ceil(findAll("[data-key]", list).length / Number(list.dataset.perPage));
}

/**
 * The address remembers how far the list was scrolled out, so that Back and loading again bring a page that
 * is as long, with the place in it.
 */
document.body.addEventListener("htmx:afterSettle", () => {
  const list = document.getElementById("live");
  const shown = list ? shownPages(list) : 0;
  const address = new URL(location.href);
  if (shown > 1) address.searchParams.set("pages", shown);
  else address.searchParams.delete("pages");
  if (address.href !== location.href) history.replaceState(history.state, "", address);
});

document.body.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get") return;
  if (detail.elt.id === "live") detail.parameters.pages = Math.max(shownPages(detail.elt), 1);
  // Addresses name only the filters that are set.
  for (const [name, value] of [...detail.formData]) {
    if (value === "") detail.formData.delete(name);
  }
});

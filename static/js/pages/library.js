/** The library page. */
import "components/scan-progress.js";
import { findAll } from "lib/dom.js";

/** How many pages of the list are there: those that scrolling has brought stay when it is rendered anew. */
function shownPages(list) {
  return Math.ceil(findAll("[data-key]", list).length / Number(list.dataset.perPage));
}

document.body.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get") return;
  if (detail.elt.id === "live") detail.parameters.pages = Math.max(shownPages(detail.elt), 1);
  // Addresses name only the filters that are set.
  for (const [name, value] of [...detail.formData]) {
    if (value === "") detail.formData.delete(name);
  }
});

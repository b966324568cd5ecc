/** The queue page: progress between two renderings of the lists, and the runs that are unfolded. */
import "components/queue-list.js";
import "components/speed-graph.js";
import { find, findAll } from "lib/dom.js";
import { followProgress } from "lib/progress.js";

followProgress(find("h1").textContent.trim());

const region = () => document.getElementById("live");

/** What is unfolded is asked for with the page, whatever its address says of it. */
document.body.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.elt.id !== "live" || detail.verb !== "get") return;
  const address = new URL(detail.path, location.href);
  address.searchParams.delete("open");
  for (const fold of findAll("details[data-open][open]", region())) address.searchParams.append("open", fold.dataset.open);
  detail.path = address.pathname + address.search;
});

document.addEventListener("toggle", ({ target }) => {
  if (target.matches?.("details[data-open][open]") && find("[data-unloaded]", target)) region().refresh();
}, true);

/** Another part of a run is fetched into it. */
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-part-of]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  link.closest("details").dataset.open = new URL(link.href).searchParams.get("open");
  region().refresh();
});

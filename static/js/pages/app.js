/** What every page of the product does. */
import "components/command-palette.js";
import "components/connection-state.js";
import "components/key-bindings.js";
import "components/live-region.js";
import "components/reader-time.js";
import "components/selection-form.js";
import "components/theme-switch.js";
import "components/toast-stack.js";
import { askBeforeSending } from "lib/ask.js";
import { find, findAll, setText } from "lib/dom.js";
import { episode } from "lib/format.js";
import { openSheet } from "lib/keys.js";
import { goLive, listen, live } from "lib/live.js";
import { offerMorph } from "lib/morph.js";
import { toast } from "lib/toasts.js";

const words = document.documentElement.dataset;

offerMorph();

/** Menus close on Escape and on a click elsewhere. */
function closeMenus(event) {
  // A sheet lies over them, and gives the focus back to what is in them: Escape was meant for it.
  if (openSheet() || (event.type === "keydown" && event.defaultPrevented)) return;
  for (const menu of findAll("details.menu[open]")) {
    if (event.type === "keydown" && event.key === "Escape") {
      menu.open = false;
      find("summary", menu).focus();
    } else if (event.type === "click" && !menu.contains(event.target)) menu.open = false;
  }
}
document.addEventListener("click", closeMenus);
document.addEventListener("keydown", closeMenus);

askBeforeSending();

document.body.addEventListener("htmx:beforeSwap", (event) => {
  // The gate sent us to the login page: it belongs in the window, not in a part of this page.
  if (new URL(event.detail.xhr.responseURL || location.href).pathname.endsWith("/login")) {
    event.detail.shouldSwap = false;
    location.reload();
  }
});
for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.body.addEventListener(failure, () => toast(words.requestFailed, { level: "error" }));
}

const showCount = (id, count) => setText(document.getElementById(id), count ? String(count) : "");

listen(["queue_status", "queue_started", "queue_stopped"], ({ detail }) => {
  const { pending_count: pending, active_count: active } = detail.queue_status.statistics;
  showCount("queue-badge", pending + active);
});
listen(["scan_complete"], ({ detail }) => showCount("unmatched-badge", detail.result.unmatched));
listen(["inbox_changed"], ({ detail }) => {
  const badge = document.getElementById("inbox-badge"); // whoever is no owner sees less of it
  showCount("inbox-badge", detail[badge?.dataset.count ?? "unread"]);
});
listen(["repairs_changed"], ({ detail }) => showCount("repairs-badge", detail.count));
listen(["download_complete"], ({ detail }) =>
  toast(`${detail.serie_name} ${episode(detail.season, detail.episode)} ${words.arrived}`, { level: "success", kind: "arrived" }));
listen(["download_failed"], ({ detail }) => {
  // Sentences of events are English; the queue page has the reason in the reader's language.
  const reason = document.documentElement.lang === "en" ? `: ${detail.error.text}` : ` ${words.failed}`;
  toast(`${detail.serie_name} ${episode(detail.season, detail.episode)}${reason}`, { level: "error", kind: "failed" });
});
listen(["system_info"], ({ detail }) => toast(detail.message, { level: "info" }));
listen(["system_warning", "system_error"], ({ detail }) => toast(detail.message, { level: "warning" }));

live.join("downloads");
live.join("system_progress");
live.join("scan_progress");
goLive();

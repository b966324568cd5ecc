/** How far a download is, between two renderings of a page: in its row, its graph and the tab. */
import { find, setText } from "lib/dom.js";
import { duration, percent, size, speed, time } from "lib/format.js";
import { listen, live } from "lib/live.js";

const PRODUCT = "Aniworld";
let named = document.title; // what the tab is called while nothing is measured

function title(words) {
  const wanted = words ? `${words} · ${PRODUCT}` : named;
  if (document.title !== wanted) document.title = wanted;
}

function show({ detail }) {
  const row = find(`[data-item="${CSS.escape(detail.download_id)}"]`);
  const bar = row && find("[data-part=bar]", row);
  if (!bar || detail.status === "completed" || detail.status === "cancelled") return;
  const { progress } = detail;
  const part = (name) => find(`[data-part=${name}]`, row);
  const measured = progress.percent > 0 && detail.stage === "DOWNLOADING";
  if (measured) bar.value = progress.percent;
  else bar.removeAttribute("value");
  const stage = part("stage");
  const doing = stage.dataset[(detail.stage || "none").toLowerCase()] ?? detail.stage;
  const until = progress.waiting_until;
  setText(stage, until ? stage.dataset.waiting.replace("%s", progress.waiting_for) : doing);
  setText(part("until"), until ? time(until) : "");
  setText(part("percent"), measured ? percent(progress.percent) : "");
  const whole = size(progress.total_mb);
  const about = progress.total_is_estimate ? part("size").dataset.about.replace("%s", whole) : whole;
  const total = progress.total_mb ? ` / ${about}` : "";
  setText(part("size"), progress.downloaded_mb ? size(progress.downloaded_mb) + total : "");
  setText(part("speed"), speed(progress.speed_mbps));
  const eta = (measured && progress.eta_seconds) || null;
  setText(part("eta"), duration(eta));
  part("left").hidden = eta == null;
  find("speed-graph", row)?.note?.(progress.speed_mbps);
  title(measured ? percent(progress.percent) : "");
}

/** A worker that was killed cannot say so. After its lease without a sign the server is asked. */
const LEASE = 12_000;
let silence;

function hear() {
  clearTimeout(silence);
  silence = setTimeout(() => {
    const region = find("#live[data-heard]");
    if (region && !document.hidden) htmx.trigger(region, "refresh");
    hear();
  }, LEASE);
}

/** `name`: of the page, for the tab while nothing is measured. */
export function followProgress(name) {
  named = `${name} · ${PRODUCT}`;
  hear();
  live.join("download_progress");
  listen(["download_progress", "queue_status"], hear);
  listen(["download_progress"], show);
  document.body.addEventListener("htmx:afterSettle", () => title(find("#live")?.dataset.title));
}

/** The series page: what is open stays open, and the percentage of the episode on its way. */
import "components/episode-grid.js";
import { find, findAll, setText } from "lib/dom.js";
import { percent } from "lib/format.js";
import { listen, live } from "lib/live.js";

live.join("download_progress");
listen(["download_progress"], ({ detail }) => {
  const page = document.getElementById("live");
  if (detail.key !== page?.dataset.key || detail.status !== "in_progress") return;
  const word = find(`[data-episode="${detail.season}-${detail.episode}"] .chip--downloading [data-word]`, page);
  if (word) setText(word, `${word.dataset.word} ${percent(detail.progress.percent)}`);
});

/** The server is told which seasons are open: they stay so in what it renders anew, with their rows. */
document.body.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.target?.id !== "live") return;
  const parts = findAll("details[data-part]", detail.target);
  const open = parts.filter((part) => part.open).map((part) => part.dataset.part);
  if (parts.length) detail.headers["Opened-Parts"] = open.join(" ") || "none";
});

/** What tells why lies over the rows: it closes on Escape, and on a press elsewhere. */
function closeWhy(event) {
  if (event.type === "keydown" && event.defaultPrevented) return; // Escape has closed what lay over it
  for (const why of findAll("details.evidence[open]")) {
    if (event.type === "keydown" && event.key === "Escape") {
      why.open = false;
      find("summary", why).focus();
    } else if (event.type === "click" && !why.contains(event.target)) why.open = false;
  }
}
document.addEventListener("click", closeWhy);
document.addEventListener("keydown", closeWhy);

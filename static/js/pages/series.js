/** The series page: the percentage of the episode on its way. */
import { find, setText } from "lib/dom.js";
import { percent } from "lib/format.js";
import { listen, live } from "lib/live.js";

live.join("download_progress");
listen(["download_progress"], ({ detail }) => {
  const page = document.getElementById("live");
  if (detail.key !== page?.dataset.key || detail.status !== "in_progress") return;
  const chip = find(`[data-episode="${detail.season}-${detail.episode}"] .chip--downloading`, page);
  if (chip) setText(chip, `${chip.dataset.word} ${percent(detail.progress.percent)}`);
});

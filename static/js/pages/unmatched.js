/** The page of unmatched folders: nothing ticked, nothing to confirm. */
import { find } from "lib/dom.js";

function show() {
  const button = document.getElementById("confirm-ticked");
  if (button) button.disabled = !find("input[name=ids]:checked", document);
}

document.addEventListener("change", show);
document.body.addEventListener("htmx:afterSettle", show);
addEventListener("pageshow", show); // a browser that goes back puts the ticks in again
show();

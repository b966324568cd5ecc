import { find, setText } from "lib/dom.js";
import { listen, live } from "lib/live.js";

let wasRunning; // in the panel before this one

/** Follows a scan between two renderings of its panel; asks for the panel when a scan begins elsewhere. */
class ScanProgress extends HTMLElement {
  #stop = () => {};

  connectedCallback() {
    live.join("scan_progress");
    this.#stop = listen(["scan_progress"], ({ detail }) => this.#show(detail));
    if (wasRunning !== undefined && wasRunning !== this.dataset.running) this.#tellLists();
    wasRunning = this.dataset.running;
  }

  disconnectedCallback() {
    this.#stop();
  }

  /** They speak of the scan too. */
  #tellLists() {
    live.dispatchEvent(new CustomEvent("resync"));
  }

  #show({ status, current, total, files, folder, message }) {
    const runs = status === "started" || status === "in_progress";
    if (String(runs) !== this.dataset.running) {
      this.dataset.running = wasRunning = String(runs); // ask once only
      this.#tellLists();
    }
    const bar = find("[data-part=bar]", this);
    if (!runs || !bar) return;
    if (total) {
      bar.max = total;
      bar.value = current;
    }
    setText(find("[data-part=folder]", this), folder || message);
    setText(find("[data-part=current]", this), String(current));
    setText(find("[data-part=total]", this), String(total ?? "?"));
    if (files !== undefined) setText(find("[data-part=files]", this), String(files));
  }
}

customElements.define("scan-progress", ScanProgress);

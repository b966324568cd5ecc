import { debounce, findAll } from "lib/dom.js";
import { listen, live } from "lib/live.js";

const BUSY = "details.menu[open], .is-dragging, form.is-filled";
const CALM = 150;
const LATER = 1500;

/**
 * A part of the page that the server renders anew when something happened.
 *
 * data-rooms, data-events: what to listen to. Its hx-get names the address, its hx-trigger is "refresh".
 */
class LiveRegion extends HTMLElement {
  #stop = () => {};
  #soon = debounce(() => this.#refresh(), CALM);
  #later = debounce(() => this.#refresh(), LATER);

  connectedCallback() {
    for (const room of this.dataset.rooms.split(" ")) live.join(room);
    this.#stop = listen([...this.dataset.events.split(" "), "resync"], () => this.#soon());
    this.addEventListener("htmx:beforeSwap", this);
  }

  disconnectedCallback() {
    this.#stop();
  }

  /** Details the visitor has opened stay open over the swap. */
  handleEvent(event) {
    if (event.target !== this) return;
    const open = findAll("details[open][id]", this).map((element) => element.id);
    const restore = () => open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
    document.body.addEventListener("htmx:afterSwap", restore, { once: true });
  }

  #refresh() {
    if (!this.isConnected) return;
    if (this.querySelector(BUSY)) this.#later();
    else htmx.trigger(this, "refresh");
  }
}

customElements.define("live-region", LiveRegion);

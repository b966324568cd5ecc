import { remember } from "lib/continuity.js";
import { debounce } from "lib/dom.js";
import { listen, live } from "lib/live.js";

const BUSY = "details.menu[open], .is-dragging, form.is-filled";
const CALM = 150;
const LATER = 1500;
const SELDOM = 5000;

/**
 * A part of the page that the server renders anew when something happened.
 *
 * data-rooms, data-events: what to listen to. data-seldom: events that come too often to follow each; one
 * refresh in five seconds is enough for them. Its hx-get names the address, its hx-trigger is "refresh".
 */
class LiveRegion extends HTMLElement {
  #stops = [];
  #seldom;
  #soon = debounce(() => this.#refresh(), CALM);
  #later = debounce(() => this.#refresh(), LATER);

  connectedCallback() {
    const { rooms, events, seldom } = this.dataset;
    for (const room of rooms.split(" ")) live.join(room);
    this.#stops = [listen([...events.split(" "), "resync"], () => this.#soon())];
    if (seldom) this.#stops.push(listen(seldom.split(" "), () => this.#soonEnough()));
    this.addEventListener("htmx:beforeSwap", this);
  }

  disconnectedCallback() {
    for (const stop of this.#stops) stop();
    clearTimeout(this.#seldom);
  }

  handleEvent(event) {
    if (event.target !== this || !event.detail.shouldSwap) return;
    document.body.addEventListener("htmx:afterSwap", remember(this), { once: true });
  }

  #soonEnough() {
    this.#seldom ??= setTimeout(() => this.#refresh(), SELDOM);
  }

  #refresh() {
    clearTimeout(this.#seldom);
    this.#seldom = undefined;
    if (!this.isConnected) return;
    if (this.querySelector(BUSY)) this.#later();
    else htmx.trigger(this, "refresh");
  }
}

customElements.define("live-region", LiveRegion);

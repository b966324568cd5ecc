import { remember } from "lib/continuity.js";
import { debounce } from "lib/dom.js";
import { listen, live } from "lib/live.js";

const BUSY = "details.menu[open], .is-dragging, form.is-filled, form.htmx-request";
// A region that changes only what differs leaves menus and ticks as they are.
const BUSY_ALL_THE_SAME = ".is-dragging, form.htmx-request";
const CALM = 150;
const MOST = 1000; // events that do not end put a refresh off no longer than that
const LATER = 1500;
const SELDOM = 5000;

/**
 * A part of the page that the server renders anew when something happened.
 *
 * data-rooms, data-events: what to listen to. data-seldom: events that come too often to follow each; one
 * refresh in five seconds is enough for them. Its hx-get names the address, its hx-trigger is "refresh". With
 * hx-swap="morph" only what differs is changed.
 */
class LiveRegion extends HTMLElement {
  #stops = [];
  #seldom;
  #isAsking = false;
  #soon = debounce(() => this.refresh(), CALM, MOST);
  #later = debounce(() => this.refresh(), LATER);

  connectedCallback() {
    const { rooms, events, seldom } = this.dataset;
    for (const room of rooms.split(" ")) live.join(room);
    this.#stops = [listen([...events.split(" "), "resync"], () => this.#soon())];
    if (seldom) this.#stops.push(listen(seldom.split(" "), () => this.#soonEnough()));
    for (const type of ["htmx:beforeRequest", "htmx:beforeSwap"]) this.addEventListener(type, this);
  }

  disconnectedCallback() {
    for (const stop of this.#stops) stop();
    clearTimeout(this.#seldom);
  }

  handleEvent(event) {
    if (event.type === "htmx:beforeRequest") this.#giveWay(event.target);
    else if (event.target === this) this.#beforeSwap(event.detail);
  }

  /** Ask for the region anew; another one may have taken its place since that was planned. */
  refresh() {
    clearTimeout(this.#seldom);
    this.#seldom = undefined;
    if (!this.isConnected) document.getElementById(this.id)?.refresh?.();
    else if (this.querySelector(this.#isMorphed ? BUSY_ALL_THE_SAME : BUSY)) this.#later();
    else htmx.trigger(this, "refresh");
  }

  get #isMorphed() {
    return this.getAttribute("hx-swap") === "morph";
  }

  #soonEnough() {
    this.#seldom ??= setTimeout(() => this.refresh(), SELDOM);
  }

  /** What the visitor does goes before what we ask: its answer is the newer one. */
  #giveWay(asking) {
    if (asking !== this && this.#isAsking) {
      htmx.trigger(this, "htmx:abort");
      this.#later();
    }
    this.#isAsking = asking === this;
  }

  #beforeSwap(detail) {
    const isOwn = this.#isAsking;
    this.#isAsking = false;
    // The answer to something else knows nothing of what the page asks for beside its address.
    if (this.#isMorphed && !isOwn) this.#soon();
    if (this.isConnected) {
      const bringBack = remember(this, { isMorphed: this.#isMorphed });
      if (detail.shouldSwap) document.body.addEventListener("htmx:afterSwap", bringBack, { once: true });
    } else {
      detail.shouldSwap = false; // there is no place for this answer any more
      this.refresh();
    }
  }
}

customElements.define("live-region", LiveRegion);

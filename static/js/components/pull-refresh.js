import { find, setText } from "lib/dom.js";

const BEGINS = 12; // pixels downwards, before which it may be anything
const FAR = 72; // pulled, from which on the list is asked for anew
const MOST = 120; // pulled; further a finger may go
const SLOWER = 0.5; // what is pulled follows the finger half as far
const STAYS = 1500;

/**
 * On a touch screen a list is pulled down at its top to be asked for anew: the live region with data-pulled.
 * Everybody else loads the page again.
 */
class PullRefresh extends HTMLElement {
  #at = null;
  #by = 0;
  #hides;

  connectedCallback() {
    if (!find("live-region[data-pulled]")) return;
    document.documentElement.classList.add("is-pulled"); // the browser's own pull would load the page
    document.addEventListener("touchstart", this, { passive: true });
    document.addEventListener("touchmove", this, { passive: true });
    for (const type of ["touchend", "touchcancel"]) document.addEventListener(type, this);
  }

  disconnectedCallback() {
    for (const type of ["touchstart", "touchmove", "touchend", "touchcancel"]) document.removeEventListener(type, this);
  }

  handleEvent(event) {
    this[`on${event.type}`](event);
  }

  ontouchstart({ touches, target }) {
    const isFree = touches.length === 1 && window.scrollY <= 0 && !target.closest("dialog, .menu-list, .shell-nav");
    this.#at = isFree ? { x: touches[0].clientX, y: touches[0].clientY } : null;
    this.#by = 0;
  }

  ontouchmove({ touches }) {
    if (!this.#at) return;
    const [x, y] = [touches[0].clientX - this.#at.x, touches[0].clientY - this.#at.y];
    const isElsewhere = touches.length > 1 || window.scrollY > 0 || document.querySelector(".is-dragging");
    if (isElsewhere || (this.#by === 0 && Math.abs(x) > Math.max(y, BEGINS))) {
      this.#at = null;
      this.#show(0);
    } else if (y > BEGINS || this.#by) this.#show(Math.min(Math.max((y - BEGINS) * SLOWER, 0), MOST));
  }

  ontouchend() {
    const isFar = this.#at && this.#by >= FAR;
    this.#at = null;
    if (isFar) this.#refresh();
    else this.#show(0);
  }

  ontouchcancel() {
    this.#at = null;
    this.#show(0);
  }

  #show(by) {
    this.#by = by;
    clearTimeout(this.#hides);
    this.hidden = by === 0;
    this.style.setProperty("--pulled", `${by}px`);
    this.dataset.state = by >= FAR ? "far" : "near";
    this.#say(by >= FAR ? this.dataset.far : this.dataset.near);
  }

  #refresh() {
    this.dataset.state = "asking";
    this.#say(this.dataset.asking);
    const region = find("live-region[data-pulled]");
    document.body.addEventListener("htmx:afterRequest", ({ detail }) => this.#answered(detail), { once: true });
    region.refresh();
  }

  #answered({ successful }) {
    if (!successful) return this.#show(0);
    this.dataset.state = "done";
    this.#say(this.dataset.done);
    this.#hides = setTimeout(() => this.#show(0), STAYS);
    return undefined;
  }

  #say(text) {
    setText(find("[data-text]", this), text);
  }
}

customElements.define("pull-refresh", PullRefresh);

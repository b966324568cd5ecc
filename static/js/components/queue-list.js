import { call } from "lib/api.js";
import { findAll } from "lib/dom.js";
import { toast } from "lib/toasts.js";

/** Rows of the waiting list can be dragged by their handle, by mouse, pen or finger. */
class QueueList extends HTMLElement {
  #row = null;
  #target = null;

  connectedCallback() {
    this.addEventListener("pointerdown", this);
  }

  handleEvent(event) {
    this[`on${event.type}`](event);
  }

  onpointerdown(event) {
    const handle = event.target.closest("[data-handle]");
    if (!handle || event.button !== 0) return;
    event.preventDefault();
    this.#row = handle.closest("[data-item]");
    this.#row.classList.add("is-dragging");
    this.setPointerCapture(event.pointerId);
    for (const type of ["pointermove", "pointerup", "pointercancel"]) this.addEventListener(type, this);
  }

  onpointermove(event) {
    const under = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-place]");
    const fits = under && this.contains(under) && under.dataset.priority === this.#row.dataset.priority;
    this.#mark(fits && under !== this.#row ? under : null);
    this.#scroll(event.clientY);
  }

  onpointerup() {
    const [row, target] = [this.#row, this.#target];
    this.#end();
    if (target) this.#move(row, Number(target.dataset.place));
  }

  onpointercancel() {
    this.#end();
  }

  #mark(target) {
    for (const row of findAll(".is-over, .is-over-after", this)) row.classList.remove("is-over", "is-over-after");
    this.#target = target;
    if (!target) return;
    const down = Number(target.dataset.place) > Number(this.#row.dataset.place);
    target.classList.add(down ? "is-over-after" : "is-over");
  }

  #scroll(y) {
    if (y < 80) window.scrollBy(0, -12);
    else if (y > window.innerHeight - 80) window.scrollBy(0, 12);
  }

  #end() {
    this.#mark(null);
    this.#row.classList.remove("is-dragging");
    for (const type of ["pointermove", "pointerup", "pointercancel"]) this.removeEventListener(type, this);
  }

  /** The event that follows renders the list anew; here it only moves at once. */
  async #move(row, place) {
    const target = findAll("[data-place]", this).find((other) => Number(other.dataset.place) === place);
    if (place > Number(row.dataset.place)) target.after(row);
    else target.before(row);
    try {
      await call("POST", "queue/reorder", { item_id: row.dataset.item, new_position: place });
    } catch {
      toast(this.dataset.failed, { level: "error" });
      htmx.trigger(this.closest("live-region"), "refresh");
    }
  }
}

customElements.define("queue-list", QueueList);

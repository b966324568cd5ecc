import { find, findAll, setText } from "lib/dom.js";

/**
 * Rows of a form in an order: dragged by their handle, or moved by the buttons beside them, which
 * without script send the form. The order of the rows is the order in which they are sent.
 */
class OrderedList extends HTMLElement {
  #row = null;

  connectedCallback() {
    for (const handle of findAll("[data-handle]", this)) handle.hidden = false;
    this.addEventListener("pointerdown", this);
    this.addEventListener("click", this);
  }

  handleEvent(event) {
    this[`on${event.type}`](event);
  }

  onclick(event) {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("[data-row]");
    const other = Number(button.dataset.move) < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (Number(button.dataset.move) < 0) other.before(row);
    else other.after(row);
    button.focus(); // a row that is moved loses it
    this.#say(row);
  }

  onpointerdown(event) {
    const handle = event.target.closest("[data-handle]");
    if (!handle || event.button !== 0) return;
    event.preventDefault();
    this.#row = handle.closest("[data-row]");
    this.#row.classList.add("is-dragging");
    this.setPointerCapture(event.pointerId);
    for (const type of ["pointermove", "pointerup", "pointercancel"]) this.addEventListener(type, this);
  }

  onpointermove(event) {
    const row = this.#row;
    const under = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-row]");
    this.#scroll(event.clientY);
    if (!under || under === row || !this.contains(under)) return;
    const { top, height } = under.getBoundingClientRect();
    if (event.clientY < top + height / 2) under.before(row);
    else under.after(row);
  }

  onpointerup() {
    this.#row.classList.remove("is-dragging");
    for (const type of ["pointermove", "pointerup", "pointercancel"]) this.removeEventListener(type, this);
    this.#say(this.#row);
  }

  onpointercancel() {
    this.onpointerup();
  }

  #scroll(y) {
    if (y < 80) window.scrollBy(0, -12);
    else if (y > window.innerHeight - 80) window.scrollBy(0, 12);
  }

  #say(row) {
    const place = findAll("[data-row]", this).indexOf(row) + 1;
    const name = find("label", row).textContent.trim();
    setText(find("[data-said]", this), this.dataset.moved.replace("%s", name).replace("%d", String(place)));
  }
}

customElements.define("ordered-list", OrderedList);

import { cloneTemplate, find, findAll } from "lib/dom.js";

const STAYS = 6000;
const STAYS_WITH_ACTION = 12_000;
const AT_MOST = 3;

/**
 * Holds the toasts: those the server rendered and those that scripts and htmx answers add.
 *
 * What comes again and again while a toast of its kind is shown is counted there: `kind` names a pair of
 * attributes of this element, data-<kind>-many (the words for several) and data-<kind>-address (of the page
 * that has them all).
 */
class ToastStack extends HTMLElement {
  #timers = new WeakMap();

  connectedCallback() {
    for (const item of findAll(".toast", this)) this.#arm(item);
    document.addEventListener("toast", this);
    document.body.addEventListener("toasts", this);
    this.addEventListener("click", this);
  }

  disconnectedCallback() {
    document.removeEventListener("toast", this);
    document.body.removeEventListener("toasts", this);
  }

  handleEvent(event) {
    if (event.type === "toast") this.#show(event.detail);
    else if (event.type === "toasts") event.detail.value.forEach((item) => this.#show(item));
    else if (event.target.closest("[data-close]")) event.target.closest(".toast").remove();
  }

  #show({ text, level, undo, kind }) {
    const shown = kind && find(`.toast[data-kind="${kind}"]`, this);
    if (shown) this.#count(shown, kind);
    else this.#add({ text, level, undo, kind });
  }

  #add({ text, level, undo, kind }) {
    const item = cloneTemplate("toast-template");
    item.classList.add(`toast--${level}`);
    find("[data-text]", item).textContent = text;
    const form = find("form", item);
    if (undo) form.setAttribute("action", undo);
    else form.remove();
    const action = find("[data-action]", item);
    if (kind) {
      Object.assign(item.dataset, { kind, count: 1 });
      action.href = this.dataset[`${kind}Address`];
      action.hidden = false;
    } else action.remove();
    this.append(item);
    while (findAll(".toast", this).length > AT_MOST) find(".toast", this).remove();
    this.#arm(item);
  }

  #count(item, kind) {
    item.dataset.count = Number(item.dataset.count) + 1;
    find("[data-text]", item).textContent = this.dataset[`${kind}Many`].replace("%s", item.dataset.count);
    this.#arm(item);
  }

  #arm(item) {
    const leave = () => {
      if (item.matches(":hover, :focus-within")) this.#timers.set(item, setTimeout(leave, 1000));
      else item.remove();
    };
    clearTimeout(this.#timers.get(item));
    const isActed = find("form, [data-action]", item) !== null;
    this.#timers.set(item, setTimeout(leave, isActed ? STAYS_WITH_ACTION : STAYS));
  }
}

customElements.define("toast-stack", ToastStack);

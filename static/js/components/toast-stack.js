import { cloneTemplate, find } from "lib/dom.js";

const STAYS = 6000;
const STAYS_WITH_UNDO = 12_000;
const AT_MOST = 4;

/** Holds the toasts: those the server rendered and those that scripts and htmx answers add. */
class ToastStack extends HTMLElement {
  connectedCallback() {
    for (const item of this.children) this.#arm(item);
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

  #show({ text, level, undo }) {
    const item = cloneTemplate("toast-template");
    item.classList.add(`toast--${level}`);
    find("[data-text]", item).textContent = text;
    const form = find("form", item);
    if (undo) form.setAttribute("action", undo);
    else form.remove();
    this.append(item);
    while (this.children.length > AT_MOST) this.firstElementChild.remove();
    this.#arm(item);
  }

  #arm(item) {
    const leave = () => (item.matches(":hover, :focus-within") ? setTimeout(leave, 1000) : item.remove());
    setTimeout(leave, find("form", item) ? STAYS_WITH_UNDO : STAYS);
  }
}

customElements.define("toast-stack", ToastStack);

import { findAll } from "lib/dom.js";
import { keep } from "lib/keep.js";

/** Light, dark, or what the system says: at once, and kept by the server. */
class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#choose(event.submitter.value);
    });
    this.#show();
  }

  #choose(choice) {
    document.documentElement.dataset.theme = choice;
    this.#show();
    keep({ theme: choice });
  }

  #show() {
    const { theme } = document.documentElement.dataset;
    for (const button of findAll("[name=theme]", this)) button.setAttribute("aria-pressed", String(button.value === theme));
  }
}

customElements.define("theme-switch", ThemeSwitch);

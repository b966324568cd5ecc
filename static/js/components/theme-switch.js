import { findAll } from "lib/dom.js";

/** Light, dark, or what the system says; kept in this browser. */
class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.addEventListener("click", (event) => {
      const choice = event.target.closest("[data-choice]")?.dataset.choice;
      if (choice) this.#choose(choice);
    });
    this.#show();
  }

  #choose(choice) {
    document.documentElement.dataset.theme = choice;
    try {
      localStorage.setItem("theme", choice);
    } catch {
      // storage is switched off: the choice lasts as long as the page
    }
    this.#show();
  }

  #show() {
    const theme = document.documentElement.dataset.theme;
    for (const button of findAll("[data-choice]", this)) {
      button.setAttribute("aria-pressed", String(button.dataset.choice === theme));
    }
  }
}

customElements.define("theme-switch", ThemeSwitch);

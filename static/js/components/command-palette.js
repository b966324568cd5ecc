import { call } from "lib/api.js";
import { debounce, find, findAll, root, setText } from "lib/dom.js";
import { toast } from "lib/toasts.js";

const CALM = 150; // milliseconds without a key before the library is asked
const MOST_SERIES = 8;

/** Finds pages, actions and series by what they are called, and goes there or does them. */
class CommandPalette extends HTMLElement {
  #commands = [];
  #series = [];
  #asked = 0;
  #ask = debounce((text) => this.#askForSeries(text), CALM);

  connectedCallback() {
    this.sheet = find("dialog", this);
    this.field = find("input[role=combobox]", this);
    this.list = find("[role=listbox]", this);
    this.field.addEventListener("input", () => this.#typed());
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.list.addEventListener("click", (event) => this.#take(event.target.closest("[role=option]")));
    this.sheet.addEventListener("click", (event) => event.target === this.sheet && this.sheet.close());
    for (const button of findAll("[data-opens-palette]")) {
      button.hidden = false;
      button.addEventListener("click", () => this.open());
    }
  }

  /** Show it at once, so that what is typed next is typed into it; what can be done now comes after. */
  open() {
    this.field.value = "";
    this.#series = [];
    this.sheet.showModal();
    this.field.focus();
    this.#show();
    this.#fetchCommands();
    return true;
  }

  async #fetchCommands() {
    try {
      const answer = await fetch(this.dataset.commands);
      if (answer.redirected) return location.reload(); // the session has ended
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
      this.#commands = findAll("[role=option]", parsed);
      this.#show();
    } catch {
      toast(document.documentElement.dataset.requestFailed, { level: "error" });
    }
    return undefined;
  }

  #typed() {
    this.#series = [];
    this.#asked += 1; // what was asked for before is of no use any more
    this.#show();
    if (this.field.value.trim()) this.#ask(this.field.value.trim());
  }

  async #askForSeries(text) {
    const asked = this.#asked;
    const query = new URLSearchParams({ missing: "all", search: text, page_size: MOST_SERIES });
    try {
      const { results } = await call("GET", `v1/anime?${query}`);
      if (asked !== this.#asked) return;
      this.#series = results.map((series, at) => this.#optionOf(series, at));
      this.#show();
    } catch {
      toast(document.documentElement.dataset.requestFailed, { level: "error" });
    }
  }

  #optionOf({ key, name }, at) {
    const option = document.createElement("li");
    option.className = "option";
    option.id = `command-series-${at}`;
    option.setAttribute("role", "option");
    option.dataset.go = `${root()}series/${encodeURIComponent(key)}`;
    const icon = Object.assign(document.createElement("i"), { className: "fa-solid fa-clapperboard", ariaHidden: "true" });
    const text = Object.assign(document.createElement("span"), { className: "option-text", textContent: name });
    const kind = Object.assign(document.createElement("span"), { className: "option-kind small muted", textContent: this.dataset.series });
    option.append(icon, text, kind);
    return option;
  }

  #show() {
    const words = this.field.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const fits = (option) => words.every((word) => option.textContent.toLocaleLowerCase().includes(word));
    const options = [...this.#commands.filter(fits), ...this.#series];
    this.list.replaceChildren(...options);
    this.#choose(options[0]);
    const said = options.length ? this.dataset.found.replace("%s", options.length) : this.dataset.none;
    setText(find("[role=status]", this), words.length ? said : "");
  }

  #choose(option) {
    for (const other of findAll("[role=option]", this.list)) {
      other.setAttribute("aria-selected", String(other === option));
    }
    if (option) this.field.setAttribute("aria-activedescendant", option.id);
    else this.field.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    if (event.isComposing) return;
    const options = findAll("[role=option]", this.list);
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps && options.length) {
      this.#choose(options[(at + steps[event.key] + options.length) % options.length]);
    } else if (event.key === "Enter") this.#take(options[at]);
    else return;
    event.preventDefault();
  }

  #take(option) {
    if (!option) return;
    this.sheet.close();
    if (option.dataset.go) location.assign(option.dataset.go);
    else this.#post(option.dataset.post);
  }

  #post(address) {
    const form = find("form", this.sheet);
    form.action = address;
    form.elements.next.value = location.pathname + location.search;
    form.requestSubmit();
  }
}

customElements.define("command-palette", CommandPalette);

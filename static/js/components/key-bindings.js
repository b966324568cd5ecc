import { find, findAll } from "lib/dom.js";
import { chordOf, closeSheet, hasUnsent, isTaken, isTyping, openSheet } from "lib/keys.js";
import { goThroughRows, tickRow } from "lib/rows.js";
import { toast } from "lib/toasts.js";

const SECOND_KEY = 2000; // milliseconds in which the second of two keys is pressed
const AGAIN = new Set(["next", "before"]); // what may go on while a key is held

/**
 * Obeys the shortcuts that the server lists in its template: which there are, and which right they take, is
 * decided there. What a key does returns false where it has nothing to do: then it is the browser's.
 */
class KeyBindings extends HTMLElement {
  #bindings = new Map();
  #begun = "";
  #timer;
  #does = {
    help: () => this.#help(),
    palette: () => find("command-palette").open(),
    search: () => this.#search(),
    undo: () => this.#turn("undo"),
    redo: () => this.#turn("redo"),
    rescan: () => this.#rescan(),
    next: () => goThroughRows(1),
    before: () => goThroughRows(-1),
    tick: () => tickRow(),
  };

  connectedCallback() {
    for (const binding of findAll("[data-keys]", find("template", this).content)) {
      this.#bindings.set(binding.dataset.keys, binding);
    }
    document.addEventListener("keydown", this);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this);
  }

  handleEvent(event) {
    if (["Shift", "Control", "Meta", "CapsLock"].includes(event.key)) return;
    const begun = this.#begun;
    this.#begin("");
    if (event.key === "Escape" && closeSheet(event)) return;
    if (isTaken(event) || isTyping(event) || openSheet()) return;
    const chord = chordOf(event);
    const keys = begun ? `${begun} ${chord}` : chord;
    const binding = this.#bindings.get(keys);
    if (binding) this.#obey(binding, event);
    else if (!begun && this.#isBeginning(chord)) this.#begin(chord);
  }

  #isBeginning(chord) {
    return chord !== "" && [...this.#bindings.keys()].some((keys) => keys.startsWith(`${chord} `));
  }

  #begin(chord) {
    clearTimeout(this.#timer);
    this.#begun = chord;
    if (chord) this.#timer = setTimeout(() => this.#begin(""), SECOND_KEY);
  }

  #obey(binding, event) {
    const { does } = binding.dataset;
    if (event.repeat && !AGAIN.has(does)) return;
    if (!does) location.assign(binding.getAttribute("href"));
    else if (this.#does[does]() === false) return;
    event.preventDefault();
  }

  /** The page's own search, or else the palette. */
  #search() {
    const field = findAll("main input[type=search]").find((one) => one.checkVisibility());
    if (!field) return find("command-palette").open();
    field.focus();
    field.select();
    return true;
  }

  /** Where something typed is not sent yet, the browser's own undo is meant. */
  #turn(which) {
    if (hasUnsent()) return false;
    const form = find(`form[data-turn=${which}]`, this);
    form.elements.next.value = location.pathname + location.search;
    form.requestSubmit();
    return true;
  }

  /** On the library's page, while no scan runs; everywhere else Ctrl+R loads the page anew. */
  #rescan() {
    const button = document.getElementById("scan-start");
    if (!button || find("scan-progress[data-running=true]")) return false;
    button.click();
    return true;
  }

  async #help() {
    const sheet = document.getElementById("key-sheet");
    try {
      const headers = { "HX-Request": "true", "HX-Target": sheet.id };
      const answer = await fetch(this.dataset.help, { headers });
      if (answer.redirected) return location.reload(); // the session has ended
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      sheet.innerHTML = await answer.text();
      if (!openSheet()) sheet.showModal();
    } catch {
      toast(document.documentElement.dataset.requestFailed, { level: "error" });
    }
    return true;
  }
}

customElements.define("key-bindings", KeyBindings);

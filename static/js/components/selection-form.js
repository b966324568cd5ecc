import { find, findAll, setText } from "lib/dom.js";

/**
 * A form of checkboxes with a bar of actions that shows up once something is ticked.
 *
 * [data-select-all] ticks the boxes of its [data-group] (or all), Shift ticks a range. A box with data-counts
 * stands for so many, also for the boxes beside it in its row: those are ticked with it. A box with
 * data-every stands for so many in all, those that are not shown too.
 *
 * A bar with data-skip comes to be one Tab after what was ticked: a button there leads to it, and Escape back.
 */
class SelectionForm extends HTMLElement {
  #last = null;
  #skip = null;

  connectedCallback() {
    this.addEventListener("change", this);
    this.addEventListener("click", this);
    this.addEventListener("keydown", this);
    document.body.addEventListener("htmx:afterSettle", this);
    this.#show();
  }

  disconnectedCallback() {
    document.body.removeEventListener("htmx:afterSettle", this);
  }

  handleEvent(event) {
    if (event.type === "click") this.#click(event);
    else if (event.type === "keydown") return this.#key(event);
    else if (event.type === "change") this.#follow(event.target);
    else if (this.#every()?.checked) this.#tick(this.#boxes(), true); // more of the list has come
    this.#show();
  }

  /** Escape in the bar leads back to where it was ticked. */
  #key(event) {
    const isInBar = event.target.closest("[data-selection-bar]");
    if (event.key !== "Escape" || !isInBar || !this.#last?.isConnected) return;
    event.preventDefault();
    this.#last.focus();
  }

  #click(event) {
    if (this.#skip && event.target === this.#skip) {
      return find("[data-selection-bar] :is(button, input)", this).focus();
    }
    const button = event.target.closest("[data-select]");
    if (button) {
      event.preventDefault();
      this.#select(button);
    } else if (event.target.matches("input[type=checkbox][name]:not([data-every])")) this.#range(event);
  }

  /** data-select: "none" or a CSS selector of the boxes to tick; a second press takes the ticks away. */
  #select(button) {
    const scope = button.dataset.within ? document.getElementById(button.dataset.within) : this;
    if (button.dataset.select === "none") return this.#tick(findAll("input[type=checkbox]", this), false);
    const wanted = findAll(button.dataset.select, scope).filter((box) => !box.disabled);
    return this.#tick(wanted, !wanted.every((box) => box.checked));
  }

  /** A box of a group and those in it say the same. */
  #follow(box) {
    const every = this.#every();
    if (box === every) return this.#tick(this.#boxes(), box.checked);
    if (every && !box.checked) every.checked = false;
    const own = box.closest("li");
    if (box.dataset.counts) this.#tick(findAll("input[type=checkbox][name]", own), box.checked);
    const group = find("[data-counts]", own?.parentElement.closest("li") ?? document.createElement("li"));
    if (group && !box.checked) group.checked = false;
  }

  #range(event) {
    const boxes = this.#boxes();
    if (event.shiftKey && boxes.includes(this.#last)) {
      const [from, to] = [boxes.indexOf(this.#last), boxes.indexOf(event.target)].sort((a, b) => a - b);
      this.#tick(boxes.slice(from, to + 1), event.target.checked);
    }
    this.#last = event.target;
  }

  #tick(boxes, checked) {
    for (const box of boxes) box.checked = checked;
  }

  #boxes() {
    return findAll("input[type=checkbox][name]:not(:disabled, [data-every])", this);
  }

  #every() {
    return find("input[data-every]", this);
  }

  #count() {
    if (this.#every()?.checked) return Number(this.#every().dataset.every);
    const ticked = this.#boxes().filter((box) => box.checked);
    const groups = ticked.filter((box) => box.dataset.counts).map((box) => box.closest("li"));
    const alone = ticked.filter((box) => !groups.some((group) => group.contains(box)));
    const inGroups = groups.map((group) => Number(find("[data-counts]", group).dataset.counts));
    return inGroups.reduce((sum, one) => sum + one, alone.length);
  }

  #show() {
    const count = this.#count();
    this.classList.toggle("has-selection", count > 0);
    find("form", this)?.classList.toggle("is-filled", count > 0);
    const bar = find("[data-selection-bar]", this);
    if (!bar) return;
    bar.hidden = count === 0;
    document.documentElement.style.setProperty("--selection-bar", `${bar.offsetHeight}px`);
    const text = find("[data-selection-count]", bar);
    setText(text, text.dataset.words.replace("%s", count));
    this.#offerSkip(bar, count);
  }

  /** After the box that was ticked last, so that the next Tab comes to it. */
  #offerSkip(bar, count) {
    if (!bar.dataset.skip || count === 0 || !this.#last?.isConnected) return this.#skip?.remove();
    this.#skip ??= Object.assign(document.createElement("button"), { type: "button", className: "button to-selection" });
    setText(this.#skip, bar.dataset.skip.replace("%s", count));
    const place = this.#last.closest("label") ?? this.#last;
    if (place.nextElementSibling !== this.#skip) place.after(this.#skip);
  }
}

customElements.define("selection-form", SelectionForm);

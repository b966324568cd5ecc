import { findAll } from "lib/dom.js";

const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

/**
 * Seasons and the cells of their episodes: one stop of the Tab key, the arrows go on from there.
 *
 * Without script each cell is a link of its own.
 */
class EpisodeGrid extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", this);
    this.addEventListener("focusin", this);
    this.#stopAt(this.#cells()[0]);
  }

  handleEvent(event) {
    const cell = event.target.closest("a.cell");
    if (!cell) return;
    if (event.type === "focusin") return this.#stopAt(cell);
    const next = this.#next(cell, event.key);
    if (!next || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    next.focus();
  }

  #next(cell, key) {
    const cells = this.#cells();
    if (key in STEPS) return cells[cells.indexOf(cell) + STEPS[key]];
    if (key === "Home" || key === "End") return cells.at(key === "Home" ? 0 : -1);
    if (key === "ArrowUp") return this.#near(cell, cells.slice(0, cells.indexOf(cell)).reverse(), 1);
    if (key === "ArrowDown") return this.#near(cell, cells.slice(cells.indexOf(cell) + 1), -1);
    return undefined;
  }

  /** The cell of the next line that stands most nearly below, or above. */
  #near(cell, others, direction) {
    const { left, top } = cell.getBoundingClientRect();
    const places = others.map((other) => ({ other, place: other.getBoundingClientRect() }));
    const line = places.find(({ place }) => direction * (top - place.top) > 1)?.place.top;
    const inLine = places.filter(({ place }) => Math.abs(place.top - line) <= 1);
    inLine.sort((one, two) => Math.abs(one.place.left - left) - Math.abs(two.place.left - left));
    return inLine[0]?.other;
  }

  #stopAt(cell) {
    for (const other of this.#cells()) other.tabIndex = other === cell ? 0 : -1;
  }

  #cells() {
    return findAll("a.cell", this);
  }
}

customElements.define("episode-grid", EpisodeGrid);

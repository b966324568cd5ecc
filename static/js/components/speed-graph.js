import { find } from "lib/dom.js";

// As downloads/speeds.py and downloads/pages/graph.py have them.
const MOST = 60;
const EVERY = 2000;
const WIDTH = 240;
const HEIGHT = 40;

/** Carries on the line of a download's speed that the server has drawn; points are KB a second. */
class SpeedGraph extends HTMLElement {
  static observedAttributes = ["data-points"];
  #points = [];
  #last = performance.now();

  attributeChangedCallback() {
    this.#points = this.dataset.points.split(" ").map(Number);
  }

  /** The speed now, in megabytes a second. */
  note(speed) {
    if (performance.now() - this.#last < EVERY) return;
    this.#last = performance.now();
    this.#points = [...this.#points, Math.round((speed ?? 0) * 1000)].slice(-MOST);
    this.#draw();
  }

  #draw() {
    const step = WIDTH / (MOST - 1);
    const most = Math.max(...this.#points, 1);
    const first = MOST - this.#points.length;
    const height = (speed) => HEIGHT - 1 - ((HEIGHT - 2) * speed) / most;
    const drawn = this.#points.map((speed, at) => `${((first + at) * step).toFixed(1)},${height(speed).toFixed(1)}`);
    find("polyline", this).setAttribute("points", drawn.join(" "));
  }
}

customElements.define("speed-graph", SpeedGraph);

import { find, setText } from "lib/dom.js";
import { live } from "lib/live.js";

/** Says whether the page is live. The words are the server's, in its data attributes. */
class ConnectionState extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    live.addEventListener("state", this);
    this.handleEvent();
  }

  disconnectedCallback() {
    live.removeEventListener("state", this);
  }

  handleEvent() {
    this.dataset.state = live.state;
    setText(find("[data-text]", this), this.dataset[live.state] ?? this.dataset.offline);
  }
}

customElements.define("connection-state", ConnectionState);

import { find } from "lib/dom.js";
import { locale } from "lib/locale.js";

const short = new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" });
const whole = new Intl.DateTimeFormat(locale(), { dateStyle: "full", timeStyle: "long" });

/** Shows a moment in the zone of whoever reads it; what the server wrote is in its own. */
class ReaderTime extends HTMLElement {
  connectedCallback() {
    const time = find("time", this);
    const moment = new Date(time?.dateTime);
    if (Number.isNaN(moment.getTime())) return;
    time.textContent = short.format(moment);
    time.title = whole.format(moment);
  }
}

customElements.define("reader-time", ReaderTime);

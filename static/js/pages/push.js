/** Whether this browser is told, and why not. */
import { ApiError, call } from "lib/api.js";
import { find, findAll } from "lib/dom.js";
import { canPush, offerOf, registration } from "lib/push.js";

const bytesOf = (base64url) =>
  Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const isOnHomeScreen = () => matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;

class PushSwitch extends HTMLElement {
  connectedCallback() {
    find("#push-on", this).addEventListener("click", () => this.#doing(() => this.#switchOn()));
    find("#push-off", this).addEventListener("click", () => this.#doing(() => this.#switchOff()));
    this.#doing(() => this.#look());
  }

  async #look() {
    if (!window.isSecureContext) return this.#show("insecure");
    if (!canPush()) return this.#show(/iPhone|iPad/.test(navigator.userAgent) && !isOnHomeScreen() ? "homescreen" : "unsupported");
    if (Notification.permission === "denied") return this.#show("denied");
    return this.#show((await this.#known()) === null ? "off" : "on");
  }

  async #switchOn() {
    const permission = await Notification.requestPermission();
    if (permission !== "granted") return this.#show(permission === "denied" ? "denied" : "off");
    const key = bytesOf(this.dataset.key);
    const before = await this.#subscription();
    const isOurs = before && String(new Uint8Array(before.options.applicationServerKey ?? [])) === String(key);
    if (before && !isOurs) await before.unsubscribe(); // made for a key that was replaced
    let subscription = isOurs ? before : null;
    try {
      subscription ??= await (await this.#ready()).pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    } catch {
      return this.#show("failed");
    }
    await call("POST", "notifications/browsers", offerOf(subscription));
    return location.reload();
  }

  async #switchOff() {
    const id = await this.#known();
    if (id !== null) await call("DELETE", `notifications/browsers/${id}`);
    await (await this.#subscription())?.unsubscribe();
    location.reload();
  }

  /** What the server calls this browser; null where it is told nothing. */
  async #known() {
    const subscription = await this.#subscription();
    return subscription && (await call("POST", "notifications/browsers/seen", offerOf(subscription))).id;
  }

  async #ready() {
    await registration();
    return navigator.serviceWorker.ready;
  }

  async #subscription() {
    return (await this.#ready()).pushManager.getSubscription();
  }

  /** The server's own words where it refuses. */
  async #doing(work) {
    try {
      await work();
    } catch (error) {
      if (error instanceof ApiError) find('[data-state="refused"]', this).textContent = error.message;
      this.#show(error instanceof ApiError ? "refused" : "failed");
    }
  }

  #show(state) {
    for (const words of findAll("[data-state]", this)) words.hidden = words.dataset.state !== state;
    for (const button of findAll("[data-when]", this)) button.hidden = !button.dataset.when.split(" ").includes(state);
  }
}

customElements.define("push-switch", PushSwitch);

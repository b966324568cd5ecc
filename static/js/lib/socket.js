/**
 * The live connection: joins rooms, comes back by itself, and catches up on what it missed.
 *
 * Dispatches every server event by its type (`event.detail` is its data), "state" when the
 * connection changes, and "resync" when too much was missed to replay.
 */

const FIRST_DELAY = 500;
const LONGEST_DELAY = 30_000;
const PING_EVERY = 25_000;
const UNAUTHENTICATED = 4401;
const ASK_ANEW = 4408; // a reverse proxy has let us in, and is to be asked again

/** Milliseconds before try number `attempt`: doubling, capped, and spread so that browsers do not return in step. */
export function backoff(attempt, random = Math.random) {
  const ceiling = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** attempt);
  return ceiling / 2 + (random() * ceiling) / 2;
}

export class LiveSocket extends EventTarget {
  #url;
  #socket = null;
  #listening = null;
  #rooms = new Set();
  #lastEventId;
  #attempt = 0;
  #timer;
  #ping;
  state = "connecting";

  /** `lastEventId` is the newest event the page already shows; what came after it is replayed. */
  constructor(url, lastEventId = null) {
    super();
    this.#url = url;
    this.#lastEventId = lastEventId;
  }

  connect() {
    clearTimeout(this.#timer);
    this.#listening?.abort(); // there is one connection: an older one that is still opening has no say
    this.#socket?.close();
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#socket = new WebSocket(this.#url);
    this.#socket.addEventListener("message", ({ data }) => this.#receive(JSON.parse(data)), { signal });
    this.#socket.addEventListener("close", ({ code }) => this.#closed(code), { signal });
  }

  join(room) {
    if (this.#rooms.has(room)) return;
    this.#rooms.add(room);
    if (this.state === "online") this.#send({ action: "join", room });
  }

  /** Try at once, for instance because the network came back. */
  hurry() {
    if (this.state !== "offline") return;
    this.#attempt = 0;
    this.connect();
  }

  #send(message) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #receive({ id, type, data }) {
    if (type === "connected") return this.#welcome(data);
    if (type === "snapshot_required") return this.#resync(data);
    if (type === "error") return this.#refused(data);
    if (id == null) return undefined; // joined, pong, snapshot: the page is fresh already
    if (this.#lastEventId != null && id <= this.#lastEventId) return undefined;
    this.#lastEventId = id;
    return this.dispatchEvent(new CustomEvent(type, { detail: data }));
  }

  #welcome({ last_event_id: newest }) {
    this.#attempt = 0;
    this.#lastEventId ??= newest;
    // One message: no event can come between joining and what was missed before.
    this.#send({ action: "resume", last_event_id: this.#lastEventId, rooms: [...this.#rooms] });
    clearInterval(this.#ping);
    this.#ping = setInterval(() => this.#send({ action: "ping" }), PING_EVERY);
    this.#become("online");
  }

  /** What the pages ask for now holds everything up to the id that came with it, and no more for sure. */
  #resync({ last_event_id: newest }) {
    this.#lastEventId = newest;
    this.dispatchEvent(new CustomEvent("resync"));
  }

  #refused(error) {
    console.warn("live connection:", error);
    // What was missed has not come, and what comes now would hide that: ask for it once more.
    if (error.code === "resume_failed") this.#socket.close();
  }

  #closed(code) {
    clearInterval(this.#ping);
    if (code === UNAUTHENTICATED) return this.#become("refused");
    if (code === ASK_ANEW) return this.connect();
    this.#timer = setTimeout(() => this.connect(), backoff(this.#attempt));
    this.#attempt += 1;
    return this.#become("offline");
  }

  #become(state) {
    if (this.state === state) return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }
}

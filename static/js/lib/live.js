/** The page's one live connection. */
import { root } from "lib/dom.js";
import { LiveSocket } from "lib/socket.js";

const address = () => {
  const url = new URL(`${root()}ws/connect`, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return url;
};

const known = Number.parseInt(document.documentElement.dataset.lastEvent, 10);

export const live = new LiveSocket(address(), Number.isNaN(known) ? null : known);

/** Listen to some event types; returns the function that stops listening. */
export function listen(types, handler) {
  for (const type of types) live.addEventListener(type, handler);
  return () => types.forEach((type) => live.removeEventListener(type, handler));
}

/** Start the connection once. */
export function goLive() {
  live.addEventListener("state", ({ detail }) => {
    if (detail === "refused") location.reload(); // the session has ended: the gate leads to the login page
  });
  addEventListener("online", () => live.hurry());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) live.hurry();
  });
  live.connect();
}

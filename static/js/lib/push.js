/** What this browser is told by, and what the server knows of it. */
import { call } from "lib/api.js";
import { root } from "lib/dom.js";

const SEEN = "push-seen";

export const canPush = () => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

export const registration = () => navigator.serviceWorker.register(`${root()}service-worker.js`, { scope: root() });

/** The subscription as the API takes it. */
export function offerOf(subscription) {
  const { endpoint, keys } = subscription.toJSON();
  return { endpoint, p256dh: keys.p256dh, auth: keys.auth };
}

/**
 * Once in a tab, and after each login: say which login this browser comes with now. What the server does not know
 * any more (somebody has logged out here) ends here as well.
 */
export async function reportSeen() {
  if (!canPush() || Notification.permission !== "granted") return;
  if (sessionStorage.getItem(SEEN) && !document.referrer.endsWith("/login")) return;
  const subscription = await (await registration()).pushManager.getSubscription();
  if (!subscription) return;
  const { id } = await call("POST", "notifications/browsers/seen", offerOf(subscription));
  if (id === null) await subscription.unsubscribe();
  sessionStorage.setItem(SEEN, "yes");
}

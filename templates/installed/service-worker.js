/**
 * Aniworld in the background of a browser. It shows one page where the server cannot be reached, and what push
 * services bring. It keeps that page and what it looks like, and nothing else: no page with data, no answer of the API.
 */
const SHELL = {{ shell|safe }};
const CACHE = `aniworld:${SHELL.root}:${SHELL.version}`;
const KEPT = [SHELL.offline, ...SHELL.shown];

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      await cache.addAll(KEPT.map((address) => new Request(address, { cache: "reload" })));
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const ours = (await caches.keys()).filter((name) => name.startsWith(`aniworld:${SHELL.root}:`));
      await Promise.all(ours.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
      await self.registration.navigationPreload?.enable();
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (SHELL.shown.includes(new URL(request.url).pathname)) event.respondWith(shown(request));
});

/** From the server, or the page that says that there is none. */
async function page(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch (error) {
    const kept = await (await caches.open(CACHE)).match(SHELL.offline);
    if (!kept) throw error;
    return kept;
  }
}

async function shown(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await (await caches.open(CACHE)).match(request, { ignoreVary: true });
    if (!kept) throw error;
    return kept;
  }
}

self.addEventListener("push", (event) => {
  const told = read(event.data);
  event.waitUntil(
    self.registration.showNotification(told.title || "Aniworld", {
      body: told.body ?? "",
      lang: told.lang ?? "",
      tag: told.id ?? "",
      icon: SHELL.icon,
      badge: SHELL.badge,
      data: { page: told.page ?? "" },
    }),
  );
});

function read(data) {
  try {
    return data?.json() ?? {};
  } catch {
    return {}; // it came from elsewhere: browsers want every message to be shown all the same
  }
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.page ?? ""));
});

/** The page in a window that is there already, or in a new one; never one beside the product. */
async function open(page) {
  const wanted = new URL(page, self.registration.scope);
  const target = wanted.href.startsWith(self.registration.scope) ? wanted.href : self.registration.scope;
  const windows = await self.clients.matchAll({ type: "window" });
  const found = windows.find((one) => one.url === target) ?? windows[0];
  if (!found) return self.clients.openWindow(target);
  await found.focus();
  return found.url === target ? found : found.navigate(target);
}

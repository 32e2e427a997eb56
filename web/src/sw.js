/** Keeps the files of the page, so that it opens without a network after the first visit. */

/** Set by the build: the files of the page, those it needs first, what they are together, and their policy. */
/* global FILES, SHELL, VERSION, POLICY */
const CACHE = `symnet-${VERSION}`;
const HOME = new URL("./", self.location.href);
const names = new Set(FILES);

/** @param {Request} request @returns {string} The name of a file of the page, or an empty text. */
function nameOf(request) {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== HOME.origin || !url.pathname.startsWith(HOME.pathname)) return "";
  const name = url.pathname.slice(HOME.pathname.length) || "index.html";
  return names.has(name) ? name : "";
}

/**
 * Returns a file from the network, and a promise that it is kept. The policy of the page holds in its worker, too.
 * @param {string} name
 */
async function fetched(name) {
  const response = await fetch(new Request(new URL(name, HOME), { cache: "no-cache" }));
  if (!response.ok) return { response, stored: Promise.resolve() };
  const headers = new Headers(response.headers);
  headers.set("Content-Security-Policy", POLICY);
  const marked = new Response(response.body, { status: 200, headers });
  const copy = marked.clone();
  const cache = await caches.open(CACHE);
  return { response: marked, stored: cache.put(new URL(name, HOME), copy) };
}

/** @param {string[]} wanted */
async function keep(wanted) {
  const cache = await caches.open(CACHE);
  for (const name of wanted) {
    if (!(await cache.match(new URL(name, HOME)))) await (await fetched(name)).stored;
  }
}

self.addEventListener("install", (event) => {
  // A new version is whole before it takes over; on a first visit the page is about to ask for the rest itself.
  event.waitUntil(keep(self.registration.active ? FILES : SHELL));
});

self.addEventListener("activate", (event) => {
  const clean = async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("symnet-") && name !== CACHE) await caches.delete(name);
    }
    await self.clients.claim();
  };
  event.waitUntil(clean());
});

self.addEventListener("message", (event) => {
  if (event.data === "keep") event.waitUntil(keep(FILES));
});

self.addEventListener("fetch", (event) => {
  const name = nameOf(event.request);
  if (!name) return;
  const answer = async () => {
    const cache = await caches.open(CACHE);
    const held = await cache.match(new URL(name, HOME));
    if (held) return held;
    const { response, stored } = await fetched(name);
    event.waitUntil(stored);
    return response;
  };
  event.respondWith(answer());
});

// Keeps the last page that was loaded, so that it opens without network. It keeps nothing else: the ledger's documents are
// in the page's own database.

/** The part of a service worker's global object that is used here. TypeScript's library for it excludes the page's. */
interface WorkerScope {
  addEventListener(type: 'install' | 'activate', listener: (event: Extendable) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  readonly registration: { readonly scope: string };
}
interface Extendable {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

const worker = self as unknown as WorkerScope;
const CACHE = 'cascade-dashboard';
/** How long the page waits for the network before it opens from the cache. A newer page is then there at the next open. */
const PATIENCE_MS = 2_000;

worker.addEventListener('install', (event) => {
  // The browser has just loaded the page, and still has it.
  event.waitUntil(fetchPage('force-cache').then(() => worker.skipWaiting()));
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(worker.clients.claim());
});

worker.addEventListener('fetch', (event) => {
  if (event.request.mode !== 'navigate') return;
  const fetched = fetchPage();
  event.waitUntil(fetched.catch(() => {}));
  event.respondWith(pageFrom(fetched));
});

/** Fetches the page, and keeps it if it is one. @param cache - unless said otherwise, the host is asked. */
async function fetchPage(cache: RequestCache = 'no-cache'): Promise<Response> {
  const response = await fetch(worker.registration.scope, { cache });
  if (response.ok) await (await caches.open(CACHE)).put(worker.registration.scope, response.clone());
  return response;
}

/** The page from the network; from the cache if the network does not answer in time, or answers with an error. */
async function pageFrom(fetched: Promise<Response>): Promise<Response> {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS));
  const fresh = await Promise.race([fetched.catch(() => undefined), late]);
  if (fresh?.ok) return fresh;
  return (await caches.match(worker.registration.scope)) ?? fetched;
}

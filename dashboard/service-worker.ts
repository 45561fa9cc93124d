// Lets the dashboard open without network: it keeps the HTML of the page as the host last gave it. The browser runs
// this file beside the page, and asks it first when a person opens the page. The documents that the page shows are not
// here, but in the page's own database.

/**
 * The part of a service worker's global object that is used here. TypeScript has a library for it, which does not go
 * together with the library for pages.
 */
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
/**
 * How long the page waits for the network before it opens from the cache. A page that comes later is kept for the next
 * opening.
 */
const PATIENCE_MS = 2_000;

worker.addEventListener('install', (event) => {
  // The browser has just loaded the page, so its own cache mostly has it, and no second request is needed.
  event.waitUntil(fetchPage('force-cache').then(() => worker.skipWaiting()));
});

worker.addEventListener('activate', (event) => {
  // The page of a first visit was loaded without the worker. This puts it under the worker, too.
  event.waitUntil(worker.clients.claim());
});

worker.addEventListener('fetch', (event) => {
  if (event.request.mode !== 'navigate') return;
  const fetched = fetchPage();
  // The cache may answer first. The browser keeps the worker until this request has ended, too.
  event.waitUntil(fetched.catch(() => {}));
  event.respondWith(pageFrom(fetched));
});

/**
 * Fetches the page, and keeps it if the answer is a success.
 *
 * @param cache - by default the browser asks the host, even if its own cache has the page.
 */
async function fetchPage(cache: RequestCache = 'no-cache'): Promise<Response> {
  const response = await fetch(worker.registration.scope, { cache });
  if (response.ok) await (await caches.open(CACHE)).put(worker.registration.scope, response.clone());
  return response;
}

/**
 * The page from the network, or from the cache if the network does not answer in time or answers with an error. If the
 * cache does not have it, what the network answers.
 */
async function pageFrom(fetched: Promise<Response>): Promise<Response> {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS));
  const fresh = await Promise.race([fetched.catch(() => undefined), late]);
  if (fresh?.ok) return fresh;
  return (await caches.match(worker.registration.scope)) ?? fetched;
}

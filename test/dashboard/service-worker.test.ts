import { expect } from 'chai';
import { type HeldTimers, holdTimers } from '../support/hold-timers.ts';

const SCOPE = 'https://host.example/api/v1/web/guest/cascade/dashboard';

interface WorkerEvent {
  readonly request?: { readonly mode: string };
  waitUntil(work: Promise<unknown>): void;
  respondWith?(answer: Promise<Response>): void;
}

/** How many workers have started. */
let workers = 0;

/** The service worker, as a browser runs it: with a cache, a network and a page's requests. */
async function startWorker() {
  const listeners = new Map<string, (event: WorkerEvent) => void>();
  const did: string[] = [];
  const cached = new Map<string, string>();
  let network: (cache: string) => Promise<Response> = async () => new Response('page 1');
  const globals = {
    self: {
      addEventListener: (type: string, listener: (event: WorkerEvent) => void) => listeners.set(type, listener),
      skipWaiting: async () => void did.push('skipWaiting'),
      clients: { claim: async () => void did.push('claim') },
      registration: { scope: SCOPE },
    },
    caches: {
      async open(name: string) {
        expect(name).to.equal('cascade-dashboard');
        return {
          async put(url: string, response: Response) {
            const text = await response.text();
            did.push(`kept ${text}`);
            cached.set(url, text);
          },
        };
      },
      async match(url: string) {
        const text = cached.get(url);
        return text === undefined ? undefined : new Response(text);
      },
    },
    fetch: (url: string, { cache }: { cache: string }) => {
      expect(url).to.equal(SCOPE);
      did.push(`fetched (${cache})`);
      return network(cache);
    },
  };
  const before = Object.fromEntries(
    Object.keys(globals).map((name) => [name, (globalThis as Record<string, unknown>)[name]]),
  );
  Object.assign(globalThis, globals);
  // A module of its own for each worker. The compiler of these tests has no types of a browser.
  const file = `../../dashboard/service-worker.ts?${++workers}`;
  await import(file);
  /** Lets an event happen. @returns the answer to the page, if the worker gives one, and what the browser waits for. */
  const happen = (type: string, request?: { readonly mode: string }) => {
    const work: Promise<unknown>[] = [];
    let answer: Promise<Response> | undefined;
    listeners.get(type)?.({
      ...(request && { request }),
      waitUntil: (promise) => work.push(promise),
      respondWith: (promise) => {
        answer = promise;
      },
    });
    return { done: Promise.all(work), text: async () => (await answer)?.text() };
  };
  return {
    did,
    happen,
    open: () => happen('fetch', { mode: 'navigate' }),
    answerWith(answer: typeof network) {
      network = answer;
    },
    stop() {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) Reflect.deleteProperty(globalThis, name);
        else Object.assign(globalThis, { [name]: value });
      }
    },
  };
}

describe('the service worker of the page', () => {
  let worker: Awaited<ReturnType<typeof startWorker>>;
  let timers: HeldTimers;
  beforeEach(async () => {
    timers = holdTimers();
    worker = await startWorker();
  });
  afterEach(() => {
    worker.stop();
    timers.release();
  });

  it('takes the page that the browser has just loaded, and replaces an older worker at once', async () => {
    await worker.happen('install').done;
    expect(worker.did).to.deep.equal(['fetched (force-cache)', 'kept page 1', 'skipWaiting']);
  });

  it('serves the page that is open already, too', async () => {
    await worker.happen('activate').done;
    expect(worker.did).to.deep.equal(['claim']);
  });

  it('asks the host first when the page is opened, and keeps what it answers', async () => {
    await worker.happen('install').done;
    worker.answerWith(async () => new Response('page 2'));
    expect(await worker.open().text()).to.equal('page 2');
    expect(worker.did.slice(3)).to.deep.equal(['fetched (no-cache)', 'kept page 2']);
  });

  it('answers with the page that it has if the host has not answered after 2 s, and keeps the newer one all the same', async () => {
    await worker.happen('install').done;
    let arrive = (_: Response): void => {};
    worker.answerWith(
      () =>
        new Promise((resolve) => {
          arrive = resolve;
        }),
    );
    const opened = worker.open();
    expect(timers.waiting).to.deep.equal([2_000]);
    timers.pass();
    expect(await opened.text()).to.equal('page 1');
    arrive(new Response('page 2'));
    await opened.done;
    expect(worker.did).to.include('kept page 2');
  });

  it('answers with the page that it has if there is no network, or if the host answers with an error', async () => {
    await worker.happen('install').done;
    worker.answerWith(async () => {
      throw new TypeError('Failed to fetch');
    });
    expect(await worker.open().text()).to.equal('page 1');
    worker.answerWith(async () => new Response('too many requests', { status: 429 }));
    expect(await worker.open().text()).to.equal('page 1');
    expect(worker.did.filter((each) => each.startsWith('kept'))).to.deep.equal(['kept page 1']);
  });

  it('leaves all other requests to the browser', async () => {
    expect(await worker.happen('fetch', { mode: 'cors' }).text()).to.equal(undefined);
    expect(worker.did).to.deep.equal([]);
  });
});

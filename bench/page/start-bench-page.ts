import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { buildActions } from '../../build/build-actions.ts';
import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { couchPortOf } from '../ledger/create-orders.ts';
import { type BenchStore, startBenchStore } from '../ledger/start-bench-store.ts';
import { launchBrowser } from './launch-browser.ts';

/** The dashboard's page, its store, and a browser. */
export interface BenchPage {
  readonly browser: Browser;
  readonly store: BenchStore;
  readonly port: CouchPort;
  /** The address of an empty page on the same origin. */
  readonly emptyUrl: string;
  /** The page's address, without a fragment. */
  readonly url: string;
  /** The page's address with a fragment that signs in. */
  readonly signInUrl: string;
  /** Opens a browser context of its own, with nothing stored. */
  browse(): Promise<BrowserContext>;
  /** Opens the page in a browser of its own, signed in. The replica is live when it returns. */
  open(route: string): Promise<Page>;
  close(): Promise<void>;
}

/** How long the page may take to be live: in a benchmark the processor may be throttled. */
const PATIENCE_MS = 120_000;

/**
 * Builds the page, serves what its action answers, and starts an embedded store and a browser.
 *
 * @throws Error if this machine has no browser.
 */
export async function startBenchPage(): Promise<BenchPage> {
  const browser = await launchBrowser();
  if (browser === undefined) throw new Error('This benchmark needs Chromium or Chrome: set CHROMIUM to its path.');
  const store = await startBenchStore();
  const folder = await mkdtemp(join(tmpdir(), 'cascade-bench-page-'));
  const { origin, username, password } = new URL(store.settings.COUCHDB_ADMIN_URL);
  await buildActions({ links: {}, apps: {} }, folder);
  const { main } = createRequire(import.meta.url)(join(folder, 'actions/dashboard.js')) as {
    main(params: object): Promise<{ readonly headers: Record<string, string>; readonly body: string }>;
  };
  const answerTo = (path: string) =>
    main({
      ...{ DASHBOARD_COUCHDB_URL: origin, COUCHDB_DATABASE: store.settings.COUCHDB_DATABASE },
      ...{ __ow_method: 'get', __ow_path: path, __ow_headers: {} },
    });
  const [page, worker] = await Promise.all([answerTo(''), answerTo('/sw.js')]);
  const server = createServer((request, response) => {
    if (request.url === '/dashboard') response.writeHead(200, page.headers).end(page.body);
    else if (request.url === '/dashboard/sw.js') response.writeHead(200, worker.headers).end(worker.body);
    else if (request.url === '/empty') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Empty</title>');
    } else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const reader = { user: 'bench-reader', password: randomBytes(12).toString('hex') };
  const url = `${base}/dashboard`;
  const signInUrl = `${url}#sign-in?${new URLSearchParams(reader)}`;
  const browse = async (): Promise<BrowserContext> => {
    const context = await browser.newContext({ viewport: { width: 1_280, height: 800 } });
    context.setDefaultTimeout(PATIENCE_MS);
    return context;
  };
  await addReader(origin, { user: username, password }, reader, store.settings.COUCHDB_DATABASE);
  return {
    browser,
    store,
    port: couchPortOf(store.settings),
    emptyUrl: `${base}/empty`,
    url,
    signInUrl,
    browse,
    async open(route) {
      const opened = await (await browse()).newPage();
      await opened.goto(signInUrl);
      await opened.getByRole('status').filter({ hasText: 'Live' }).waitFor();
      await opened.goto(`${url}${route}`);
      return opened;
    },
    async close() {
      await browser.close();
      server.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Login {
  readonly user: string;
  readonly password: string;
}

async function addReader(store: string, admin: Login, { user, password }: Login, database: string): Promise<void> {
  const response = await fetch(`${store}/_users/org.couchdb.user:${user}`, {
    method: 'PUT',
    headers: {
      authorization: `Basic ${Buffer.from(`${admin.user}:${admin.password}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ type: 'user', name: user, password, roles: [`${database}-reader`] }),
  });
  if (response.status !== 201) throw new Error(`The store answered ${response.status} to a new account.`);
}

import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import axe from 'axe-core';
import { expect } from 'chai';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { launchBrowser } from '../../../bench/page/launch-browser.ts';
import { configuredDefinitions } from '../../../src/deploy/configured-definitions.ts';
import { type CascadeWithLedger, cascadeWithLedger, type LedgerOptions } from '../../support/cascade-with-ledger.ts';

/** A person with an account in the ledger's store. */
export interface Person {
  readonly user: string;
  readonly password: string;
}

/** A dashboard that runs, and browsers to look at it. Valid while the tests of its `describe` run. */
export interface Dashboard {
  readonly cascade: CascadeWithLedger;
  /** The page's address, without a fragment. */
  readonly url: string;
  /** Makes an account. `desk` may add acts to tickets; `reader` only reads; `stranger` has no role in this ledger. */
  person(role: 'desk' | 'reader' | 'stranger'): Promise<Person>;
  /**
   * Opens a browser of its own: no cookies, nothing stored, time zone UTC. A message of level `error` in its console fails
   * the test, unless `expected` matches it.
   */
  browse(options?: BrowseOptions): Promise<BrowserContext>;
  /** Opens the page in a browser of its own, signed in by the link's fragment. The replica is live when it returns. */
  open(person: Person, options?: BrowseOptions & { readonly route?: string }): Promise<Page>;
}

export interface BrowseOptions extends BrowserContextOptions {
  /** Errors in the console that the test is about. */
  readonly expected?: RegExp;
}

/** How long a test waits for something on the page, before it fails. */
const PATIENCE_MS = 15_000;

/** The link that signs a person in, as `npm start` prints it. */
export const signInLink = (url: string, { user, password }: Person): string =>
  `${url}#sign-in?${new URLSearchParams({ user, password })}`;

/**
 * Starts the local host, the embedded store, a simulated tenant and a browser before the tests of the `describe` in which it
 * is called, and ends them afterwards. Without a browser on this machine these tests are skipped.
 */
export function withDashboard(options: LedgerOptions): Dashboard {
  let browser: Browser | undefined;
  let cascade: CascadeWithLedger | undefined;
  const contexts: BrowserContext[] = [];
  const errors: string[] = [];
  const running = (): CascadeWithLedger => {
    if (cascade === undefined) throw new Error('The dashboard runs only while the tests run.');
    return cascade;
  };

  before(async function () {
    browser = await launchBrowser();
    if (browser === undefined) return this.skip();
    cascade = await cascadeWithLedger(options);
    // As deployment does: the page takes links and names from the ledger.
    const compiled = JSON.parse(await readFile(join(cascade.folder, 'dist', 'definition.json'), 'utf8'));
    const definitions = configuredDefinitions({ COUCHDB_URL: cascade.COUCHDB_URL });
    await definitions?.noteDeployed(await definitions.store(compiled));
  });
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    expect(errors.splice(0)).to.deep.equal([]);
  });
  after(async () => {
    await browser?.close();
    await cascade?.close();
  });

  const browse: Dashboard['browse'] = async ({ expected, ...given } = {}) => {
    if (browser === undefined) throw new Error('The browser runs only while the tests run.');
    const context = await browser.newContext({ timezoneId: 'UTC', locale: 'en-GB', ...given });
    context.setDefaultTimeout(PATIENCE_MS);
    contexts.push(context);
    const note = (text: string): void => {
      if (expected?.test(text) !== true) errors.push(text);
    };
    context.on('console', (message) => {
      if (message.type() === 'error') note(`${message.text()} ${message.location().url}`);
    });
    context.on('weberror', (error) => note(String(error.error().stack)));
    return context;
  };
  const pageUrl = (): string => {
    const { host } = running();
    return `${host.url}/api/v1/web/${host.namespace}/cascade/dashboard`;
  };

  return {
    get cascade() {
      return running();
    },
    get url() {
      return pageUrl();
    },
    browse,
    async person(role) {
      const user = `${role}-${randomBytes(3).toString('hex')}`;
      const password = randomBytes(9).toString('base64url');
      const roles = role === 'stranger' ? [] : [`cascade-${role}`];
      await addAccount(running().COUCHDB_URL, { user, password }, roles);
      return { user, password };
    },
    async open(person, { route, ...rest } = {}) {
      const page = await (await browse(rest)).newPage();
      await page.goto(signInLink(pageUrl(), person));
      await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
      if (route !== undefined) await page.goto(`${pageUrl()}${route}`);
      return page;
    },
  };
}

async function addAccount(adminUrl: string, { user, password }: Person, roles: readonly string[]): Promise<void> {
  const { origin, username, password: secret } = new URL(adminUrl);
  const response = await fetch(`${origin}/_users/org.couchdb.user:${user}`, {
    method: 'PUT',
    headers: {
      authorization: `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ type: 'user', name: user, password, roles }),
  });
  if (response.status !== 201) throw new Error(`The store answered ${response.status} to a new account.`);
}

/** Looks with axe at what the page shows now, in the light and in the dark theme, and expects no finding. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const violations = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: readonly Violation[] }> } };
      return (await axe.run()).violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) }));
    });
    expect(violations, `axe, ${colorScheme}`).to.deep.equal([]);
  }
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

import axe from 'axe-core';
import { expect } from 'chai';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { launchBrowser } from '../../../bench/page/launch-browser.ts';
import {
  type DashboardOptions,
  type Person,
  type RunningDashboard,
  signInLink,
  startDashboard,
} from './start-dashboard.ts';

/** A running dashboard, and browsers to look at it. It is valid while the tests of its `describe` run. */
export interface Dashboard extends Pick<RunningDashboard, 'cascade' | 'url' | 'person'> {
  /**
   * Opens a browser of its own, without cookies and with nothing stored, in the time zone UTC. A message of level
   * `error` in its console fails the test, unless `expected` matches it.
   */
  browse(options?: BrowseOptions): Promise<BrowserContext>;
  /** Opens the page in a browser of its own, signed in by the link's fragment. The replica is live when it returns. */
  open(person: Person, options?: BrowseOptions & { readonly route?: string }): Promise<Page>;
}

export interface BrowseOptions extends BrowserContextOptions {
  /** Matches the errors in the console that the test expects. */
  readonly expected?: RegExp;
  /** A script that runs in each page before the page's own code. */
  readonly init?: string;
}

/** How long a test waits for something on the page before it fails. */
const PATIENCE_MS = 15_000;

/**
 * Starts the local host, the embedded store, a simulated tenant and a browser before the tests of the `describe` in
 * which it is called, and ends them afterwards. Without a browser on this machine these tests are skipped.
 */
export function withDashboard(options: DashboardOptions): Dashboard {
  let browser: Browser | undefined;
  let dashboard: RunningDashboard | undefined;
  const contexts: BrowserContext[] = [];
  const errors: string[] = [];
  const running = (): RunningDashboard => {
    if (dashboard === undefined) throw new Error('The dashboard runs only while the tests run.');
    return dashboard;
  };

  before(async function () {
    browser = await launchBrowser();
    if (browser === undefined) return this.skip();
    dashboard = await startDashboard(options);
  });
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    expect(errors.splice(0)).to.deep.equal([]);
  });
  after(async () => {
    await browser?.close();
    await dashboard?.close();
  });

  const browse: Dashboard['browse'] = async ({ expected, init, ...given } = {}) => {
    if (browser === undefined) throw new Error('The browser runs only while the tests run.');
    const context = await running().newContext(browser, given);
    context.setDefaultTimeout(PATIENCE_MS);
    contexts.push(context);
    if (init !== undefined) await context.addInitScript({ content: init });
    const note = (text: string): void => {
      if (expected?.test(text) !== true) errors.push(text);
    };
    context.on('console', (message) => {
      if (message.type() === 'error') note(`${message.text()} ${message.location().url}`);
    });
    context.on('weberror', (error) => note(String(error.error().stack)));
    return context;
  };

  return {
    get cascade() {
      return running().cascade;
    },
    get url() {
      return running().url;
    },
    browse,
    person: (role, user) => running().person(role, user),
    async open(person, { route, ...rest } = {}) {
      const { url } = running();
      const page = await (await browse(rest)).newPage();
      await page.goto(signInLink(url, person));
      await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
      if (route !== undefined) await page.goto(`${url}${route}`);
      return page;
    },
  };
}

/** Checks the page as it is now with axe, in the light and in the dark theme, and expects no finding. */
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

import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { untilStored } from '../../bench/page/until-stored.ts';
import { CHAIN, EXTRACT, REPORT } from './support/sales-chain.ts';
import { signInLink } from './support/start-dashboard.ts';
import { expectAccessible, withDashboard } from './support/with-dashboard.ts';

describe('the page: without network', () => {
  const dashboard = withDashboard({ chains: { 'sales.yaml': CHAIN }, apps: [{ id: EXTRACT }, { id: REPORT }] });
  const runOnce = async (): Promise<void> => {
    const before = (await dashboard.cascade.documents('event:')).length;
    await dashboard.cascade.reloadByHand(EXTRACT);
    await dashboard.cascade.until('two more ends that are resolved', async () => {
      const events = await dashboard.cascade.documents('event:');
      return events.length === before + 2 && events.every(({ resolvedAt }) => resolvedAt !== undefined);
    });
  };
  before(() => runOnce());

  it('opens from the device, says as of when it is, and shows on return what happened meanwhile', async () => {
    const context = await dashboard.browse({ expected: /ERR_INTERNET_DISCONNECTED/ });
    const page = await context.newPage();
    await page.goto(signInLink(dashboard.url, await dashboard.person('reader')));
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    await page.evaluate(() => navigator.serviceWorker.ready);
    await untilStored(page);
    await context.setOffline(true);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${dashboard.url}#/runs`);
    await page.reload();
    await page
      .getByRole('status')
      .filter({ hasText: /^As of \d\d:\d\d, offline$/ })
      .waitFor();
    await page.getByRole('link', { name: 'Sales extract succeeded' }).waitFor();
    await expectAccessible(page);
    await runOnce();
    expect(await page.getByRole('link', { name: 'Sales extract succeeded' }).count()).to.equal(1);
    await context.setOffline(false);
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    await page.getByRole('link', { name: 'Sales extract succeeded' }).nth(1).waitFor();
    // Only the changes since then come. Nothing is read anew.
    expect(asked.filter((path) => /_all_docs|_find/.test(path))).to.deep.equal([]);
    expect(asked.filter((path) => path.endsWith('/_changes'))).not.to.deep.equal([]);
  });

  it('opens in a new tab if the person chose to stay signed in; the form says beforehand that it does not otherwise', async () => {
    const context = await dashboard.browse({ expected: /ERR_INTERNET_DISCONNECTED/ });
    const person = await dashboard.person('reader');
    const page = await context.newPage();
    const hint = 'If not, the page opens without network only in this tab.';
    const signIn = async (): Promise<void> => {
      await page.getByText(hint).waitFor();
      await page.getByLabel('User').fill(person.user);
      await page.getByLabel('Password').fill(person.password);
    };
    await page.goto(dashboard.url);
    await signIn();
    await page.getByLabel('Keep me signed in on this device').check();
    await page.keyboard.press('Enter');
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    await page.evaluate(() => navigator.serviceWorker.ready);
    await untilStored(page);
    const openOther = async (): Promise<Page> => {
      await context.setOffline(true);
      const other = await context.newPage();
      await other.goto(`${dashboard.url}#/runs`);
      return other;
    };
    const kept = await openOther();
    await kept.getByRole('link', { name: 'Sales extract succeeded' }).first().waitFor();
    await kept.close();
    await context.setOffline(false);
    await page.locator('summary').first().click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await signIn();
    await page.keyboard.press('Enter');
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    const notKept = await openOther();
    await notKept.getByText(hint).waitFor();
  });

  it('fetches the page once at first: the service worker takes what the browser has', async () => {
    const { host } = dashboard.cascade;
    const answers = async (): Promise<number> => {
      const headers = { authorization: `Basic ${Buffer.from(host.auth).toString('base64')}` };
      const url = `${host.url}/api/v1/namespaces/_/activations?name=cascade/dashboard&limit=200`;
      return ((await (await fetch(url, { headers })).json()) as readonly unknown[]).length;
    };
    const before = await answers();
    const page = await dashboard.open(await dashboard.person('reader'));
    await page.evaluate(() => navigator.serviceWorker.ready);
    // The page, and the service worker's script.
    await dashboard.cascade.until('two answers', async () => (await answers()) >= before + 2);
    expect(await answers()).to.equal(before + 2);
  });

  it('shows how far the first load has come, the newest first', async () => {
    const page = await (await dashboard.browse()).newPage();
    const held: (() => void)[] = [];
    let finds = 0;
    // The answers after the first page of ends, and of orders, wait.
    await page.route(/\/_find/, async (request) => {
      finds += 1;
      if (finds > 1) await new Promise<void>((resolve) => held.push(resolve));
      await request.continue();
    });
    await page.goto(signInLink(dashboard.url, await dashboard.person('reader')));
    await page.getByRole('status').filter({ hasText: 'Loading the last 14 days, the newest first' }).waitFor();
    await page.getByRole('progressbar', { name: 'How much of the last 14 days is loaded' }).waitFor();
    await expectAccessible(page);
    finds = -1_000;
    for (const go of held) go();
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    expect(await page.getByRole('progressbar').count()).to.equal(0);
  });

  it('says so if the store no longer takes the account, and goes on showing what is on the device', async () => {
    const { user, password } = await dashboard.person('reader');
    const page = await dashboard.open({ user, password }, { expected: /status of 401/, route: '#/runs' });
    const account = `../_users/org.couchdb.user:${user}`;
    const known = await dashboard.cascade.storeCall('GET', account);
    await dashboard.cascade.storeCall('PUT', account, { ...known, password: 'another-one' });
    await runOnce();
    await page.getByRole('status').filter({ hasText: 'CouchDB no longer takes this account' }).waitFor();
    await page.getByRole('link', { name: 'Sales extract succeeded' }).first().waitFor();
  });
});

/** A script for the page: an interval passes only if the test says so. */
const TAKE_INTERVALS = `{
  const waiting = new Map();
  let last = 0;
  globalThis.setInterval = (act) => (waiting.set(++last, act), last);
  globalThis.clearInterval = (id) => waiting.delete(id);
  globalThis.passIntervals = () => waiting.forEach((act) => act());
}`;

describe('the page: an act that the network lost while the store stayed in reach', () => {
  const dashboard = withDashboard({
    chains: { 'sales.yaml': CHAIN },
    apps: [{ id: EXTRACT, outcomes: ['failed'] }, { id: REPORT }],
  });
  let route = '';
  before(async () => {
    await dashboard.cascade.reloadByHand(EXTRACT);
    const tickets = () => dashboard.cascade.documents('ticket:');
    await dashboard.cascade.until('the ticket', async () => (await tickets()).length === 1);
    route = `#/tickets/${encodeURIComponent((await tickets())[0]?._id ?? '')}`;
  });
  const waits = (page: Page) => page.getByText('(not sent yet)');

  /** A page on which intervals stand still, and which has lost a note. Replication goes on all the time. */
  async function withLostNote(): Promise<Page> {
    const page = await dashboard.open(await dashboard.person('desk'), { expected: /ERR_FAILED/, init: TAKE_INTERVALS });
    await page.goto(`${dashboard.url}${route}`);
    await page.route(/act%3A/, (request) => request.abort());
    const lost = page.waitForEvent('requestfailed', (request) => request.method() === 'PUT');
    await page.getByLabel('Note', { exact: true }).fill('Lost');
    await page.getByRole('button', { name: 'Add the note' }).click();
    await lost;
    await waits(page).waitFor();
    await page.unroute(/act%3A/);
    return page;
  }
  const passIntervals = (page: Page) => page.evaluate('passIntervals()');
  const sayOnline = (page: Page) => page.evaluate(() => dispatchEvent(new Event('online')));

  it('goes out if the browser says that it is online', async () => {
    const page = await withLostNote();
    await sayOnline(page);
    await waits(page).waitFor({ state: 'detached' });
  });

  it('goes out after a while, if nothing says anything', async () => {
    const page = await withLostNote();
    await passIntervals(page);
    await waits(page).waitFor({ state: 'detached' });
  });

  it('stays on the device after sign-out, and goes out after the next sign-in', async () => {
    const page = await withLostNote();
    const login = await page.evaluate(() => Object.values(sessionStorage)[0] ?? '');
    await page.locator('summary').first().click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Password').waitFor();
    const puts: string[] = [];
    page.on('request', (request) => puts.push(...(request.method() === 'PUT' ? [request.url()] : [])));
    await sayOnline(page);
    await passIntervals(page);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    expect(puts).to.deep.equal([]);
    await page.getByLabel('User').fill(JSON.parse(login).user);
    await page.getByLabel('Password').fill(JSON.parse(login).password);
    const sent = page.waitForResponse((response) => response.request().method() === 'PUT');
    await page.keyboard.press('Enter');
    expect((await sent).status()).to.equal(201);
  });
});

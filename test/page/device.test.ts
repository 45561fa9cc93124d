import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { untilStored } from '../../bench/page/until-stored.ts';
import { until } from '../support/until.ts';
import { CHAIN, EXTRACT, REPORT } from './support/sales-chain.ts';
import { signInLink } from './support/start-dashboard.ts';
import { expectAccessible, withDashboard } from './support/with-dashboard.ts';

/** Acts like a browser that refuses all site data to a page. */
const REFUSE_STORAGE = `{
  const refuse = () => { throw new DOMException('Access is denied for this document.', 'SecurityError'); };
  IDBFactory.prototype.open = refuse;
  for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(globalThis, name, { get: refuse });
  // Firefox refuses this one, too.
  globalThis.BroadcastChannel = class { constructor() { refuse(); } };
}`;

/**
 * From `fillDisk` on, each transaction that writes is aborted, as the browser does it if there is no room. (Chromium
 * remembers for a while how much room there was: with a real quota, some megabytes more are stored or not.)
 */
const FILL_DISK = `{
  const { add, put } = IDBObjectStore.prototype;
  const failing = (write) => function (...given) {
    const request = write.apply(this, given);
    this.transaction.abort();
    return request;
  };
  globalThis.fillDisk = () => Object.assign(IDBObjectStore.prototype, { add: failing(add), put: failing(put) });
  globalThis.makeRoom = () => Object.assign(IDBObjectStore.prototype, { add, put });
}`;

/** How many events are in the page's databases. */
const COUNT_EVENTS = `(async () => {
  let count = 0;
  for (const { name } of await indexedDB.databases()) {
    const open = indexedDB.open(name);
    await new Promise((resolve) => { open.onsuccess = resolve; });
    const { result: database } = open;
    if (database.objectStoreNames.contains('docs')) {
      const keys = database.transaction('docs').objectStore('docs').getAllKeys(IDBKeyRange.bound('event:', 'event;'));
      await new Promise((resolve) => { keys.onsuccess = resolve; });
      count += keys.result.length;
    }
    database.close();
  }
  return count;
})()`;

/** Counts how often the page asks the browser to keep its documents. */
const COUNT_PERSIST = `{
  globalThis.persistAsked = 0;
  if (isSecureContext) StorageManager.prototype.persist = async () => { globalThis.persistAsked += 1; return true; };
}`;

describe('the page and the device', () => {
  const dashboard = withDashboard({
    chains: { 'sales.yaml': CHAIN },
    apps: [{ id: EXTRACT }, { id: REPORT, outcomes: ['failed'] }],
  });
  const live = (page: Page) => page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  const notices = (page: Page) => page.locator('.notices p');
  const fill = async (page: Page, { user, password }: { user: string; password: string }): Promise<void> => {
    await page.getByLabel('User').fill(user);
    await page.getByLabel('Password').fill(password);
  };

  it('that refuses storage: the page says what to allow, and signs in all the same', async () => {
    const page = await (
      await dashboard.browse({ init: REFUSE_STORAGE, expected: /SecurityError|Failed to establish transaction/ })
    ).newPage();
    await page.goto(dashboard.url);
    await fill(page, await dashboard.person('reader'));
    await page.getByRole('button', { name: 'Sign in' }).click();
    const said = page.getByRole('alert');
    await said.getByText('This browser does not let the page keep documents').waitFor();
    await said.getByText('Access is denied for this document.').waitFor();
    await page.getByRole('button', { name: 'Load the page again' }).waitFor();
    await expectAccessible(page);
  });

  const limit = async (page: Page, quotaSize: number): Promise<void> => {
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Storage.overrideQuotaForOrigin', { origin: new URL(dashboard.url).origin, quotaSize });
  };

  it('whose disk is full at opening: the page says what to do', async () => {
    const page = await (await dashboard.browse()).newPage();
    await page.goto(dashboard.url);
    await limit(page, 1);
    await fill(page, await dashboard.person('reader'));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('if the disk is full, make room').waitFor();
    await page.getByRole('alert').getByText('AbortError').waitFor();
    await limit(page, 100_000_000);
    await page.getByRole('button', { name: 'Load the page again' }).click();
    await live(page);
  });

  it('whose disk gets full later: the page says what to do, and shows what it has', async () => {
    const reader = await dashboard.person('reader');
    const page = await dashboard.open(reader, {
      expected: /global failure|InvalidStateError/,
      init: FILL_DISK,
      route: '#/runs',
    });
    await page.evaluate('fillDisk()');
    await dashboard.cascade.reloadByHand(EXTRACT);
    await notices(page).getByText('This device has no room for what comes from CouchDB').waitFor();
    await page.getByRole('status').filter({ hasText: 'This device does not keep what comes' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Load the page again' }).click();
    await live(page);
    await page.getByRole('link', { name: 'Sales extract succeeded' }).waitFor();
    expect(await notices(page).count()).to.equal(0);
  });

  it('whose disk is full when a person acts: the page says that nothing was added, and keeps the text', async () => {
    await dashboard.cascade.reloadByHand(REPORT);
    const tickets = () => dashboard.cascade.documents('ticket:');
    await dashboard.cascade.until('the ticket', async () => (await tickets()).length === 1);
    const route = `#/tickets/${encodeURIComponent((await tickets())[0]?._id ?? '')}`;
    const page = await dashboard.open(await dashboard.person('desk'), {
      expected: /global failure|InvalidStateError/,
      init: FILL_DISK,
      route,
    });
    await page.evaluate('fillDisk()');
    await page.getByLabel('Note', { exact: true }).fill('I look');
    await page.getByRole('button', { name: 'Add the note' }).click();
    const said = page.getByRole('alert').getByText('This device has not stored it, so nothing was added.');
    await said.waitFor();
    expect(await page.getByLabel('Note', { exact: true }).inputValue()).to.equal('I look');
    await page.evaluate('makeRoom()');
    await page.getByRole('button', { name: 'Add the note' }).click();
    await page.locator('.history li', { hasText: 'I look' }).waitFor();
    await said.waitFor({ state: 'detached' });
  });

  it('has a second tab: that one says so, until it is the only one', async () => {
    const context = await dashboard.browse();
    const person = await dashboard.person('reader');
    const [first, second] = [await context.newPage(), await context.newPage()];
    await first.goto(signInLink(dashboard.url, person));
    await live(first);
    await second.goto(signInLink(dashboard.url, person));
    await live(second);
    await notices(second).getByText('The dashboard is open in another tab').waitFor();
    expect(await notices(first).count()).to.equal(0);
    await expectAccessible(second);
    await first.close();
    await notices(second).waitFor({ state: 'detached' });
  });

  it('has one tab, in which the person signs out and in again: it is still the one that stores', async () => {
    const person = await dashboard.person('reader');
    const page = await dashboard.open(person);
    await page.locator('summary').first().click();
    await page.getByLabel('Remove the ledger’s documents from this device').check();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await fill(page, person);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await live(page);
    await untilStored(page);
    expect(await notices(page).count()).to.equal(0);
  });

  it('has a second tab: signing out there signs out here, and removes the documents if asked', async () => {
    const context = await dashboard.browse();
    const [person, other] = [await dashboard.person('reader'), await dashboard.person('reader')];
    const pages = [await context.newPage(), await context.newPage(), await context.newPage()] as const;
    for (const [index, page] of pages.entries()) {
      await page.goto(signInLink(dashboard.url, index === 2 ? other : person));
      await live(page);
    }
    const [first, second, third] = pages;
    await first.locator('summary').first().click();
    await first.getByLabel('Remove the ledger’s documents from this device').check();
    await first.getByRole('button', { name: 'Sign out' }).click();
    await first.getByLabel('Password').waitFor();
    await second.getByLabel('Password').waitFor();
    await first.waitForFunction(
      async (user) => (await indexedDB.databases()).every(({ name }) => name?.includes(user) !== true),
      person.user,
    );
    await live(third);
  });

  it('no longer has what has become older than 14 days', async () => {
    const context = await dashboard.browse();
    const page = await context.newPage();
    await dashboard.cascade.reloadByHand(EXTRACT);
    await page.goto(signInLink(dashboard.url, await dashboard.person('reader')));
    await live(page);
    await page.goto(`${dashboard.url}#/runs`);
    await page.getByRole('link', { name: 'Sales extract succeeded' }).first().waitFor();
    expect(await page.evaluate(COUNT_EVENTS)).to.be.greaterThan(0);
    await context.clock.setFixedTime(Date.now() + 16 * 24 * 3_600_000);
    await page.reload();
    await live(page);
    await page.getByText('No runs yet').waitFor();
    expect(await page.evaluate(COUNT_EVENTS)).to.equal(0);
  });

  it('is asked to keep the documents if the person chose to stay signed in', async () => {
    const context = await dashboard.browse({ init: COUNT_PERSIST });
    const person = await dashboard.person('reader');
    const page = await context.newPage();
    await page.goto(dashboard.url);
    await fill(page, person);
    await page.keyboard.press('Enter');
    await live(page);
    expect(await page.evaluate('persistAsked')).to.equal(0);
    await page.locator('summary').first().click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await fill(page, person);
    await page.getByLabel('Keep me signed in on this device').check();
    await page.keyboard.press('Enter');
    await live(page);
    expect(await page.evaluate('persistAsked')).to.equal(1);
  });

  it('that has documents of a ledger that was created anew: the page drops them, and loads itself and the new ones', async () => {
    await dashboard.cascade.reloadByHand(EXTRACT);
    const page = await dashboard.open(await dashboard.person('reader'), { route: '#/runs' });
    await page.getByRole('link', { name: 'Sales extract succeeded' }).first().waitFor();
    await untilStored(page);
    await page.addInitScript(`sessionStorage.setItem('loads', Number(sessionStorage.getItem('loads')) + 1)`);
    await page.route(/\/cascade$/, async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...(await answer.json()), instance_start_time: '1900000000' } });
    });
    const finds: string[] = [];
    page.on('request', (request) => finds.push(...(request.url().endsWith('/_find') ? [request.url()] : [])));
    // The page loads itself again, so Playwright may not see the end of this loading.
    await page.evaluate('location.reload()');
    // The page's policy forbids `waitForFunction`. While the page loads, it answers nothing.
    const loads = () => page.evaluate(`sessionStorage.getItem('loads')`).catch(() => undefined);
    await until('the page has loaded itself again', async () => (await loads()) === '2');
    await live(page);
    await page.getByRole('link', { name: 'Sales extract succeeded' }).first().waitFor();
    expect(finds).not.to.deep.equal([]);
    expect(await page.evaluate(`sessionStorage.getItem('loads')`)).to.equal('2');
  });
});

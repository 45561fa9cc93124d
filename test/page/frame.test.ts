import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { signInLink } from './support/start-dashboard.ts';
import { expectAccessible, withDashboard } from './support/with-dashboard.ts';

const EXTRACT = 'aaaaaaaa-0000-4000-8000-000000000001';
const CHAIN = `chain: sales
apps:
  extract: { id: ${EXTRACT}, name: Sales extract }
  report: { id: aaaaaaaa-0000-4000-8000-000000000002, name: Sales report }
reloads:
  - app: report
    after: extract
`;
const DAY_MS = 86_400_000;

/** Lets the test decide when an interval passes, and whether the clock is a day ahead. */
const TAKE_TIME = `{
  const intervals = [];
  globalThis.setInterval = (act) => intervals.push(act);
  const { now } = Date;
  globalThis.passDay = () => {
    Date.now = () => now() + ${DAY_MS};
    for (const act of intervals) act();
  };
}`;

/** Lets the test decide when the device opens a database. */
const HOLD_STORAGE = `{
  const { open } = IDBFactory.prototype;
  const held = [];
  let isHeld = true;
  IDBFactory.prototype.open = function (...given) {
    if (!isHeld) return open.apply(this, given);
    const request = {};
    held.push(() => {
      const real = open.apply(this, given);
      for (const name of ['onupgradeneeded', 'onerror', 'onsuccess']) {
        real[name] = () => { request.result = real.result; request[name]?.(); };
      }
    });
    return request;
  };
  globalThis.releaseStorage = () => { isHeld = false; for (const act of held) act(); };
}`;

describe('the page: what is around the views', () => {
  const dashboard = withDashboard({ chains: { 'sales.yaml': CHAIN }, apps: [{ id: EXTRACT }] });
  before(async () => {
    await dashboard.cascade.reloadByHand(EXTRACT);
    await dashboard.cascade.until('the end', async () => (await dashboard.cascade.documents('event:')).length >= 1);
  });
  const current = (page: Page) => page.getByRole('navigation', { name: 'Views' }).locator('[aria-current=page]');

  it('says in the navigation which view is shown; an address of no view shows the first one', async () => {
    const page = await dashboard.open(await dashboard.person('reader'));
    for (const title of ['Now', 'Runs', 'Tickets', 'Inbox', 'Numbers']) {
      await page.getByRole('link', { name: title, exact: true }).click();
      await page.getByRole('heading', { name: title, level: 1 }).waitFor();
      expect(await current(page).allInnerTexts()).to.deep.equal([title]);
    }
    await page.goto(`${dashboard.url}#/nothing/like/that`);
    await page.getByRole('heading', { name: 'Now', level: 1 }).waitFor();
  });

  it('lets the keyboard skip the navigation', async () => {
    const page = await dashboard.open(await dashboard.person('reader'), { route: '#/runs' });
    await page.getByRole('link', { name: 'Sales extract succeeded' }).waitFor();
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).to.equal('content');
  });

  it('goes with the time: what was today is yesterday', async () => {
    const page = await dashboard.open(await dashboard.person('reader'), { init: TAKE_TIME, route: '#/runs' });
    const began = page.locator('tbody time').first();
    expect(await began.innerText()).to.match(/^\d\d:\d\d:\d\d$/);
    await page.evaluate('passDay()');
    await began.filter({ hasText: /^\w{3},? \d+ \w{3,4}, \d\d:\d\d:\d\d$/ }).waitFor();
  });

  it('says that it opens what is on the device, and asks nobody to sign in again meanwhile', async () => {
    const page = await (await dashboard.browse({ init: HOLD_STORAGE })).newPage();
    await page.goto(signInLink(dashboard.url, await dashboard.person('reader')));
    await page.getByRole('status').getByText('Opening what is on this device').waitFor();
    expect(await page.getByLabel('Password').count()).to.equal(0);
    await expectAccessible(page);
    await page.evaluate('releaseStorage()');
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  });
});

import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { signInLink } from './support/start-dashboard.ts';
import { expectAccessible, withDashboard } from './support/with-dashboard.ts';

const EXTRACT = 'aaaaaaaa-0000-4000-8000-000000000001';
const CHAIN = `chain: sales
apps:
  extract: { id: ${EXTRACT} }
  report: { id: aaaaaaaa-0000-4000-8000-000000000002 }
reloads:
  - app: report
    after: extract
`;

const fill = async (page: Page, user: string, password: string): Promise<void> => {
  await page.getByLabel('User').fill(user);
  await page.getByLabel('Password').fill(password);
};

describe('the page: signing in', () => {
  const dashboard = withDashboard({ chains: { 'sales.yaml': CHAIN }, apps: [{ id: EXTRACT, outcomes: ['failed'] }] });
  const live = (page: Page) => page.getByRole('status').filter({ hasText: 'Live' }).waitFor();

  it('asks for an account, says what is wrong, and lets in', async () => {
    const page = await (await dashboard.browse({ expected: /status of 40[13]/ })).newPage();
    const { user, password } = await dashboard.person('reader');
    await page.goto(dashboard.url);
    await page.getByRole('heading', { name: 'Cascade' }).waitFor();
    await expectAccessible(page);
    await fill(page, user, 'wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('CouchDB does not know this user with this password').waitFor();
    const stranger = await dashboard.person('stranger');
    await fill(page, stranger.user, stranger.password);
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('This account may not read the database cascade').waitFor();
    await fill(page, user, password);
    await page.keyboard.press('Enter');
    await live(page);
  });

  it('by a link that comes into the open tab: the account is that of the link, and the password leaves the address', async () => {
    const [one, other] = [await dashboard.person('reader'), await dashboard.person('desk')];
    const page = await dashboard.open(one);
    await page.goto(signInLink(dashboard.url, other));
    await page.locator('summary').filter({ hasText: other.user }).waitFor();
    await live(page);
    expect(page.url()).to.equal(`${dashboard.url}#/now`);
    await page.reload();
    await page.locator('summary').filter({ hasText: other.user }).waitFor();
  });

  it('by a link that CouchDB does not take: the page says so, and whoever is signed in stays it', async () => {
    const context = await dashboard.browse({ expected: /status of 401/ });
    const { user, password } = await dashboard.person('reader');
    const page = await context.newPage();
    const told = page.getByRole('alert').getByText('CouchDB does not know this user with this password');
    await page.goto(signInLink(dashboard.url, { user, password: 'wrong' }));
    await told.waitFor();
    await page.getByLabel('Password').waitFor();
    await expectAccessible(page);
    await page.goto(signInLink(dashboard.url, { user, password }));
    await live(page);
    expect(await told.count()).to.equal(0);
    await page.goto(signInLink(dashboard.url, { user: 'somebody', password: 'wrong' }));
    await told.waitFor();
    await expectAccessible(page);
    await page.locator('summary').filter({ hasText: user }).waitFor();
    expect(page.url()).to.equal(`${dashboard.url}#/now`);
  });

  it('keeps the account for this tab alone, unless asked', async () => {
    const context = await dashboard.browse();
    const page = await context.newPage();
    await page.goto(signInLink(dashboard.url, await dashboard.person('reader')));
    await live(page);
    expect(page.url()).to.equal(`${dashboard.url}#/now`);
    await page.reload();
    await live(page);
    const other = await context.newPage();
    await other.goto(dashboard.url);
    await other.getByLabel('Password').waitFor();
  });

  it('keeps it on the device if asked; signing out forgets it, and removes the documents if asked', async () => {
    const context = await dashboard.browse();
    const page = await context.newPage();
    const { user, password } = await dashboard.person('reader');
    await page.goto(dashboard.url);
    await fill(page, user, password);
    await page.getByLabel('Keep me signed in on this device').check();
    await page.keyboard.press('Enter');
    await live(page);
    const other = await context.newPage();
    await other.goto(dashboard.url);
    await live(other);
    await other.close();
    const databases = () => page.evaluate(async () => (await indexedDB.databases()).map(({ name = '' }) => name));
    expect((await databases()).filter((name) => name.includes(user))).to.have.lengthOf(2);
    await page.getByText(user).click();
    await page.getByLabel('Remove the ledger’s documents from this device').check();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Password').waitFor();
    await page.waitForFunction(
      async (name) => (await indexedDB.databases()).every((each) => !each.name?.includes(name)),
      user,
    );
    await page.reload();
    await page.getByLabel('Password').waitFor();
  });

  it('sends the store no cookie, whoever has set one', async () => {
    const context = await dashboard.browse();
    const store = dashboard.cascade.storeUrl;
    await context.addCookies([{ name: 'AuthSession', value: 'of-somebody', url: store }]);
    const page = await context.newPage();
    const asked: Promise<Record<string, string>>[] = [];
    page.on('request', (request) => {
      if (request.url().startsWith(store)) asked.push(request.allHeaders());
    });
    await page.goto(signInLink(dashboard.url, await dashboard.person('reader')));
    await live(page);
    const headers = await Promise.all(asked);
    expect(headers.filter(({ authorization }) => authorization?.startsWith('Basic ')).length).to.be.greaterThan(3);
    expect(headers.filter((each) => 'cookie' in each)).to.deep.equal([]);
  });

  it('with a password that was changed: the page asks no more until the person signs in again, and then sends what waits', async () => {
    await dashboard.cascade.reloadByHand(EXTRACT);
    const tickets = () => dashboard.cascade.documents('ticket:');
    await dashboard.cascade.until('the ticket', async () => (await tickets()).length === 1);
    const context = await dashboard.browse({ expected: /status of 401/ });
    await context.clock.install();
    const { user, password } = await dashboard.person('desk');
    const page = await context.newPage();
    await page.goto(signInLink(dashboard.url, { user, password }));
    await live(page);
    await page.goto(`${dashboard.url}#/tickets/${encodeURIComponent((await tickets())[0]?._id ?? '')}`);
    const account = `../_users/org.couchdb.user:${user}`;
    const known = await dashboard.cascade.storeCall('GET', account);
    await dashboard.cascade.storeCall('PUT', account, { ...known, password: 'another-one' });
    const refused: string[] = [];
    page.on('response', (response) => {
      if (response.status() === 401 && response.url().includes('/cascade')) refused.push(response.url());
    });
    await page.reload();
    await page.getByText('CouchDB no longer takes this account with this password').waitFor();
    await page.getByLabel('Note', { exact: true }).fill('While I was out');
    await page.getByRole('button', { name: 'Add the note' }).click();
    await page.getByText('(not sent yet)').waitFor();
    for (let minute = 0; minute < 10; minute += 1) {
      await page.clock.runFor(60_000);
      // What the page has asked by now is answered before this.
      await page.evaluate((url) => fetch(url, { mode: 'no-cors' }), dashboard.cascade.storeUrl);
    }
    // CouchDB locks an account after five.
    expect(refused.length).to.equal(1);
    await page.getByRole('button', { name: 'Sign in again' }).click();
    await fill(page, user, 'another-one');
    await page.keyboard.press('Enter');
    await live(page);
    await page.getByText('(not sent yet)').waitFor({ state: 'detached' });
  });

  it('is for one database: another one on the same store asks again', async () => {
    const page = await (await dashboard.browse()).newPage();
    await page.goto(signInLink(dashboard.url, await dashboard.person('reader')));
    await live(page);
    await page.evaluate(async () => (await navigator.serviceWorker.ready).unregister());
    await page.route(dashboard.url, async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace('"database":"cascade"', '"database":"other"');
      await route.fulfill({ response, body });
    });
    await page.reload();
    await page.getByLabel('Password').waitFor();
  });
});

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
const HOURS_MS = 3_600_000;

describe('the page: what is not as it should be', () => {
  const dashboard = withDashboard({
    chains: { 'sales.yaml': CHAIN },
    apps: [{ id: EXTRACT, outcomes: ['failed'] }],
  });
  let route = '';
  before(async () => {
    await dashboard.cascade.reloadByHand(EXTRACT);
    const tickets = () => dashboard.cascade.documents('ticket:');
    await dashboard.cascade.until('the ticket', async () => (await tickets()).length === 1);
    route = `#/tickets/${encodeURIComponent((await tickets())[0]?._id ?? '')}`;
  });
  const notices = (page: Page) => page.locator('.notices p');
  const store = (method: string, path: string, body?: object) => dashboard.cascade.storeCall(method, path, body);

  it('is nothing on an ordinary day', async () => {
    const page = await dashboard.open(await dashboard.person('desk'), { route });
    const asked = page.waitForResponse(/\/cascade\/schema$/);
    await page.reload();
    await (await asked).finished();
    await page.getByRole('button', { name: 'Take it' }).waitFor();
    expect(await notices(page).count()).to.equal(0);
  });

  it('is a revoked password: everything waits, the person signs in again, and then it goes out', async () => {
    const { user, password } = await dashboard.person('desk');
    const page = await dashboard.open({ user, password }, { expected: /status of 401/, route });
    const account = `../_users/org.couchdb.user:${user}`;
    const known = await store('GET', account);
    await store('PUT', account, { ...known, password: 'another-one' });
    await page.getByLabel('Note', { exact: true }).fill('Meanwhile');
    await page.getByRole('button', { name: 'Add the note' }).click();
    await notices(page).getByText('CouchDB no longer takes this account with this password').waitFor();
    await page.locator('.history li', { hasText: 'Meanwhile (not sent yet)' }).waitFor();
    // CouchDB locks an account after some wrong passwords: the page tries no more.
    const puts: string[] = [];
    page.on('request', (request) => puts.push(...(request.method() === 'PUT' ? [request.url()] : [])));
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await expectAccessible(page);
    expect(puts).to.deep.equal([]);
    await page.getByRole('button', { name: 'Sign in again' }).click();
    await page.getByLabel('User').fill(user);
    await page.getByLabel('Password').fill('another-one');
    const sent = page.waitForResponse((response) => response.request().method() === 'PUT');
    await page.keyboard.press('Enter');
    expect((await sent).status()).to.equal(201);
    await page.getByText('not sent yet').waitFor({ state: 'detached' });
    await page.locator('.history li', { hasText: 'Meanwhile' }).waitFor();
    expect(await notices(page).count()).to.equal(0);
  });

  it('is a clock that somebody changes, or a Cascade that somebody deploys, while the page is open', async () => {
    const context = await dashboard.browse();
    await context.clock.install();
    const page = await context.newPage();
    await page.goto(signInLink(dashboard.url, await dashboard.person('reader')));
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    const { _rev, ...schema } = await store('GET', 'schema');
    const { rev } = (await store('PUT', 'schema', { ...schema, _rev, version: 99 })) as { rev: string };
    await page.clock.setSystemTime(Date.now() + 3 * HOURS_MS);
    await page.clock.runFor(5 * 60_000);
    await notices(page).getByText('A newer Cascade writes this ledger').waitFor();
    await notices(page).getByText('This device’s clock is 3 h').waitFor();
    await store('PUT', 'schema', { ...schema, _rev: rev });
    await page.clock.setSystemTime(Date.now() - 5 * 60_000);
    await page.clock.runFor(5 * 60_000);
    await notices(page).first().waitFor({ state: 'detached' });
  });

  it('is an account that has lost its role', async () => {
    const { user, password } = await dashboard.person('reader');
    const page = await dashboard.open({ user, password }, { expected: /status of 403/, route });
    const account = `../_users/org.couchdb.user:${user}`;
    const known = await store('GET', account);
    await store('PUT', account, { ...known, roles: [] });
    await page.reload();
    await notices(page).getByText('CouchDB no longer lets this account read the ledger. Ask whoever runs').waitFor();
    await page.getByText('Owner: nobody.').waitFor();
  });

  it('is a database that is gone', async () => {
    const page = await dashboard.open(await dashboard.person('reader'), { expected: /status of 404/, route });
    await page.route(/\/cascade\/_changes/, (request) =>
      request.fulfill({ status: 404, json: { error: 'not_found' }, headers: { 'access-control-allow-origin': '*' } }),
    );
    await page.reload();
    await page.getByRole('status').filter({ hasText: 'CouchDB has no such database' }).waitFor();
    await notices(page).getByText('The ledger’s database is gone from CouchDB. Ask whoever runs Cascade').waitFor();
    await page.getByText('Owner: nobody.').waitFor();
  });

  for (const [hours, said] of [
    [2, '2 h ahead of'],
    [-2, '2 h behind'],
  ] as const) {
    it(`is a clock ${said} CouchDB’s`, async () => {
      const context = await dashboard.browse();
      await context.clock.setFixedTime(Date.now() + hours * HOURS_MS + 30_000);
      const page = await context.newPage();
      await page.goto(signInLink(dashboard.url, await dashboard.person('reader')));
      await notices(page)
        .getByText(/^This device’s clock is .* CouchDB’s\. Set it right/)
        .waitFor();
      await expectAccessible(page);
    });
  }

  it('is a ledger of a newer Cascade, of an older one, and a document that the page does not know', async () => {
    const schema = await store('GET', 'schema');
    const reader = await dashboard.person('reader');
    await store('PUT', 'schema', { ...schema, version: 2 });
    const page = await dashboard.open(reader, { expected: /status of 404/ });
    await notices(page).getByText('A newer Cascade writes this ledger').waitFor();
    await page.setViewportSize({ width: 360, height: 700 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.equal(360);
    await expectAccessible(page);
    const newer = await store('GET', 'schema');
    await store('DELETE', `schema?rev=${newer['_rev']}`);
    await page.getByRole('button', { name: 'Load the page again' }).click();
    await notices(page).getByText('An older Cascade writes this ledger').waitFor();
    const { _rev, ...first } = schema;
    await store('PUT', 'schema', first);
    await page.reload();
    await store('PUT', 'order:spoilt', { type: 'order', createdAt: 'yesterday' });
    await store('PUT', 'dead:spoilt', { type: 'dead' });
    await notices(page)
      .getByText(/^2 documents are not as this page knows them, and left out\./)
      .waitFor();
    expect(await notices(page).count()).to.equal(1);
  });
});

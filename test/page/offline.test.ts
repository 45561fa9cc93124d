import { expect } from 'chai';
import { signInLink } from './support/start-dashboard.ts';
import { expectAccessible, withDashboard } from './support/with-dashboard.ts';

const EXTRACT = 'aaaaaaaa-0000-4000-8000-000000000001';
const REPORT = 'aaaaaaaa-0000-4000-8000-000000000002';
const CHAIN = `chain: sales
apps:
  extract: { id: ${EXTRACT}, name: Sales extract }
  report: { id: ${REPORT}, name: Sales report }
reloads:
  - app: report
    after: extract
`;

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
    // The changes since then come alone: nothing is read anew.
    expect(asked.filter((path) => /_all_docs|_find/.test(path))).to.deep.equal([]);
    expect(asked.filter((path) => path.endsWith('/_changes'))).not.to.deep.equal([]);
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

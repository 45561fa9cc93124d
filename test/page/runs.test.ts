import { expect } from 'chai';
import { expectAccessible, withDashboard } from './support/with-dashboard.ts';

const EXTRACT = 'aaaaaaaa-0000-4000-8000-000000000001';
const REPORT = 'aaaaaaaa-0000-4000-8000-000000000002';
const STOCK = 'aaaaaaaa-0000-4000-8000-000000000003';

const CHAIN = `chain: sales
apps:
  extract: { id: ${EXTRACT}, name: Sales extract }
  report: { id: ${REPORT}, name: Sales report }
  stock: { id: ${STOCK}, name: "<b>Stock</b>" }
reloads:
  - app: report
    after: extract
  - app: stock
    after: { app: report, on: failed }
`;

describe('the page: runs', () => {
  const dashboard = withDashboard({
    chains: { 'sales.yaml': CHAIN },
    apps: [{ id: EXTRACT }, { id: REPORT, outcomes: ['failed'] }, { id: STOCK }],
  });
  /** A run whose three reloads have all ended. */
  const runOnce = async (): Promise<void> => {
    const before = (await dashboard.cascade.documents('event:')).length;
    await dashboard.cascade.reloadByHand(EXTRACT);
    await dashboard.cascade.until('three more ends that are resolved', async () => {
      const events = await dashboard.cascade.documents('event:');
      return events.length === before + 3 && events.every(({ resolvedAt }) => resolvedAt !== undefined);
    });
  };
  before(() => runOnce());

  it('shows a run that was there before, and another one as it happens', async () => {
    const page = await dashboard.open(await dashboard.person('reader'), { route: '#/runs' });
    const rows = page.locator('tbody tr');
    expect(await rows.count()).to.equal(1);
    expect(await rows.first().locator('td').first().innerText()).to.match(/^✕\s*failed$/);
    expect(await rows.first().locator('th').innerText()).to.equal('Sales extract succeeded');
    expect(await rows.first().locator('td').nth(2).innerText()).to.equal('2 followed: 1 failed, 1 succeeded');
    await runOnce();
    await rows.nth(1).waitFor();
    await rows.first().getByText('2 followed: 1 failed, 1 succeeded').waitFor();
    expect(await page.title()).to.equal('Runs · Cascade');
  });

  it('shows one run as a tree at an address of its own, with Qlik’s error, and foreign text as text', async () => {
    const page = await dashboard.open(await dashboard.person('reader'), { route: '#/runs' });
    await page.getByRole('link', { name: 'Sales extract succeeded' }).first().click();
    await page.locator('.tree .tree .tree').waitFor();
    expect(page.url()).to.match(/#\/runs\/event%3Adefault%3A/);
    const reloads = await page.locator('.tree b').allInnerTexts();
    expect(reloads).to.deep.equal(['Sales extract', 'Sales report', '<b>Stock</b>']);
    await page.reload();
    await page.locator('.tree .tree .tree').waitFor();
    await expectAccessible(page);
  });

  it('copies the command for a run, or selects it if the browser keeps its clipboard from the page', async () => {
    const person = await dashboard.person('reader');
    for (const permissions of [['clipboard-read', 'clipboard-write'], []]) {
      const page = await dashboard.open(person, { route: '#/runs', permissions });
      await page.getByRole('link', { name: 'Sales extract succeeded' }).first().click();
      const button = page.getByRole('button', { name: /^Copy: npx cascade runs event:default:/ });
      const command = (await button.getAttribute('aria-label'))?.replace('Copy: ', '');
      await button.click();
      if (permissions.length > 0) {
        await page.getByRole('status').getByText('Copied').waitFor();
        expect(await page.evaluate(() => navigator.clipboard.readText())).to.equal(command);
      } else {
        await page.getByRole('status').getByText('Selected: copy it with your keyboard').waitFor();
        expect(await page.evaluate(() => getSelection()?.toString())).to.equal(command);
      }
    }
  });

  it('has no finding of axe, also on a phone, where nothing is wider than the screen', async () => {
    const page = await dashboard.open(await dashboard.person('reader'), {
      route: '#/runs',
      viewport: { width: 360, height: 700 },
    });
    await page.locator('tbody tr').first().waitFor();
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.equal(360);
  });
});

import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { CHAIN, EXTRACT, REPORT } from './support/sales-chain.ts';
import { expectAccessible, withDashboard } from './support/with-dashboard.ts';

// By the browser's clock, which is real here: the page shows alerts of the last seven days.
const at = Date.now() - 60_000;
const ORDER = {
  _id: `order:default:${REPORT}:s:r1`,
  ...{ schema: 1, type: 'order', tenant: 'default', appId: REPORT, chain: 'sales', state: 'gave-up', body: {} },
  ...{ causes: ['r1'], hops: 1, root: 'event:default:r1', traceId: 't1', try: 1, claims: 1, ends: [] },
  ...{ createdAt: at, gaveUpAt: at, reason: { code: 'QLIK_REFUSED', message: 'Qlik refuses it: no such app.' } },
};
const ALERT = {
  _id: 'alert:webhook-silent:default',
  ...{ schema: 1, type: 'alert', kind: 'webhook-silent', subject: 'default', traceId: 't1', at },
  message: 'Five times in a row the sweep found ends of which no webhook came. <b>Is it there?</b>',
};

describe('the page: what a person should look at beside the apps', () => {
  const dashboard = withDashboard({ chains: { 'sales.yaml': CHAIN }, apps: [{ id: EXTRACT }, { id: REPORT }] });
  const put = (document: { readonly _id: string }) =>
    dashboard.cascade.storeCall('PUT', encodeURIComponent(document._id), document);
  const dismiss = (id: string, number: string) =>
    put({
      _id: `act:${id}:${Date.now().toString(36).padStart(9, '0')}:${number}`,
      ...{ schema: 1, type: 'act', by: 'admin', at: Date.now(), kind: 'dismiss' },
    } as never);
  const open = async (route: string, options: object = {}): Promise<Page> =>
    dashboard.open(await dashboard.person('reader'), { route, ...options });
  const copyOf = (page: Page, id: string) =>
    page.getByRole('button', { name: `Copy: npx cascade dismiss ${id}`, exact: true });
  before(async () => {
    await put(ORDER);
    await put(ALERT);
  });

  it('is a reload that was given up: the table, the app and the run say why, with the command that settles it', async () => {
    const page = await open('#/now');
    const row = page.getByRole('table', { name: '1 app needs somebody' }).getByRole('row').nth(1);
    const text = (await row.innerText()).replace(/\s+/g, ' ');
    expect(text).to.match(
      /^✕ failed Sales report \S+ Cascade gave a reload up at \S+: Qlik refuses it: no such app\. nobody$/,
    );
    await row.getByRole('link', { name: 'Sales report' }).click();
    const panel = page.getByRole('complementary', { name: 'Sales report' });
    await copyOf(panel as never, ORDER._id).waitFor();
    await panel.getByText('Cascade gave a reload up at').waitFor();
    // The sentences name apps, and not the ids of orders.
    expect((await panel.locator('p', { hasText: 'Its newest order' }).innerText()).replace(/\s+/g, ' ')).to.equal(
      'Its newest order was given up: Qlik refuses it: no such app. Its run',
    );
    await expectAccessible(page);
    await page.goto(`${dashboard.url}#/runs/${encodeURIComponent(ORDER._id)}`);
    await page.getByText('was given up: Qlik refuses it: no such app').waitFor();
    await copyOf(page, ORDER._id).waitFor();
    await expectAccessible(page);
  });

  it('is an alert, in the header of each view and in Now, with the command that settles it, as text', async () => {
    const page = await open('#/runs');
    await page.getByRole('link', { name: '1 alert' }).click();
    const row = page.getByRole('table', { name: '1 alert' }).getByRole('row').nth(1);
    const text = (await row.innerText()).replace(/\s+/g, ' ');
    expect(text).to.include('! alert Tenant default sends no webhooks');
    expect(text).to.include('no webhook came. <b>Is it there?</b> If nobody has to look at it any more:');
    await copyOf(page, ALERT._id).waitFor();
    await expectAccessible(page);
  });

  it('is in each view on a phone no wider than the screen', async () => {
    const subject = `event:default:${'0123456789'.repeat(9)}`;
    const long = { ...ALERT, _id: `alert:not-stored:${subject}`, kind: 'not-stored', subject, message: subject };
    await put(long);
    const page = await open('#/now', { viewport: { width: 360, height: 640 } });
    await copyOf(page, ALERT._id).waitFor();
    await copyOf(page, long._id).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.be.at.most(360);
    await expectAccessible(page);
    await dismiss(long._id, 'cccccc');
  });

  it('is gone once a person has dismissed it', async () => {
    const page = await open('#/now');
    await copyOf(page, ALERT._id).waitFor();
    await dismiss(ALERT._id, 'aaaaaa');
    await copyOf(page, ALERT._id).waitFor({ state: 'detached' });
    expect(await page.getByRole('link', { name: '1 alert' }).count()).to.equal(0);
    await dismiss(ORDER._id, 'bbbbbb');
    await page.getByText('No app needs somebody.').waitFor();
    await page.goto(`${dashboard.url}#/runs/${encodeURIComponent(ORDER._id)}`);
    await page.getByText('Its app has succeeded since, or somebody has dismissed it.').waitFor();
    expect(await copyOf(page, ORDER._id).count()).to.equal(0);
  });
});

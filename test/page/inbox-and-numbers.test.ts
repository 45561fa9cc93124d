import { expect } from 'chai';
import { expectAccessible, withDashboard } from './support/with-dashboard.ts';

const EXTRACT = 'aaaaaaaa-0000-4000-8000-000000000001';
const REPORT = 'aaaaaaaa-0000-4000-8000-000000000002';
const ALARM = 'aaaaaaaa-0000-4000-8000-000000000003';

const CHAIN = `chain: sales
apps:
  extract: { id: ${EXTRACT}, name: Sales extract }
  report: { id: ${REPORT}, name: Sales report }
  alarm: { id: ${ALARM}, name: "<img src=x onerror=alert(1)>" }
reloads:
  - app: report
    after: extract
  - app: alarm
    after: { app: extract, on: failed }
`;

const LETTER = {
  _id: 'dead:0001',
  ...{ schema: 1, type: 'dead', tenant: 'default', isBase64: false, traceId: '0123456789abcdef0123456789abcdef' },
  body: '<script>document.title = "taken over"</script>',
  reason: { code: 'WEBHOOK_MALFORMED', message: 'The body is no JSON.' },
  storedAt: Date.parse('2026-11-30T06:00:00Z'),
};

const STAT = {
  _id: 'stat:reload',
  ...{ schema: 1, type: 'stat', action: 'reload', upTo: LETTER.storedAt, counted: {} },
  invocations: { success: 2, application_error: 0, developer_error: 1, internal_error: 0 },
  duration: { counts: [0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], sumMs: 400_200 },
  init: { counts: [0, 0, 1, 0, 0, 0, 0, 0, 0], sumMs: 150 },
};

describe('the page: inbox and numbers', () => {
  const dashboard = withDashboard({ chains: { 'sales.yaml': CHAIN }, apps: [{ id: EXTRACT }, { id: REPORT }] });
  before(async () => {
    await dashboard.cascade.reloadByHand(EXTRACT);
    await dashboard.cascade.until('two ends that are finished', async () => {
      const events = await dashboard.cascade.documents('event:');
      return events.length === 2 && events.every((event) => 'resolvedAt' in event && 'recordedAt' in event);
    });
    await dashboard.cascade.storeCall('PUT', LETTER._id, LETTER);
  });

  it('lists ends and letters with what each caused, and filters them in the URL', async () => {
    const page = await dashboard.open(await dashboard.person('reader'), { route: '#/inbox' });
    await page.getByRole('link', { name: 'Not understood: The body is no JSON.' }).waitFor();
    expect(await page.locator('tbody tr').count()).to.equal(3);
    const extract = page.locator('tbody tr', { hasText: 'Sales extract succeeded' });
    expect(await extract.locator('td').nth(2).innerText()).to.equal('called for Sales report');
    await page.getByLabel('Show').selectOption('what nobody understood');
    await page.locator('tbody tr').nth(1).waitFor({ state: 'detached' });
    expect(page.url()).to.match(/#\/inbox\?only=letters$/);
    await page.getByLabel('With the text').fill('nothing is called this');
    await page.getByText('Nothing that Cascade heard in the last days is like that.').waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'Not understood: The body is no JSON.' }).waitFor();
    await expectAccessible(page);
  });

  it('shows one end: how Cascade heard of it, what it caused, and why a link was not set off', async () => {
    const page = await dashboard.open(await dashboard.person('reader'), { route: '#/inbox' });
    await page.getByRole('link', { name: 'Sales extract succeeded' }).click();
    await page.getByRole('heading', { name: 'Sales extract', level: 2 }).waitFor();
    await page
      .getByText('<img src=x onerror=alert(1)>: not reloaded: the link in chain sales follows only a failure')
      .waitFor();
    await page.getByRole('link', { name: 'Sales report' }).waitFor();
    await page.getByText(/It counted it for its app at/).waitFor();
    await page.getByRole('button', { name: /^Copy: npx cascade replay event:default:/ }).waitFor();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Its run' }).click();
    await page.locator('.tree .tree').waitFor();
  });

  it('shows a letter as it was received, as text', async () => {
    const page = await dashboard.open(await dashboard.person('reader'), { route: '#/inbox/dead%3A0001' });
    await page.getByText('<script>document.title = "taken over"</script>').waitFor();
    expect(await page.title()).to.equal('What nobody understood · Inbox · Cascade');
    await page.getByRole('button', { name: 'Copy: npx cascade dismiss dead:0001' }).waitFor();
    await expectAccessible(page);
  });

  it('says of an address without a document that there is none', async () => {
    const page = await dashboard.open(await dashboard.person('reader'), { route: '#/inbox/event%3Adefault%3Anone' });
    await page.getByText('This end is not on the device.').waitFor();
    await page.goto(`${dashboard.url}#/inbox/dead%3Anone`);
    await page.getByText('This letter is not on the device').waitFor();
  });

  it('says of each action how often it ran, how often in vain, and how long it took', async () => {
    await dashboard.cascade.storeCall('PUT', encodeURIComponent(STAT._id), STAT);
    const page = await dashboard.open(await dashboard.person('reader'), { route: '#/numbers' });
    const row = page
      .getByRole('table', { name: /^Since the meter began to count/ })
      .getByRole('row', { name: 'reload' });
    // Of three durations, one each is below the bounds 100 and 250 ms, and one is above the last bound, 300 s.
    expect(await row.getByRole('cell').allInnerTexts()).to.deep.equal([
      '3',
      '1',
      'up to 250 ms',
      'more than 300 s',
      '1',
    ]);
    await expectAccessible(page);
  });

  it('counts ends by hour, as columns and as a table, also on a phone', async () => {
    const viewport = { width: 360, height: 700 };
    const page = await dashboard.open(await dashboard.person('reader'), { route: '#/numbers', viewport });
    await page.locator('.mark.succeeded', { hasText: '2 succeeded' }).waitFor();
    expect(await page.locator('svg.columns rect.succeeded').count()).to.be.oneOf([1, 2]);
    await page.getByText('As a table').click();
    await page
      .getByRole('cell', { name: 'Sales report' })
      .or(page.getByRole('rowheader', { name: 'Sales report' }))
      .waitFor();
    await page.getByRole('link', { name: 'the last week' }).click();
    await page.getByRole('heading', { name: 'Reloads that ended in the last week' }).waitFor();
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.equal(360);
  });
});

import { expect } from 'chai';
import { expectAccessible, withDashboard } from './support/with-dashboard.ts';

const EXTRACT = 'aaaaaaaa-0000-4000-8000-000000000001';
const REPORT = 'aaaaaaaa-0000-4000-8000-000000000002';
const STOCK = 'aaaaaaaa-0000-4000-8000-000000000003';
const RATES = 'aaaaaaaa-0000-4000-8000-000000000004';
const BOARD = 'aaaaaaaa-0000-4000-8000-000000000005';

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

/** The apps in the order of the grid. */
const APPS = ['<b>Stock</b>', 'Sales extract', 'Sales report'];
const PHONE = { width: 360, height: 700 };

/** A chain with a second attempt two hours later, so that the order waits while the tests run. */
const RETRYING = `chain: board
apps:
  rates: { id: ${RATES}, name: Rates }
  board: { id: ${BOARD}, name: Board figures }
reloads:
  - app: board
    after: rates
    retry: { attempts: 2, delay: 2h }
`;
const ERROR = '<img src=x onerror=alert(1)> is no table';

describe('the page: runs', () => {
  const dashboard = withDashboard({
    chains: { 'sales.yaml': CHAIN, 'board.yaml': RETRYING },
    apps: [
      ...[{ id: EXTRACT }, { id: STOCK }, { id: RATES }],
      { id: REPORT, outcomes: ['failed'], errorMessage: ERROR },
      { id: BOARD, outcomes: ['failed'] },
    ],
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
  /** The ids of the runs' roots, the newest first. */
  const newestRoots = async (): Promise<readonly string[]> => {
    const events = await dashboard.cascade.documents('event:');
    return events
      .filter(({ appId }) => appId === EXTRACT)
      .sort((a, b) => b.endedAt - a.endedAt)
      .map(({ _id }) => _id);
  };
  before(() => runOnce());

  it('shows a run that was there before, and another one as it happens', async () => {
    const page = await dashboard.open(await dashboard.person('reader'), { route: '#/runs' });
    const rows = page.locator('tbody tr');
    expect(await rows.count()).to.equal(1);
    expect(await rows.first().locator('td').first().innerText()).to.match(/^✕\s*failed$/);
    expect(await rows.first().locator('th').innerText()).to.equal('Sales extract succeeded');
    expect(await rows.first().locator('td').nth(2).innerText()).to.equal('2 followed: 1 succeeded, 1 failed');
    await runOnce();
    await rows.nth(1).waitFor();
    await rows.first().getByText('2 followed: 1 succeeded, 1 failed').waitFor();
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
      viewport: PHONE,
    });
    await page.locator('tbody tr').first().waitFor();
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.equal(360);
  });

  it('shows the runs side by side, in a grid that the keyboard moves in, and a new run does not move the focus', async () => {
    const page = await dashboard.open(await dashboard.person('reader'), { route: '#/runs' });
    await page.getByRole('link', { name: 'Grid', exact: true }).click();
    await page.getByRole('grid', { name: 'Runs and apps' }).waitFor();
    expect(page.url()).to.match(/#\/runs\?as=grid$/);
    expect(await page.locator('tbody th').allInnerTexts()).to.deep.equal(APPS);
    expect(await page.locator('tbody tr').nth(2).locator('.cell').allInnerTexts()).to.deep.equal(['✕', '✕']);
    const focused = (): Promise<string | null | undefined> =>
      page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    await page.getByRole('link', { name: 'Failed runs' }).focus();
    await page.keyboard.press('Tab');
    expect(await focused()).to.match(/^<b>Stock<\/b>: succeeded, in the run of \d\d:\d\d:\d\d$/);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    const chosen = await focused();
    expect(chosen).to.match(/^Sales report: failed, in the run of \d\d:\d\d:\d\d$/);
    await runOnce();
    await page.locator('tbody tr').nth(2).locator('.cell.failed').nth(2).waitFor();
    expect(await focused()).to.equal(chosen);
    await page.keyboard.press('Control+Home');
    // The newest run may still be going on.
    expect(await focused()).to.match(/^<b>Stock<\/b>: /);
    expect(await page.locator('.cell[tabindex="0"]').count()).to.equal(1);
    await page.keyboard.press('Enter');
    await page.locator('.tree .tree .tree').waitFor();
    const [newest] = await newestRoots();
    expect(page.url()).to.contain(`#/runs/${encodeURIComponent(newest ?? '')}`);
  });

  it('leaves only failed runs in the list and in the grid, by the address', async () => {
    await dashboard.cascade.reloadByHand(STOCK);
    await dashboard.cascade.until(
      'one more end',
      async () => (await dashboard.cascade.documents('event:')).length === 10,
    );
    const page = await dashboard.open(await dashboard.person('reader'), { route: '#/runs?as=grid' });
    await page.locator('tbody tr').first().locator('.cell').nth(3).waitFor();
    await page.getByRole('link', { name: 'Failed runs' }).click();
    await page.locator('tbody tr').first().locator('.cell').nth(3).waitFor({ state: 'detached' });
    expect(page.url()).to.match(/#\/runs\?as=grid&only=failed$/);
    await page.getByRole('link', { name: 'List' }).click();
    await page.locator('tbody td time').first().waitFor();
    expect(await page.locator('tbody tr').count()).to.equal(3);
    await page.goto(`${dashboard.url}#/runs`);
    await page.locator('tbody tr').nth(3).waitFor();
  });

  it('has no finding of axe in the grid, also on a phone, where the grid scrolls in itself', async () => {
    const page = await dashboard.open(await dashboard.person('reader'), { route: '#/runs?as=grid', viewport: PHONE });
    await page.getByRole('grid').waitFor();
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.equal(360);
  });

  it('has 30 runs in the grid at most, and no cell with the focus is behind the names of the apps', async () => {
    const event = (await dashboard.cascade.documents('event:')).find(({ appId }) => appId === EXTRACT);
    const older = Array.from({ length: 40 }, (_, index) => {
      const { _rev, ...rest } = { ...event, reloadId: `old-${index}`, _id: `event:default:old-${index}`, appId: STOCK };
      return { ...rest, outcome: 'succeeded', endedAt: event.endedAt - (index + 1) * 60_000, skips: [] };
    });
    for (const each of older) await dashboard.cascade.storeCall('PUT', encodeURIComponent(each._id), each);
    const page = await dashboard.open(await dashboard.person('reader'), { route: '#/runs?as=grid', viewport: PHONE });
    const row = page.locator('tbody tr').first().locator('.cell');
    await row.nth(29).waitFor();
    expect(await row.count()).to.equal(30);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.equal(360);
    await row.first().focus();
    const isSeen = (): Promise<boolean> =>
      page.evaluate(() => {
        const { left, right, top, bottom } = document.activeElement?.getBoundingClientRect() ?? new DOMRect();
        return document.elementFromPoint((left + right) / 2, (top + bottom) / 2) === document.activeElement;
      });
    await page.keyboard.press('End');
    expect(await isSeen()).to.equal(true);
    for (let step = 0; step < 29; step += 1) {
      await page.keyboard.press('ArrowLeft');
      expect(await isSeen(), `after ${step + 1} steps`).to.equal(true);
    }
    expect(await row.first().getAttribute('tabindex')).to.equal('0');
  });

  it('shows one run on a line of time, with its critical path in words and a table that says the same', async () => {
    const [root = ''] = await newestRoots();
    const page = await dashboard.open(await dashboard.person('reader'), {
      route: `#/runs/${encodeURIComponent(root)}`,
    });
    await page.getByRole('link', { name: 'Timeline' }).click();
    await page
      .getByText(/^Critical path: Sales extract, then Sales report, then <b>Stock<\/b>\. Together: queued/)
      .waitFor();
    expect(page.url()).to.match(/\?as=timeline$/);
    expect(await page.locator('.timeline g > text:not(.axis)').allTextContents()).to.deep.equal([
      ...['◆ ✓ Sales extract', '◆ ✕ Sales report', '◆ ✓ <b>Stock</b>'],
    ]);
    expect(await page.locator('.timeline .ran').count()).to.equal(3);
    expect(await page.locator('.timeline .ran.failed').count()).to.equal(1);
    const axis = await page.locator('.timeline text.axis').allTextContents();
    expect(axis.length).to.be.within(1, 5);
    for (const mark of axis) expect(mark).to.match(/^\d\d:\d\d:\d\d$/);
    const rows = await page.locator('tbody tr').allInnerTexts();
    expect(rows).to.have.length(3);
    expect(rows[1]).to.match(/^Sales report\s+✕ ?failed\s+\d\d:\d\d:\d\d\s+0 s\s+0 s\s+\d\d:\d\d:\d\d\s+◆ yes$/);
    await expectAccessible(page);
    await page.setViewportSize(PHONE);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.equal(360);
  });

  it('has the time in Qlik’s queue apart from the time that a reload ran, by the border', async () => {
    const event = (await dashboard.cascade.documents('event:')).find(({ appId }) => appId === EXTRACT);
    const { _rev, ...rest } = event;
    const from = event.endedAt - 7_200_000;
    const ends = { _id: 'event:default:queued', reloadId: 'queued', appId: STOCK, outcome: 'succeeded', skips: [] };
    const times = { createdAt: from, startedAt: from + 60_000, endedAt: from + 240_000 };
    await dashboard.cascade.storeCall('PUT', encodeURIComponent(ends._id), { ...rest, ...ends, ...times });
    const route = `#/runs/${encodeURIComponent(ends._id)}?as=timeline`;
    const page = await dashboard.open(await dashboard.person('reader'), { route });
    await page.getByText('Critical path: <b>Stock</b>. Together: queued 1 min, ran 3 min.').waitFor();
    const drawn = (part: string) =>
      page.locator(`.timeline ${part}`).evaluate((rect) => {
        const { strokeDasharray, fill } = getComputedStyle(rect);
        return [rect.getAttribute('x'), rect.getAttribute('width'), strokeDasharray !== 'none', fill !== 'none'];
      });
    expect(await drawn('.queued')).to.deep.equal(['0%', '25%', true, false]);
    expect(await drawn('.ran')).to.deep.equal(['25%', '75%', false, true]);
    const row = await page.locator('tbody tr').innerText();
    expect(row).to.match(/^<b>Stock<\/b>\s+✓ ?succeeded\s+\S.*\s+1 min\s+3 min\s+\S.*\s+◆ yes$/);
    await expectAccessible(page);
  });

  it('has the axis of the line of time in the device’s time zone', async () => {
    const [root = ''] = await newestRoots();
    const route = `#/runs/${encodeURIComponent(root)}?as=timeline`;
    const axisIn = async (timezoneId: string): Promise<string | undefined> => {
      const page = await dashboard.open(await dashboard.person('reader'), { route, timezoneId });
      await page.locator('.timeline').waitFor();
      return (await page.locator('.timeline text.axis').allTextContents())[0];
    };
    const [utc = '', kolkata = ''] = [await axisIn('UTC'), await axisIn('Asia/Kolkata')];
    const secondsOf = (text: string): number => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
    expect((secondsOf(kolkata) - secondsOf(utc) + 86_400) % 86_400).to.equal(5.5 * 3_600);
  });

  it('shows what happened in a run, one after another, with what people did to its tickets', async () => {
    const [root = ''] = await newestRoots();
    const tickets = await dashboard.cascade.documents(`ticket:reload:default:`);
    const ticket = tickets.find(({ appId }) => appId === REPORT)._id;
    const at = Date.now();
    const act = `act:${ticket}:${at.toString(36).padStart(9, '0')}:abc123`;
    const fields = { schema: 1, type: 'act', by: 'anna', at, kind: 'note', value: '<i>the disk</i> was full' };
    await dashboard.cascade.storeCall('PUT', encodeURIComponent(act), fields);
    const route = `#/runs/${encodeURIComponent(root)}?as=history`;
    const page = await dashboard.open(await dashboard.person('reader'), { route });
    await page.getByText('anna, about the ticket of Sales report: noted: <i>the disk</i> was full').waitFor();
    const lines = (await page.locator('.history > li').allInnerTexts()).map((line) => line.replace(/\s+/g, ' '));
    const places = [
      /^\d\d:\d\d:\d\d ✓ ?succeeded Sales extract succeeded$/,
      /^\d\d:\d\d:\d\d Cascade heard from a webhook that Sales extract succeeded \(in the inbox\)$/,
      /^\d\d:\d\d:\d\d Cascade ordered a reload of Sales report, because of Sales extract$/,
      /^\d\d:\d\d:\d\d Cascade started the reload of Sales report in Qlik$/,
      /^\d\d:\d\d:\d\d ✕ ?failed Sales report failed <img src=x onerror=alert\(1\)> is no table$/,
      /^\d\d:\d\d:\d\d anna, about the ticket/,
    ].map((pattern) => lines.findIndex((line) => pattern.test(line)));
    expect(places).to.deep.equal([...places].sort((a, b) => a - b));
    expect(places[0]).to.be.at.least(0);
    expect(lines.some((line) => line.includes('Cascade looked up what follows <b>Stock</b>'))).to.equal(true);
    const heard = page.getByRole('link', { name: 'in the inbox' });
    expect(await heard.count()).to.equal(3);
    expect(await heard.first().getAttribute('href')).to.equal(`#/inbox/${encodeURIComponent(root)}`);
    await expectAccessible(page);
    await page.setViewportSize(PHONE);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.equal(360);
  });

  it('offers the commands that replay an end and call off an order, and the commands are the command line’s', async () => {
    await dashboard.cascade.reloadByHand(RATES);
    const waiting = async () => (await dashboard.cascade.documents('order:')).find(({ state }) => state === 'waiting');
    await dashboard.cascade.until('an order that waits', async () => (await waiting()) !== undefined);
    const order = await waiting();
    const page = await dashboard.open(await dashboard.person('reader'), {
      route: `#/runs/${encodeURIComponent(order.root)}`,
    });
    await page.getByText('Commands for Rates').click();
    await page.getByRole('button', { name: `Copy: npx cascade replay ${order.root}`, exact: true }).waitFor();
    await page.getByText('Commands for Board figures').click();
    const attempt = (await page.locator('.tree .tree .aside').innerText()).replace(/\s+/g, ' ');
    expect(attempt).to.match(/^Attempt 1: ✕ ?failed at \d\d:\d\d:\d\d \S/);
    await page.getByRole('button', { name: `Copy: npx cascade cancel ${order._id}`, exact: true }).waitFor();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Timeline' }).click();
    await page.getByText('✕ Board figures, attempt 1 of 3').waitFor();
    await page.getByText(/^No bar yet for Board figures, attempt 2 of 3: it waits for its next attempt/).waitFor();
  });

  it('says of an app whose attempt failed that it is tried again, in the run, the graph, the table and the panel', async () => {
    const order = (await dashboard.cascade.documents('order:')).find(({ state }) => state === 'waiting');
    const page = await dashboard.open(await dashboard.person('reader'), {
      route: `#/runs/${encodeURIComponent(order.root)}`,
    });
    await page.locator('.tree .mark.retrying', { hasText: 'trying again' }).waitFor();
    const when = `attempt 2 of 3 at ${new Date(order.dueAt).toISOString().slice(11, 16)}`;
    // After 22:00 the next attempt is tomorrow, and the graph shows only the day.
    const clock = new Date(order.dueAt).getUTCDate() === new Date().getUTCDate() ? when : 'attempt 2 of 3 at ';
    await page.goto(`${dashboard.url}#/now/default%2F${BOARD}`);
    await page.locator('.app.retrying .state').waitFor();
    expect(await page.locator('.app.retrying .state').textContent()).to.contain(`↻ ${clock}`);
    const name = await page.locator('.app.retrying').getAttribute('aria-label');
    expect(name).to.contain(`Board figures, ${clock}`).and.to.contain(', after a failure, waits for 0');
    const words = /trying again.*, attempt 2 of 3 at .*\d\d:\d\d:\d\d, after a failure/;
    await page.getByRole('complementary', { name: 'Board figures' }).getByText(words).waitFor();
    await expectAccessible(page);
    await page.goto(`${dashboard.url}#/now?as=table`);
    expect(await page.getByRole('row', { name: /Board figures/ }).innerText()).to.match(words);
    await expectAccessible(page);
  });
});

import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { randomChains } from '../../bench/layout/random-chains.ts';
import { chainsOfGraph } from '../../bench/page/chains-of-graph.ts';
import { seededRandom } from '../../bench/seeded-random.ts';
import { configuredDefinitions } from '../../src/deploy/configured-definitions.ts';
import { expectAccessible, withDashboard } from './support/with-dashboard.ts';

const EXTRACT = 'aaaaaaaa-0000-4000-8000-000000000001';
const REPORT = 'aaaaaaaa-0000-4000-8000-000000000002';
const STOCK = 'aaaaaaaa-0000-4000-8000-000000000003';
const BOARD = 'aaaaaaaa-0000-4000-8000-000000000004';
const RATES = 'aaaaaaaa-0000-4000-8000-000000000005';

const SALES = `chain: sales
apps:
  extract: { id: ${EXTRACT}, name: Sales extract }
  report: { id: ${REPORT}, name: Sales report }
  stock:
    id: ${STOCK}
    name: "<img src=x onerror=alert(1)>"
    expected: { by: "07:00", zone: Europe/Stockholm }
reloads:
  - app: report
    after: extract
  - app: stock
    after: { app: report, on: failed }
`;

const BOARDS = `chain: board
apps:
  figures: { id: ${BOARD}, name: Board figures }
  rates: { id: ${RATES}, name: Rates }
reloads:
  - app: figures
    after: { all: [sales/extract, rates], within: 6h }
`;

const named = (page: Page, name: RegExp) => page.getByRole('button', { name });

describe('the page: now', () => {
  const dashboard = withDashboard({
    chains: { 'sales.yaml': SALES, 'board.yaml': BOARDS },
    apps: [{ id: EXTRACT }, { id: REPORT, outcomes: ['failed'] }, { id: STOCK }, { id: BOARD }, { id: RATES }],
  });
  before(async () => {
    await dashboard.cascade.reloadByHand(EXTRACT);
    await dashboard.cascade.until('three ends that are recorded', async () => {
      const events = await dashboard.cascade.documents('event:');
      return events.length === 3 && events.every(({ recordedAt }) => recordedAt !== undefined);
    });
  });
  const open = async (route = '#/now', options: object = {}): Promise<Page> => {
    const page = await dashboard.open(await dashboard.person('reader'), { route, ...options });
    await page.locator('.filter').waitFor();
    return page;
  };

  it('shows each app as a button, with its name, how it stands since when, and how many apps it waits for', async () => {
    const page = await open();
    await named(page, /^Sales extract, succeeded \d\d:\d\d, waits for 0$/).waitFor();
    await named(page, /^Sales report, failed \d\d:\d\d, waits for 0$/).waitFor();
    await named(page, /^Board figures, waiting \d\d:\d\d, waits for 1$/).waitFor();
    await named(page, /^Rates, never ran, waits for 0$/).waitFor();
    expect(await page.locator('.app.failed .state').textContent()).to.match(/^✕ failed \d\d:\d\d$/);
    expect(await page.locator('.edge').count()).to.equal(4);
    expect(await page.locator('.edge.failed').count()).to.equal(1);
    expect(await page.locator('.chain text').allTextContents()).to.have.members(['board', 'sales']);
    expect(await page.locator('.count').allTextContents()).to.deep.equal(['all 2']);
    await expectAccessible(page);
  });

  it('shows an app’s name as text, whatever it is', async () => {
    const page = await open();
    await page.locator('.app .label').filter({ hasText: '<img src=x onerror=alert(1)>' }).waitFor();
    expect(await page.locator('main img').count()).to.equal(0);
  });

  it('is live', async () => {
    const page = await open();
    await named(page, /^Rates, never ran/).waitFor();
    await dashboard.cascade.reloadByHand(RATES);
    await named(page, /^Rates, succeeded/).waitFor();
    await named(page, /^Board figures, succeeded \d\d:\d\d, waits for 0$/).waitFor();
    await page.goto(`${dashboard.url}#/runs`);
    await page.getByText('2 followed: 1 succeeded, 1 failed; helped to call for 1 order of other runs').waitFor();
    // The tree says what has become of the end that waited, and names the app.
    await page.getByRole('link', { name: /^Sales extract/ }).click();
    const became = page.getByText('Board figures: waited for Rates in chain board, and was then called for:');
    expect(await became.innerText()).to.match(/called for: the reload of Board figures$/);
    await became.getByRole('link').click();
    await page.getByRole('heading', { name: 'Rates', level: 2 }).waitFor();
    await page.getByRole('link', { name: 'Back to the runs' }).click();
  });

  it('says by when an app is expected, as the sweep has worked it out', async () => {
    await dashboard.cascade.sweep();
    const page = await open(`#/now/default%2F${STOCK}`);
    const words = /is expected by .*\d\d:\d\d:\d\d \(07:00 in Europe\/Stockholm\)\. A success after .* counts/;
    await page.locator('.panel p', { hasText: words }).waitFor();
  });

  it('opens an app by keyboard: why it ran, what follows, what would follow a failure, its ticket and commands', async () => {
    const page = await open();
    await named(page, /^Sales extract/).focus();
    await page.keyboard.press('ArrowRight');
    await page
      .locator('.app:focus')
      .and(named(page, /^(Sales report|Board figures)/))
      .waitFor();
    await named(page, /^Sales extract/).focus();
    await page.keyboard.press('Enter');
    const panel = page.getByRole('complementary', { name: 'Sales extract' });
    await panel.getByText('Sales extract last ended at').waitFor();
    expect(page.url()).to.include(`#/now/default%2F${EXTRACT}`);
    const text = await panel.innerText();
    expect(text).to.include('Board figures, when all 2 have ended');
    expect(text).to.include('Board figures would wait for a reload of it that succeeds.');
    expect(text).to.include('Not reloaded: Board figures, Sales report.');
    expect(text).to.include('npx cascade why sales/extract');
    await expectAccessible(page);
    await page.goBack();
    await panel.waitFor({ state: 'detached' });
  });

  it('shows a failed app’s error, its last reloads with their runs, and a link to its ticket', async () => {
    const page = await open(`#/now/default%2F${REPORT}`);
    const panel = page.getByRole('complementary', { name: 'Sales report' });
    await panel.getByRole('link', { name: 'Its ticket' }).waitFor();
    expect(await panel.getByRole('link', { name: 'Its ticket' }).getAttribute('href')).to.match(
      /^#\/tickets\/ticket%3Areload%3Adefault%3A/,
    );
    expect(await panel.locator('li a').first().getAttribute('href')).to.match(/^#\/runs\/order%3A|^#\/runs\/event%3A/);
    expect(await panel.innerText()).to.include('because Sales extract succeeded');
    expect(await panel.innerText()).to.include('Its ticket: open, nobody looks after it.');
  });

  it('shows which apps have ended of those that an app waits for', async () => {
    const page = await open(`#/now/default%2F${BOARD}`);
    const panel = page.getByRole('complementary', { name: 'Board figures' });
    await panel.getByText('Chain board: all 2').waitFor();
    expect(await panel.locator('.mark').allInnerTexts()).to.satisfy((texts: readonly string[]) =>
      texts.some((text) => /ready|missing/.test(text)),
    );
  });

  it('filters by the selection syntax, keeps the filter in the URL, and says what it does not understand', async () => {
    const page = await open();
    const box = page.getByRole('searchbox', { name: 'Filter' });
    await box.fill('report+');
    await page.getByText('2 of 5 apps.').waitFor();
    expect(page.url()).to.include('filter=report%2B');
    expect(await page.locator('.app').count()).to.equal(2);
    await page.reload();
    await page.getByText('2 of 5 apps.').waitFor();
    await box.fill('+zebra');
    await page.getByText('No app of the deployed chains is called “zebra”.').waitFor();
    await page.getByText('No app is left.').waitFor();
    await box.fill('');
    await page.getByText('5 apps.').waitFor();
  });

  it('shows a table that says the same, with the key t', async () => {
    const page = await open();
    await named(page, /^Sales report/).focus();
    await page.keyboard.press('t');
    const row = page.locator('.apps tbody tr').filter({ has: page.locator('th', { hasText: 'Sales report' }) });
    await row.waitFor();
    expect(await row.locator('td').nth(1).innerText()).to.match(/^✕\s*failed$/);
    expect(await row.locator('td').last().innerText()).to.equal('Sales extract');
    expect(page.url()).to.include('as=table');
    await expectAccessible(page);
    await page.keyboard.press('t');
    await named(page, /^Sales report/).waitFor();
  });

  it('has no key t if the person has switched single letters off, also the next time', async () => {
    const page = await open();
    await page.locator('summary').first().click();
    await page.getByLabel('Single letters are keys, such as t').uncheck();
    await page
      .locator('.filter a')
      .filter({ hasText: /^Show a table$/ })
      .waitFor();
    await named(page, /^Sales report/).focus();
    await page.keyboard.press('t');
    await page.reload();
    await named(page, /^Sales report/).focus();
    await page.keyboard.press('t');
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    expect(page.url()).not.to.include('as=table');
    await page.locator('summary').first().click();
    await page.getByLabel('Single letters are keys, such as t').check();
    await named(page, /^Sales report/).focus();
    await page.keyboard.press('t');
    await page.waitForURL(/as=table/);
  });

  it('lets the wheel move the page where the graph does not go on', async () => {
    const page = await open('#/now', { viewport: { width: 1_280, height: 300 } });
    await page.locator('.graph svg').first().hover();
    const moved = page.locator('.graph svg > g').first();
    const before = await moved.getAttribute('transform');
    const scrolled = await page.evaluate(() => scrollY);
    await page.mouse.wheel(0, 100);
    await page.waitForFunction((from) => scrollY !== from, scrolled);
    expect(await moved.getAttribute('transform')).to.equal(before);
  });

  it('moves and zooms by keyboard and by pointer, and keeps that in the URL', async () => {
    const page = await open();
    const moved = page.locator('.graph svg > g').first();
    await named(page, /^Sales extract/).focus();
    await page.keyboard.press('Shift+ArrowRight');
    expect(await moved.getAttribute('transform')).to.equal('scale(1) translate(-68 12)');
    await page.keyboard.press('0');
    expect(await moved.getAttribute('transform')).to.equal('scale(1) translate(12 12)');
    await page.keyboard.press('+');
    expect(await moved.getAttribute('transform')).to.match(/^scale\(1.25\)/);
    await page.keyboard.press('0');
    const { x = 0, y = 0, width = 0 } = (await page.locator('.graph svg').first().boundingBox()) ?? {};
    await page.mouse.move(x + width - 20, y + 100);
    await page.mouse.down();
    await page.mouse.move(x + width - 120, y + 50, { steps: 5 });
    await page.mouse.up();
    await page.locator('.graph svg > g[transform^="scale(1) translate(-"]').first().waitFor({ state: 'attached' });
    expect(await moved.getAttribute('transform')).to.match(/^scale\(1\) translate\(-(8|7)\d /);
    await page.waitForURL(/at=/);
    await page.reload();
    await named(page, /^Sales extract/).waitFor();
    expect(await moved.getAttribute('transform')).to.match(/^scale\(1\) translate\(-(8|7)\d /);
  });

  it('can be used on a phone: nothing is wider than the screen', async () => {
    const page = await open('#/now', { viewport: { width: 360, height: 700 } });
    await named(page, /^Sales extract/).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.equal(360);
    await expectAccessible(page);
  });

  // This must be the last test, as it deploys other chains.
  it('draws of 1,000 apps only what is seen, and more as the graph moves', async () => {
    const definitions = configuredDefinitions({ COUCHDB_URL: dashboard.cascade.COUCHDB_URL });
    const compiled = chainsOfGraph(randomChains(1_000, seededRandom(1)));
    await definitions?.noteDeployed(await definitions.store(compiled));
    const page = await open();
    await page.getByText('1000 apps.').waitFor();
    const drawn = await page.locator('.app').count();
    expect(drawn).to.be.within(10, 150);
    const labels = () =>
      page.locator('.app').evaluateAll((apps) => apps.map((each) => each.getAttribute('aria-label')));
    const before = await labels();
    await page.locator('.app').first().focus();
    for (let step = 0; step < 8; step += 1) await page.keyboard.press('ArrowRight');
    expect(await page.locator('.app').count()).to.be.within(10, 150);
    expect((await labels()).filter((label) => !before.includes(label))).not.to.deep.equal([]);
    // The app with the focus stays, although it is not seen.
    const focused = await page.locator('.app[tabindex="0"]').getAttribute('aria-label');
    for (let step = 0; step < 30; step += 1) await page.keyboard.press('Shift+ArrowUp');
    expect(await labels()).to.include(focused);
  });
});

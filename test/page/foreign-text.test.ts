import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { signInLink } from './support/start-dashboard.ts';
import { withDashboard } from './support/with-dashboard.ts';

const EXTRACT = 'aaaaaaaa-0000-4000-8000-000000000001';
const REPORT = 'aaaaaaaa-0000-4000-8000-000000000002';
const STOCK = 'aaaaaaaa-0000-4000-8000-000000000003';

/** Text that would change the page if the page took it for HTML. */
const hostile = (place: string): string => `<img src=x onerror="globalThis.broken='${place}'">`;
const [NAME, ERROR, NOTE, TAG] = [hostile('name'), hostile('error'), hostile('note'), hostile('tag')];

/** The extract fails, and its second attempt is two hours later. The report waits for it and for another app. */
const CHAIN = `chain: sales
apps:
  extract: { id: ${EXTRACT}, name: ${JSON.stringify(NAME)} }
  report: { id: ${REPORT}, name: Sales report }
  stock: { id: ${STOCK}, name: Stock }
reloads:
  - app: report
    after: { all: [stock, extract], within: 6h }
  - app: extract
    after: stock
    retry: { attempts: 2, delay: 2h }
`;

describe('the page: text of others, and times', () => {
  const dashboard = withDashboard({
    chains: { 'sales.yaml': CHAIN },
    apps: [{ id: STOCK }, { id: REPORT }, { id: EXTRACT, outcomes: ['failed'], errorMessage: ERROR }],
  });
  const ids = async (type: string): Promise<readonly string[]> =>
    (await dashboard.cascade.documents(`${type}:`)).map(({ _id }) => encodeURIComponent(_id));
  let routes: readonly string[] = [];
  before(async () => {
    // By hand first: only an order has further attempts, so this failure gets a ticket.
    await dashboard.cascade.reloadByHand(EXTRACT);
    await dashboard.cascade.until('the ticket', async () => (await ids('ticket')).length === 1);
    await dashboard.cascade.reloadByHand(STOCK);
    await dashboard.cascade.until('the order that waits', async () =>
      (await dashboard.cascade.documents('order:')).some(({ state }) => state === 'waiting'),
    );
    const [ticket] = await ids('ticket');
    const events = await ids('event');
    routes = [
      ...['#/now', '#/now?as=table', ...[EXTRACT, REPORT].map((id) => `#/now/default%2F${id}`)],
      ...['#/runs', '#/runs?as=grid', '#/inbox', '#/numbers'],
      ...['#/tickets?notes=shown', `#/tickets/${ticket}`],
      ...events.flatMap((id) => [
        `#/inbox/${id}`,
        ...['tree', 'timeline', 'history'].map((form) => `#/runs/${id}?as=${form}`),
      ]),
    ];
  });

  const textOf = (page: Page) => page.locator('main').innerText();

  /** Goes through all views. */
  async function look(page: Page, seen: (text: string, route: string) => void | Promise<void>): Promise<void> {
    for (const route of routes) {
      await page.goto(`${dashboard.url}${route}`);
      await page.waitForFunction((hash) => location.hash === hash, route);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      await seen(await textOf(page), route);
    }
  }

  it('shows names, errors, notes and tags as text in every view, also if no policy helped', async () => {
    const page = await dashboard.open(await dashboard.person('desk'), {
      bypassCSP: true,
      route: routes.find((route) => route.startsWith('#/tickets/')) ?? '',
    });
    await page.getByLabel('Note', { exact: true }).fill(NOTE);
    await page.getByRole('button', { name: 'Add the note' }).click();
    await page.getByLabel('Tag', { exact: true }).fill(TAG);
    await page.getByRole('button', { name: 'Add the tag' }).click();
    await page.locator('.history li').nth(1).waitFor();
    const found = new Set<string>();
    await look(page, async (text, route) => {
      for (const each of [NAME, ERROR, NOTE, TAG]) if (text.includes(each)) found.add(each);
      expect(await page.locator('img').count(), route).to.equal(0);
    });
    expect([...found].sort()).to.deep.equal([ERROR, NAME, NOTE, TAG]);
    expect(await page.evaluate('globalThis.broken')).to.equal(undefined);
  });

  it('shows every time in the device’s time zone, and UTC beside it', async () => {
    const timezoneId = 'Asia/Tokyo';
    const page = await dashboard.open(await dashboard.person('reader'), { timezoneId });
    let times = 0;
    await look(page, async (text, route) => {
      expect(text, route).not.to.match(/\d\d:\d\d:\d\dZ/);
      for (const time of await page.locator('time').all()) {
        times += 1;
        const at = new Date((await time.getAttribute('datetime')) ?? '');
        const clock = at.toLocaleTimeString('en-GB', { timeZone: timezoneId });
        expect(await time.innerText(), route).to.match(new RegExp(`(^|, )${clock}$`));
        expect(await time.getAttribute('title')).to.equal(`${at.toISOString().slice(0, 19).replace('T', ' ')}Z`);
      }
    });
    expect(times).to.be.greaterThan(20);
  });

  it('runs nothing but its own script, and reaches nothing but its host and the store', async () => {
    const elsewhere = createServer((_, response) =>
      response.writeHead(200, { 'access-control-allow-origin': '*' }).end(),
    );
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    try {
      const expected = /Content Security Policy/;
      const page = await dashboard.open(await dashboard.person('reader'), { expected });
      const address = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
      const said = await page.evaluate(async (url) => {
        const script = document.createElement('script');
        script.textContent = 'globalThis.broken = true';
        document.body.append(script);
        document.body.insertAdjacentHTML('beforeend', '<p style="position: fixed" onclick="broken = true">x</p>');
        const paragraph = document.body.lastElementChild as HTMLElement;
        paragraph.click();
        const reached = await fetch(url).then(
          () => 'reached',
          () => 'refused',
        );
        return [reached, 'broken' in globalThis, getComputedStyle(paragraph).position];
      }, address);
      expect(said).to.deep.equal(['refused', false, 'static']);
    } finally {
      elsewhere.close();
    }
  });

  it('says what to set if the deployment does not say where the ledger is', async () => {
    const page = await (await dashboard.browse()).newPage();
    await page.route(dashboard.url, async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace(/"storeUrl":"[^"]*",/, '');
      await route.fulfill({ response, body });
    });
    // A sign-in link sends no password to the host in place of the store.
    const sent: string[] = [];
    page.on('request', (request) => sent.push(...('authorization' in request.headers() ? [request.url()] : [])));
    await page.goto(signInLink(dashboard.url, { user: 'ann', password: 'secret' }));
    await page
      .getByText('This dashboard does not know where the ledger is. Set DASHBOARD_COUCHDB_URL in .env')
      .waitFor();
    expect([await page.getByLabel('Password').count(), sent]).to.deep.equal([0, []]);
  });
});

import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { tabTo } from './support/keyboard.ts';
import { weekOfData } from './support/week-of-data.ts';
import { withDashboard } from './support/with-dashboard.ts';

/** The questions of the week. */
const SECTION_ACCESS = 'QlikView section access: the reduction hides all rows from users of a second domain';
const SET_ANALYSIS = 'Set analysis: sum of the last 12 months without the current one';
const NEWEST_ROW = 'How do I keep only the newest row of each customer in the load script?';
const STOCK_IMPORT = '570c6000-0000-4000-8000-000000000011';

describe('the page: tickets, by keyboard alone', () => {
  const dashboard = withDashboard(weekOfData());

  const openTickets = async (user?: string): Promise<Page> =>
    dashboard.open(await dashboard.person('desk', user), { route: '#/tickets' });
  /** The apps of the listed tickets, from above. */
  const listed = (page: Page): Promise<readonly string[]> => page.locator('table.rows th[scope="row"]').allInnerTexts();
  const count = (page: Page, text: string): Promise<void> =>
    page.getByRole('status').filter({ hasText: text }).waitFor();
  const row = (page: Page, app: string) => page.locator('table.rows th[scope="row"]').filter({ hasText: app });
  const search = (page: Page): string => new URL(page.url()).hash.split('?')[1] ?? '';

  it('are filtered by owner and tag, each in the URL', async () => {
    const page = await openTickets('ann');
    expect(await listed(page)).to.deep.equal([
      'Route plan',
      'Stock import',
      'Exchange rates',
      SECTION_ACCESS,
      SET_ANALYSIS,
    ]);
    await tabTo(page, 'Mine');
    await page.keyboard.press('Enter');
    await count(page, '1 of 10 tickets');
    expect(await listed(page)).to.deep.equal(['Exchange rates']);
    expect(search(page)).to.equal('whose=mine');
    await tabTo(page, 'Unassigned');
    await page.keyboard.press('Enter');
    await page.waitForURL(/whose=nobody/);
    // The page draws the list a moment after the address has changed.
    await row(page, 'Stock import').waitFor();
    expect(await listed(page)).to.deep.equal(['Stock import', SECTION_ACCESS]);
    await page.goto(`${dashboard.url}#/tickets`);
    await count(page, '5 of 10 tickets');
    await page.reload();
    await count(page, '5 of 10 tickets');
    await tabTo(page, 'Owner');
    await page.keyboard.type('ben');
    await page.waitForURL(/owner=ben/);
    await count(page, '1 of 10 tickets');
    expect(await listed(page)).to.deep.equal(['Route plan']);
    await page.goto(`${dashboard.url}#/tickets?tag=bank`);
    await count(page, '1 of 10 tickets');
    expect(await listed(page)).to.deep.equal(['Exchange rates']);
  });

  it('are listed with rejected, answered and recovered ones if asked, and with their notes', async () => {
    const page = await openTickets();
    const include = async (what: string): Promise<void> => {
      await tabTo(page, what);
      await page.keyboard.press('Space');
    };
    await include('rejected');
    await count(page, '6 of 10 tickets');
    expect(search(page)).to.equal('with=rejected');
    await include('answered');
    await count(page, '8 of 10 tickets');
    await include('recovered');
    await count(page, '10 of 10 tickets');
    expect(search(page)).to.equal('with=rejected%2Canswered%2Crecovered');
    expect(await listed(page)).to.deep.equal([
      ...['Route plan', 'Stock import', 'Exchange rates', SECTION_ACCESS, SET_ANALYSIS, 'Web clicks', 'Web sessions'],
      ...['Staff records', NEWEST_ROW, 'Sales extract'],
    ]);
    const note = page.getByText('The login was locked. IT has opened it again.');
    expect(await note.count()).to.equal(0);
    await include('Show notes');
    await note.waitFor();
    expect(search(page)).to.equal('with=rejected%2Canswered%2Crecovered&notes=shown');
    await page.keyboard.press('Space');
    await note.waitFor({ state: 'detached' });
  });

  it('are found by a text in the app’s name, in the error, in a tag, or in a note', async () => {
    const page = await openTickets();
    for (const [text, app] of [
      ['exchange', 'Exchange rates'],
      ['routing service', 'Route plan'],
      ['supplier', 'Route plan'],
      ['renamed a column', 'Exchange rates'],
      ['qlikview', SECTION_ACCESS],
      ['documentation', SET_ANALYSIS],
    ] as const) {
      await page.goto(`${dashboard.url}#/tickets`);
      await count(page, '5 of 10 tickets');
      await page.reload();
      await count(page, '5 of 10 tickets');
      await tabTo(page, 'With the text');
      await page.keyboard.type(text);
      await count(page, '1 of 10 tickets');
      expect(await listed(page), text).to.deep.equal([app]);
      expect(search(page)).to.equal(`text=${text.replace(' ', '+').replace(' ', '+')}`);
    }
  });

  it('are assigned, tagged and untagged, rejected, reopened and dismissed', async () => {
    const page = await openTickets('dora');
    await tabTo(page, 'Stock import');
    await page.keyboard.press('Enter');
    const fill = async (field: string, text: string): Promise<void> => {
      await tabTo(page, field);
      await page.keyboard.type(text);
      await page.keyboard.press('Enter');
    };
    await fill('Give it to', 'ben');
    await page.getByText('Owner: ben.').waitFor();
    await fill('Tag', 'warehouse');
    await page.getByText('Tags: #warehouse.').waitFor();
    await tabTo(page, 'Remove the tag warehouse');
    await page.keyboard.press('Enter');
    await page.getByText('Tags: #warehouse.').waitFor({ state: 'detached' });
    await fill('Reason', 'The file comes at eight today.');
    await page.getByText('rejected because: The file comes at eight today.').waitFor();
    await tabTo(page, 'Reopen');
    await page.keyboard.press('Enter');
    await page.getByText('rejected because').waitFor({ state: 'detached' });
    await tabTo(page, 'Dismiss');
    await page.keyboard.press('Enter');
    await page.locator('main .mark').filter({ hasText: 'dismissed' }).waitFor();
    await page.getByText('not sent yet').first().waitFor({ state: 'detached' });
    const acts = (await dashboard.cascade.documents('act:')).filter(({ by }) => by === 'dora');
    expect(acts.map(({ kind, value }) => [kind, value])).to.deep.equal([
      ['own', 'ben'],
      ['tag', 'warehouse'],
      ['untag', 'warehouse'],
      ['reject', 'The file comes at eight today.'],
      ['reopen', undefined],
      ['dismiss', undefined],
    ]);
    await tabTo(page, 'Back to the tickets');
    await page.keyboard.press('Enter');
    await count(page, '4 of 10 tickets');
  });

  it('lead to the run in which the app failed first, and to the app as it stands now', async () => {
    const page = await openTickets();
    await tabTo(page, 'Exchange rates');
    await page.keyboard.press('Enter');
    await tabTo(page, 'The run in which it failed first');
    await page.keyboard.press('Enter');
    await page.getByText('Exchange rates failed; ').waitFor();
    await page.getByText('Tue 1 Dec, 02:10:56').first().waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Exchange rates' }).waitFor();
    // On a phone the panel is far below the top of the page.
    await page.setViewportSize({ width: 360, height: 740 });
    await tabTo(page, 'How the app stands now');
    await page.keyboard.press('Enter');
    const heading = page.getByRole('complementary').getByRole('heading', { name: 'Exchange rates' });
    await heading.and(page.locator(':focus')).waitFor();
    const top = await heading.evaluate((found) => found.getBoundingClientRect().top);
    expect(top).to.be.within(0, 740);
    expect(page.url()).to.include('#/now/default%2Ff1a2ce00-0000-4000-8000-000000000012');
  });

  it('have an address each: the list’s row and the app’s panel lead to the same ticket', async () => {
    const page = await openTickets();
    const link = page.getByRole('link', { name: 'Stock import' });
    // Another test has dismissed it.
    await page.goto(`${dashboard.url}#/tickets?with=dismissed`);
    const href = await link.getAttribute('href');
    await page.goto(`${dashboard.url}#/now/default%2F${STOCK_IMPORT}`);
    expect(await page.getByRole('link', { name: 'Its ticket' }).getAttribute('href')).to.equal(href);
  });
});

import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { untilStored } from '../../bench/page/until-stored.ts';
import { ONE_QUESTION } from '../support/one-of-each.ts';
import { writeDocuments } from '../support/week/write-documents.ts';
import { CHAIN, EXTRACT, REPORT } from './support/sales-chain.ts';
import { expectAccessible, withDashboard } from './support/with-dashboard.ts';

describe('the page: tickets', () => {
  const dashboard = withDashboard({
    chains: { 'sales.yaml': CHAIN },
    apps: [{ id: EXTRACT, outcomes: ['failed'] }, { id: REPORT }],
  });
  let route = '';
  before(async () => {
    await dashboard.cascade.reloadByHand(EXTRACT);
    await dashboard.cascade.until('the ticket', async () => (await tickets()).length === 1);
    route = `#/tickets/${encodeURIComponent((await tickets())[0]?._id ?? '')}`;
  });
  const tickets = () => dashboard.cascade.documents('ticket:');
  const acts = () => dashboard.cascade.documents('act:');
  const fill = async (page: Page, label: string, text: string, button: string): Promise<void> => {
    await page.getByLabel(label, { exact: true }).fill(text);
    await page.getByRole('button', { name: button, exact: true }).click();
  };
  const history = (page: Page) => page.locator('.history li');

  it('are listed with the error, and shown with what waits behind them', async () => {
    const page = await dashboard.open(await dashboard.person('desk'), { route: '#/tickets' });
    await page.getByText('1 of 1 tickets').waitFor();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Sales extract' }).click();
    await page.getByText('Waits behind it: Sales report.').waitFor();
    await page.getByRole('link', { name: 'The end that began it' }).waitFor();
    await expectAccessible(page);
  });

  it('are taken, tagged, noted, answered and reopened; every filter is in the URL', async () => {
    const person = await dashboard.person('desk');
    const page = await dashboard.open(person, { route });
    await page.getByRole('button', { name: 'Take it' }).click();
    await fill(page, 'Tag', '<b>urgent</b>', 'Add the tag');
    // The browser suggests the tags that are known.
    const list = (await page.getByLabel('Tag', { exact: true }).getAttribute('list')) ?? '';
    await page.locator(`datalist#${list} option[value="<b>urgent</b>"]`).waitFor({ state: 'attached' });
    await fill(page, 'Note', '<img src=x onerror=alert(1)>', 'Add the note');
    await history(page).nth(2).waitFor();
    await page.getByText('not sent yet').first().waitFor({ state: 'detached' });
    expect(await page.getByLabel('Note', { exact: true }).inputValue()).to.equal('');
    expect((await acts()).map(({ by, kind, value }) => [by, kind, value])).to.deep.equal([
      [person.user, 'own', person.user],
      [person.user, 'tag', '<b>urgent</b>'],
      [person.user, 'note', '<img src=x onerror=alert(1)>'],
    ]);
    await page.getByRole('link', { name: 'Back to the tickets' }).click();
    await page.getByRole('link', { name: 'Mine' }).click();
    await page.getByText('1 of 1 tickets').waitFor();
    await page.getByLabel('Show notes').check();
    await page.getByText('<img src=x onerror=alert(1)>').waitFor();
    await page.getByLabel('Tag or chain').selectOption('<b>urgent</b>');
    expect(page.url()).to.match(/#\/tickets\?whose=mine&tag=%3Cb%3Eurgent%3C%2Fb%3E&notes=shown$/);
    const filtered = page.url();
    await page.locator('.rows tbody th a').click();
    await page.getByRole('link', { name: 'Back to the tickets' }).click();
    await page.getByText('1 of 1 tickets').waitFor();
    expect(page.url()).to.equal(filtered);
    await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Tickets' }).click();
    await page.getByLabel('Show notes').and(page.locator(':not(:checked)')).waitFor();
    expect(page.url()).to.match(/#\/tickets$/);
    await page.goto(filtered);
    await page.getByRole('link', { name: 'Unassigned' }).click();
    await page.getByText('None of 1 tickets is like that.').waitFor();
    await page.goto(`${dashboard.url}${route}`);
    await fill(page, 'Minutes spent', '12', 'Answer');
    await page.getByText('answered in 12 min').waitFor();
    await page.goto(`${dashboard.url}#/tickets`);
    await page.getByText('None of 1 tickets is like that.').waitFor();
    await page.getByLabel('answered').check();
    await page.getByText('1 of 1 tickets').waitFor();
    await page.getByRole('link', { name: 'Sales extract' }).click();
    await page.getByRole('button', { name: 'Reopen' }).click();
    await page.getByRole('button', { name: 'Reopen' }).waitFor({ state: 'detached' });
  });

  it('keep what two people did without network: it waits on the device, goes out later, and both survive', async () => {
    const [ann, bob] = await Promise.all([dashboard.person('desk'), dashboard.person('desk')]);
    const expected = /ERR_INTERNET_DISCONNECTED/;
    const pages = [await dashboard.open(ann, { route, expected }), await dashboard.open(bob, { route, expected })];
    for (const [index, page] of pages.entries()) {
      await page.context().setOffline(true);
      await fill(page, 'Note', `Seen by ${index}`, 'Add the note');
      await page.locator('.history li', { hasText: `Seen by ${index} (not sent yet)` }).waitFor();
    }
    for (const page of pages) await page.context().setOffline(false);
    for (const page of pages) {
      for (const text of ['Seen by 0', 'Seen by 1']) await page.locator('.history li', { hasText: text }).waitFor();
      await page.getByText('not sent yet').first().waitFor({ state: 'detached', timeout: 40_000 });
    }
  });

  it('let a reader read, with the acts out of reach and why, also without network', async () => {
    const reader = await dashboard.person('reader');
    const page = await dashboard.open(reader, { route, expected: /ERR_INTERNET_DISCONNECTED/ });
    const why = page.getByText(`npx cascade user add ${reader.user} --desk`);
    const expectOutOfReach = async (): Promise<void> => {
      await why.waitFor();
      expect(await page.getByRole('button', { name: 'Take it' }).isDisabled()).to.equal(true);
      expect(await page.getByLabel('Note', { exact: true }).isDisabled()).to.equal(true);
    };
    await expectOutOfReach();
    await expectAccessible(page);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await untilStored(page);
    await page.context().setOffline(true);
    await page.reload();
    await page
      .getByRole('status')
      .filter({ hasText: /offline$/ })
      .waitFor();
    await expectOutOfReach();
  });

  it('do not count an act that CouchDB refuses, and keep it until the person drops it', async () => {
    const person = await dashboard.person('desk');
    const page = await dashboard.open(person, { route, expected: /ERR_INTERNET_DISCONNECTED|status of 403/ });
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'Take it' }).click();
    await page.getByText(`Owner: ${person.user}.`).waitFor();
    const before = await history(page).count();
    // Meanwhile the account loses the right to act.
    const account = `../_users/org.couchdb.user:${person.user}`;
    const known = await dashboard.cascade.storeCall('GET', account);
    await dashboard.cascade.storeCall('PUT', account, { ...known, roles: ['cascade-reader'] });
    await page.context().setOffline(false);
    const refused = page.getByRole('alert').getByText(`This has not happened: ${person.user} took it.`);
    await refused.waitFor();
    await page.getByText('CouchDB does not take it: Only the desk may add acts').waitFor();
    expect(await history(page).count()).to.equal(before - 1);
    expect(await page.getByText(`Owner: ${person.user}.`).count()).to.equal(0);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Discard it' }).click();
    await refused.waitFor({ state: 'detached' });
    expect(await history(page).count()).to.equal(before - 1);
  });

  it('refuse a note that is too long, and fit on a phone', async () => {
    const viewport = { width: 360, height: 700 };
    const page = await dashboard.open(await dashboard.person('desk'), { route, viewport });
    await fill(page, 'Note', 'x'.repeat(4_096), 'Add the note');
    await page.getByText(/This is too long: 4\d\d\d bytes, and at most 4096 are kept. Nothing was added./).waitFor();
    expect(await page.getByLabel('Note', { exact: true }).inputValue()).to.equal('x'.repeat(4_096));
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.equal(360);
    await expectAccessible(page);
  });

  it('are questions, too: with the link, the author, the answers and tags, beside the reloads or alone', async () => {
    const { leases: _, dueAt: __, ...question } = ONE_QUESTION;
    const changes = { title: 'Why is "Sum" 0? 🎉', author: '<b>Zoë</b>', isAccepted: true, answers: 2, notices: [] };
    await writeDocuments(dashboard.cascade.COUCHDB_URL, [{ ...question, ...changes }]);
    const page = await dashboard.open(await dashboard.person('desk'), { route: '#/tickets' });
    const row = page.getByRole('row', { name: /Why is "Sum" 0/ });
    await row.getByText('<b>Zoë</b> (101), an answer is accepted').waitFor();
    const link = row.getByRole('link', { name: 'open on stackoverflow' });
    expect(await link.getAttribute('href')).to.equal('https://stackoverflow.com/questions/7');
    await page.getByRole('link', { name: 'Questions', exact: true }).click();
    await page.getByText(/^1 of \d tickets$/).waitFor();
    expect(page.url()).to.match(/source=questions$/);
    await expectAccessible(page);
    await row.getByRole('link', { name: 'Why is "Sum" 0? 🎉' }).click();
    await page.getByText('2 answers, score -1. On the site: qlik-sense.').waitFor();
    await page.getByRole('button', { name: 'Take it' }).click();
    await fill(page, 'Note', 'Ask for the data model', 'Add the note');
    await history(page).nth(1).waitFor();
    await expectAccessible(page);
  });

  it('of questions show a hostile title as text, and no link where the site gave none', async () => {
    const { leases: _, dueAt: __, ...question } = ONE_QUESTION;
    const title = '<img src=x onerror="document.title=\'run\'">';
    const changes = { title, link: '', tags: ['<i>qlikview</i>'], notices: [] };
    await writeDocuments(dashboard.cascade.COUCHDB_URL, [
      { ...question, ...changes, questionId: 8, _id: 'ticket:question:stackoverflow:8' },
    ]);
    const page = await dashboard.open(await dashboard.person('desk'), {
      route: '#/tickets?source=questions&tag=%3Ci%3Eqlikview%3C%2Fi%3E',
    });
    const row = page.getByRole('row', { name: title });
    await row.getByText('<i>qlikview</i>').waitFor();
    await page.getByText(/^1 of \d tickets$/).waitFor();
    expect(await row.getByRole('link').allTextContents()).to.deep.equal([title]);
    expect(await row.locator('img, i').count()).to.equal(0);
    await row.getByRole('link', { name: title }).click();
    await page.getByRole('heading', { name: title }).waitFor();
    await page.getByText('On the site: <i>qlikview</i>.').waitFor();
    expect(await page.getByRole('link', { name: 'open on stackoverflow' }).count()).to.equal(0);
    expect(await page.title()).to.not.equal('run');
    await fill(page, 'Reason', 'Off topic', 'Reject');
    await page.getByText('because: Off topic').waitFor();
    await page.goto(`${dashboard.url}#/tickets?source=questions&text=img+src`);
    await page.getByText(/^None of \d tickets is like that.$/).waitFor();
    await page.getByLabel('rejected').check();
    await row.waitFor();
    await page.getByRole('link', { name: 'Reloads', exact: true }).click();
    await row.waitFor({ state: 'detached' });
  });
});

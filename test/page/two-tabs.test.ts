import { expect } from 'chai';
import type { BrowserContext, Page } from 'playwright-core';
import { untilStored } from '../../bench/page/until-stored.ts';
import { type Person, signInLink } from './support/start-dashboard.ts';
import { withDashboard } from './support/with-dashboard.ts';

const EXTRACT = 'aaaaaaaa-0000-4000-8000-000000000001';
const CHAIN = `chain: sales
apps:
  extract: { id: ${EXTRACT}, name: Sales extract }
  report: { id: aaaaaaaa-0000-4000-8000-000000000002, name: Sales report }
reloads:
  - app: report
    after: extract
`;

describe('the page, open in two tabs of one account', () => {
  const dashboard = withDashboard({ chains: { 'sales.yaml': CHAIN }, apps: [{ id: EXTRACT, outcomes: ['failed'] }] });
  let route = '';
  before(async () => {
    await dashboard.cascade.reloadByHand(EXTRACT);
    const tickets = () => dashboard.cascade.documents('ticket:');
    await dashboard.cascade.until('the ticket', async () => (await tickets()).length === 1);
    route = `#/tickets/${encodeURIComponent((await tickets())[0]?._id ?? '')}`;
  });

  /** Two tabs that show the ticket. */
  async function twoTabs(context: BrowserContext, person: Person): Promise<readonly [Page, Page]> {
    const pages = [await context.newPage(), await context.newPage()] as const;
    for (const page of pages) {
      await page.goto(signInLink(dashboard.url, person));
      await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
      await page.goto(`${dashboard.url}${route}`);
      await page.getByLabel('Note', { exact: true }).waitFor();
    }
    await untilStored(pages[0]);
    return pages;
  }
  const note = async (page: Page, text: string): Promise<void> => {
    await page.getByLabel('Note', { exact: true }).fill(text);
    await page.getByRole('button', { name: 'Add the note' }).click();
    await page.locator('.history li', { hasText: text }).waitFor();
  };
  const valuesOf = async ({ user }: Person): Promise<readonly unknown[]> =>
    (await dashboard.cascade.documents('act:')).filter(({ by }) => by === user).map(({ value }) => value);

  it('keeps each act of both without network, shows it in both, and sends it on return', async () => {
    const context = await dashboard.browse({ expected: /ERR_INTERNET_DISCONNECTED|status of 409/ });
    const person = await dashboard.person('desk');
    const [first, second] = await twoTabs(context, person);
    await context.setOffline(true);
    const made: string[] = [];
    for (const round of [1, 2, 3]) {
      for (const [name, page] of [
        ['first', first],
        ['second', second],
      ] as const) {
        made.push(`Note ${round} of the ${name} tab`);
        await note(page, made.at(-1) ?? '');
      }
    }
    await second.getByRole('button', { name: 'Take it' }).click();
    for (const page of [first, second]) {
      await page.getByText(`Owner: ${person.user}`).waitFor();
      for (const text of made) await page.locator('.history li', { hasText: text }).waitFor();
    }
    await context.setOffline(false);
    for (const page of [first, second]) await page.getByText('(not sent yet)').first().waitFor({ state: 'detached' });
    expect(await valuesOf(person)).to.deep.equal([...made, person.user]);
  });

  it('takes acts in both with network', async () => {
    const person = await dashboard.person('desk');
    const [first, second] = await twoTabs(await dashboard.browse({ expected: /status of 409/ }), person);
    await note(first, 'From the first tab');
    await second.locator('.history li', { hasText: 'From the first tab' }).waitFor();
    await note(second, 'From the second tab');
    await second.getByText('(not sent yet)').waitFor({ state: 'detached' });
    expect(await valuesOf(person)).to.deep.equal(['From the first tab', 'From the second tab']);
  });

  it('asks with a password that was changed in one tab only, and keeps what the person does in the other', async () => {
    const context = await dashboard.browse({ expected: /status of 401/ });
    const person = await dashboard.person('desk');
    const [first, second] = await twoTabs(context, person);
    const account = `../_users/org.couchdb.user:${person.user}`;
    const known = await dashboard.cascade.storeCall('GET', account);
    await dashboard.cascade.storeCall('PUT', account, { ...known, password: 'another-one' });
    const refused: string[] = [];
    context.on('response', (response) => refused.push(...(response.status() === 401 ? [response.url()] : [])));
    const told = 'CouchDB no longer takes this account with this password';
    await first.reload();
    await first.getByText(told).waitFor();
    await note(second, 'With the old password');
    await second.getByText('(not sent yet)').waitFor();
    // This ends the request that waits for a change.
    await dashboard.cascade.reloadByHand(EXTRACT);
    await second.getByText(told).waitFor();
    expect(refused.length).to.equal(1);
  });
});

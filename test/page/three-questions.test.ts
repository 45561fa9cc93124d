import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { weekOfData } from './support/week-of-data.ts';
import { expectAccessible, withDashboard } from './support/with-dashboard.ts';

/** A keyboard that counts. */
function countedKeys(page: Page) {
  let count = 0;
  return {
    get count() {
      return count;
    },
    async press(...keys: readonly string[]): Promise<void> {
      for (const key of keys) {
        count += 1;
        await page.keyboard.press(key);
      }
    },
  };
}

/** The text of the link or of the heading that has the focus. */
const focused = (page: Page): Promise<string> => page.locator('a:focus, h2:focus').innerText();

describe('the page: three questions of a newcomer, on a week of data', () => {
  const dashboard = withDashboard(weekOfData());

  it('are answered by one path of 10 keys', async () => {
    const page = await dashboard.open(await dashboard.person('reader'));
    const keys = countedKeys(page);

    // What failed last night?
    const table = page.getByRole('table', { name: '5 apps need somebody' });
    const rows = (await table.getByRole('row').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
    expect(rows).to.deep.equal([
      'State App Since Why Owner',
      '► running Route plan 07:36:54 It last failed at 03:17:47: Connector connect error: the routing service did not answer within 60 s. ben',
      '✕ failed Stock import 03:10:38 Cannot open file lib://Warehouse/stock_20261202.qvd: the file does not exist. nobody',
      '✕ failed Exchange rates Tue 1 Dec, 02:10:56 Field not found: "rate_date" in lib://Bank/rates.csv (line 41). The execution of the script has been aborted. ann',
      '! late Board figures 07:00:00 It waits for Exchange rates, failing since Tue 1 Dec, 02:10:56. ann',
      '! late Profit report 06:00:00 It waits for Exchange rates, failing since Tue 1 Dec, 02:10:56. ann',
    ]);
    expect(keys.count).to.equal(0);

    // Why did the report not run?
    await keys.press('Tab', 'Enter', 'Tab');
    expect(await focused(page)).to.equal('Route plan');
    await keys.press('ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown');
    expect(await focused(page)).to.equal('Profit report');
    await keys.press('Enter');
    const panel = page.getByRole('complementary', { name: 'Profit report' });
    await panel.waitFor();
    expect(await focused(page)).to.equal('Profit report');
    const why = (await panel.innerText()).replace(/\s+/g, ' ');
    expect(why).to.include('! late since 06:00:00');
    expect(why).to.include('It waits for Exchange rates, failing since Tue 1 Dec, 02:10:56.');
    expect(why).to.include('General ledger is ready since 02:00:24, and counts until 08:00:24.');
    expect(why).to.include('Missing: Exchange rates (failed at 02:13:06, and the link waits for succeeded).');
    expect(keys.count).to.equal(8);

    // Who looks after it?
    expect(why).to.include('The ticket of that failure: open, ann looks after it, #bank.');
    await keys.press('Tab', 'Enter');
    await page.getByRole('heading', { name: 'Exchange rates' }).waitFor();
    const ticket = (await page.getByRole('main').innerText()).replace(/\s+/g, ' ');
    expect(ticket).to.include('Owner: ann. Tags: #bank.');
    expect(ticket).to.include('Failed 2 times, the last time at 02:13:06, since Tue 1 Dec, 02:10:56.');
    expect(ticket).to.include('The bank has renamed a column. It promised the old name for Wednesday evening.');
    expect(keys.count).to.equal(10);
  });

  it('can be asked again from where one was: Escape closes the panel and goes back to the table', async () => {
    const page = await dashboard.open(await dashboard.person('reader'));
    for (const key of ['Tab', 'Enter', 'Tab', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    const panel = page.getByRole('complementary', { name: 'Stock import' });
    await panel.waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    expect(await focused(page)).to.equal('Stock import');
    expect(page.url()).to.match(/#\/now$/);
    await page.keyboard.press('ArrowUp');
    expect(await focused(page)).to.equal('Route plan');
    // There is nothing above the first row.
    await page.keyboard.press('ArrowUp');
    expect(await focused(page)).to.equal('Route plan');
  });
});

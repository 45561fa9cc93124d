import type { Page } from 'playwright-core';

/** The pause between two looks at the device. */
const PAUSE_MS = 50;

/**
 * Waits until the device has stored what the page shows. The page is live before that.
 *
 * The page notes its place in a document `_local/cascade-place-2` of PouchDB's database in IndexedDB. `from` in it is
 * the number of a change of the store.
 *
 * @param atLeast - the number of the last change that the device must have.
 * @returns the time since the page was opened, in milliseconds.
 */
export async function untilStored(page: Page, atLeast = 0): Promise<number> {
  for (;;) {
    const since = (await page.evaluate(lookCode(atLeast))) as number;
    if (since > 0) return since;
    await page.waitForTimeout(PAUSE_MS);
  }
}

/** The code that looks once. Numbers of changes may be texts that begin with a number, such as `12-g1AAA…`. */
const lookCode = (atLeast: number): string => `(async () => {
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve) => {
      indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result);
    });
    if (!database.objectStoreNames.contains('meta')) { database.close(); continue; }
    const stored = await new Promise((resolve) => {
      database.transaction('meta').objectStore('meta').get('_local/cascade-place-2').onsuccess = ({ target }) =>
        resolve(target.result);
    });
    database.close();
    const place = stored?.data ?? stored?.revs?.[stored.rev]?.data;
    if (place !== undefined && place.reached === undefined && Number.parseInt(place.from, 10) >= ${atLeast})
      return performance.now();
  }
  return 0;
})()`;

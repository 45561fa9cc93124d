import type { BrowserContext, Page } from 'playwright-core';
import type { NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { Bench } from '../bench.ts';
import { pastRun } from '../history/past-run.ts';
import { machineFacts } from '../machine-facts.ts';
import { median } from '../statistics.ts';
import { type FilledLedger, fillRuns, SHOWN_OF_RUN, storeAll, storeRuns } from './fill-runs.ts';
import { type BenchPage, startBenchPage } from './start-bench-page.ts';
import { type PaintStep, type PaintTimes, timePaintsCode } from './time-paints.ts';
import { untilStored } from './until-stored.ts';

const TRIES = 5;
const MS_OF_SECOND = 1_000;
/** The number of runs in the page's list. */
const LISTED = 100;
const LIVE = { name: 'live', selector: '[role=status]', text: 'Live' };
const FIRST_LOAD = [{ name: 'listed', selector: 'table.rows tbody tr', count: LISTED }, LIVE];

/** Measures how long a browser needs until it has the ledger: for the first time, and after an absence. */
const pageSyncOf = (name: string, runs: number): Bench => ({
  name,
  about: `a browser gets ${runs} runs for the first time, and then ${runs} changes that it has missed`,
  async run(say) {
    const bench = await startBenchPage();
    try {
      const filled = await fillRuns(bench, runs);
      say(`${runs} runs are stored. Medians of ${TRIES} browsers. ${machineFacts()}`);
      const contexts: BrowserContext[] = [];
      const first: PaintTimes[] = [];
      for (let run = 1; run <= TRIES; run += 1) {
        const context = await bench.browse();
        const page = await context.newPage();
        const paints = await openAndTime(bench, page, FIRST_LOAD);
        const stored = await untilStored(page);
        say(
          `first load ${run}: ${secondsText(paints['listed'])} until ${LISTED} runs are seen, ${secondsText(paints['live'])} until all are, ${secondsText(stored)} until the device has them`,
        );
        if (run === TRIES) await expectRuns(bench, page, runs);
        await page.close();
        contexts.push(context);
        first.push({ ...paints, stored });
      }
      await changeMuch(bench, filled, runs);
      say(`${runs} documents have changed. ${machineFacts()}`);
      const last = await lastChange(bench);
      const missed: PaintTimes[] = [];
      let readAnew = 0;
      for (const [index, context] of contexts.entries()) {
        const page = await context.newPage();
        page.on('request', (request) => {
          if (/\/(_all_docs|_find)$/.test(new URL(request.url()).pathname)) readAnew += 1;
        });
        const steps = [{ name: 'newest', selector: 'table.rows tbody tr:first-child', text: '1 given up' }, LIVE];
        const paints = await openAndTime(bench, page, steps);
        const stored = await untilStored(page, last);
        say(
          `missed changes ${index + 1}: ${secondsText(paints['live'])} until they are seen, ${secondsText(stored)} until the device has them`,
        );
        if (index === 0) await expectRuns(bench, page, runs + newRunsOf(runs));
        missed.push({ ...paints, stored });
        await context.close();
      }
      const medianOf = (paint: string, times: readonly PaintTimes[]): number =>
        median(times.map((paints) => paints[paint] ?? Number.NaN)) / MS_OF_SECOND;
      return [
        { name: `the newest ${LISTED} runs are seen`, ours: medianOf('listed', first), unit: 's', bar: { atMost: 3 } },
        { name: `first load: ${runs} runs are seen`, ours: medianOf('live', first), unit: 's' },
        { name: 'the device has them', ours: medianOf('stored', first), unit: 's', bar: { atMost: 30 } },
        { name: `${runs} missed changes are seen`, ours: medianOf('live', missed), unit: 's', bar: { atMost: 10 } },
        { name: 'the device has them', ours: medianOf('stored', missed), unit: 's', bar: { atMost: 10 } },
        { name: 'requests that read anew what the device has', ours: readAnew, unit: '', bar: { atMost: 0 } },
      ];
    } finally {
      await bench.close();
    }
  },
});

export const pageSync = pageSyncOf('page-sync', 10_000);
export const pageSyncSmall = pageSyncOf('page-sync --small', 1_000);

const secondsText = (milliseconds = Number.NaN): string => `${(milliseconds / MS_OF_SECOND).toFixed(2)} s`;

/** Opens the page, signs in, goes to the runs at once, and waits until all steps are painted. */
async function openAndTime(
  { signInUrl, url }: BenchPage,
  page: Page,
  steps: readonly PaintStep[],
): Promise<PaintTimes> {
  await page.addInitScript({ content: timePaintsCode(JSON.stringify(steps)) });
  await page.goto(signInUrl);
  await page.goto(`${url}#/runs`);
  return (await page.evaluate('globalThis.paints')) as PaintTimes;
}

/** How many new runs there are: three quarters of the changed documents belong to them. */
const newRunsOf = (changes: number): number => Math.floor((changes * 3) / 4 / SHOWN_OF_RUN);

/**
 * Changes so many of the documents that the page shows. The last one is the order of the newest run, which is given up.
 */
async function changeMuch({ port }: BenchPage, { orders }: FilledLedger, changes: number): Promise<void> {
  const runs = newRunsOf(changes);
  const changed = orders.slice(-(changes - runs * SHOWN_OF_RUN - 1));
  await storeAll(
    port,
    changed.map((order) => ({ ...order, outcome: 'failed' })),
  );
  const now = Date.now();
  const added = await storeRuns(port, runs, (run) => pastRun('missed', run, now - 60_000 - runs + run));
  const newest = added.at(-1) as NewDocument;
  await storeAll(port, [{ ...newest, state: 'gave-up', gaveUpAt: now, outcome: undefined }]);
}

/** The number of the store's last change. */
async function lastChange({ store }: BenchPage): Promise<number> {
  const { origin, username, password } = new URL(store.settings.COUCHDB_ADMIN_URL);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const answer = await fetch(`${origin}/${store.settings.COUCHDB_DATABASE}`, { headers: { authorization } });
  return Number.parseInt(String(((await answer.json()) as { readonly update_seq: number | string }).update_seq), 10);
}

/** @throws Error if the page does not have this number of runs. */
async function expectRuns({ url }: BenchPage, page: Page, runs: number): Promise<void> {
  await page.goto(`${url}#/runs?show=${runs}`);
  const rows = page.locator('table.rows tbody tr');
  await rows.nth(runs - 1).waitFor();
  const count = await rows.count();
  if (count !== runs) throw new Error(`The page shows ${count} runs, not ${runs}.`);
}

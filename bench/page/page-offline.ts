import type { BrowserContext, Page } from 'playwright-core';
import type { NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { Bench, Say } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { machineFacts } from '../machine-facts.ts';
import { median } from '../statistics.ts';
import { type FilledLedger, fillRuns, storeAll } from './fill-runs.ts';
import { type BenchPage, startBenchPage } from './start-bench-page.ts';
import { type PaintStep, type PaintTimes, timePaintsCode } from './time-paints.ts';

const THROTTLE = 4;
const TRIES = 5;
const LISTED = 100;
const MOST_OPEN_MS = 1_500;
const MOST_CHANGE_MS = 50;
/** The page stores its state a little later. The benchmark gives it this time, without throttling. */
const SETTLED_MS = 20_000;
const ROWS = 'table.rows tbody tr';

/** The page is usable when the list is there and answers a click. */
const USABLE: readonly PaintStep[] = [
  { name: 'listed', selector: ROWS, count: LISTED, click: ['.filters a', 'Failed runs'] },
  { name: 'usable', selector: '.filters a[aria-current]:not(:first-child)', text: 'Failed runs' },
];
const GRAPH: readonly PaintStep[] = [{ name: 'graph', selector: '.graph .app' }];

/** Measures how long a slow browser needs to open the page from the device, and to show a change. */
const pageOfflineOf = (name: string, runs: number): Bench => ({
  name,
  about: `a browser ${THROTTLE} times slower opens the page without network, with ${runs} runs on the device, and shows a change`,
  async run(say) {
    const bench = await startBenchPage();
    try {
      const filled = await fillRuns(bench, runs);
      const context = await bench.browse();
      const page = await context.newPage();
      await page.addInitScript({ content: timePaintsCode(NEXT_STEPS) });
      await page.goto(bench.signInUrl);
      await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
      await page.evaluate('navigator.serviceWorker.ready');
      await page.waitForTimeout(SETTLED_MS);
      say(`${runs} runs are on the device. Medians of ${TRIES} openings, and of ${TRIES} changes. ${machineFacts()}`);
      await throttle(page);
      return [...(await openings(bench, context, page, say)), ...(await changes(bench, filled, context, page, say))];
    } finally {
      await bench.close();
    }
  },
});

export const pageOffline = pageOfflineOf('page-offline', 10_000);
export const pageOfflineSmall = pageOfflineOf('page-offline --small', 1_000);

async function throttle(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: THROTTLE });
}

async function openings({ url }: BenchPage, context: BrowserContext, page: Page, say: Say): Promise<readonly Figure[]> {
  await context.setOffline(true);
  const times = { usable: [] as number[], graph: [] as number[] };
  for (let run = 1; run <= TRIES; run += 1) {
    const { listed = Number.NaN, usable = Number.NaN } = await reopen(page, `${url}#/runs`, USABLE);
    const { graph = Number.NaN } = await reopen(page, `${url}#/now`, GRAPH);
    say(
      `opening ${run}: list ${Math.round(listed)} ms, usable ${Math.round(usable)} ms, graph ${Math.round(graph)} ms`,
    );
    times.usable.push(usable);
    times.graph.push(graph);
  }
  return [
    { name: 'the runs can be used after', ours: median(times.usable), unit: 'ms', bar: { atMost: MOST_OPEN_MS } },
    { name: 'the graph is seen after', ours: median(times.graph), unit: 'ms', bar: { atMost: MOST_OPEN_MS } },
  ];
}

/** Where a tab keeps the steps of its next opening. */
const STEPS = 'bench-steps';

const NEXT_STEPS = `location.protocol === 'about:' ? [] : JSON.parse(sessionStorage.getItem('${STEPS}') ?? '[]')`;

/** Opens an address anew in the same tab, which stays signed in, and waits until all steps are painted. */
async function reopen(page: Page, address: string, steps: readonly PaintStep[]): Promise<PaintTimes> {
  await page.evaluate(`sessionStorage.setItem('${STEPS}', ${JSON.stringify(JSON.stringify(steps))})`);
  await page.goto('about:blank');
  await page.goto(address);
  return (await page.evaluate('globalThis.paints')) as PaintTimes;
}

/** Measures the time from a document's arrival in the browser until it is painted. */
async function changes(
  { url, port }: BenchPage,
  { orders }: FilledLedger,
  context: BrowserContext,
  page: Page,
  say: Say,
): Promise<readonly Figure[]> {
  await context.setOffline(false);
  await page.goto(`${url}#/runs`);
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  await page.waitForTimeout(SETTLED_MS);
  const times: number[] = [];
  let newest = orders.at(-1) as NewDocument;
  for (let run = 1; run <= TRIES; run += 1) {
    const isGivenUp = run % 2 === 1;
    const text = isGivenUp ? '1 given up' : '1 succeeded';
    await page.evaluate(timePaintsCode(JSON.stringify([{ name: 'changed', selector: `${ROWS}:first-child`, text }])));
    const { outcome: _, gaveUpAt: _at, ...rest } = newest;
    const more = isGivenUp ? { state: 'gave-up', gaveUpAt: Date.now() } : { state: 'ended', outcome: 'succeeded' };
    newest = (await storeAll(port, [{ ...rest, ...more }]))[0] as NewDocument;
    const { changed = Number.NaN } = (await page.evaluate('globalThis.paints')) as PaintTimes;
    const arrived = (await page.evaluate(`(${ARRIVED})(${changed})`)) as number;
    say(`change ${run}: painted ${Math.round(changed - arrived)} ms after its arrival`);
    times.push(changed - arrived);
  }
  return [
    { name: 'a changed document is painted after', ours: median(times), unit: 'ms', bar: { atMost: MOST_CHANGE_MS } },
  ];
}

/** Code that finds when the last answer before an instant came that may have a document in it. */
const ARRIVED = `(before) => Math.max(...performance.getEntriesByType('resource')
  .filter(({ name, responseEnd }) => /\\/_changes/.test(name) && responseEnd < before)
  .map(({ responseEnd }) => responseEnd))`;

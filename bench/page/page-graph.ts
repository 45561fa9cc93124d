import type { Page } from 'playwright-core';
import type { EpochMs } from '../../src/core/units.ts';
import { configuredDefinitions } from '../../src/deploy/configured-definitions.ts';
import type { Bench } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { randomChains } from '../layout/random-chains.ts';
import { appAfter, endsOfApp } from '../metrics/ends-of-apps.ts';
import { seededRandom } from '../seeded-random.ts';
import { median } from '../statistics.ts';
import { chainsOfGraph } from './chains-of-graph.ts';
import { type Doing, measureFrames } from './measure-frames.ts';
import { type BenchPage, startBenchPage } from './start-bench-page.ts';

const APPS = 1_000;
const SEED = 20_261_130;
const THROTTLE = 4;
const FRAMES = 300;
const RUNS = 5;
const MOST_ABOVE_EMPTY_MS = 50;

/** Measures how smoothly the view Now moves and filters a large graph. */
export const pageGraph: Bench = {
  name: 'page-graph',
  about: `moving and filtering the graph of ${APPS} apps in a browser ${THROTTLE} times slower, beside an empty page`,
  async run(say) {
    const bench = await startBenchPage();
    try {
      await fill(bench);
      say(`${APPS} apps are stored. Medians of ${RUNS} runs of ${FRAMES} frames, ours and the empty page by turns.`);
      const page = await bench.open('#/now');
      await page.locator('.app').first().waitFor();
      const empty = await (await bench.browser.newContext()).newPage();
      await empty.goto(bench.emptyUrl);
      for (const each of [page, empty]) await throttle(each);
      const figures: Figure[] = [];
      for (const doing of ['pan', 'filter'] as const) {
        const runs: { readonly ours: number; readonly empty: number }[] = [];
        for (let run = 0; run < RUNS; run += 1) {
          const [ours, other] = [await slowFrame(page, doing), await slowFrame(empty, doing)];
          say(`${doing}, run ${run + 1}: p95 ${ours.toFixed(1)} ms, empty page ${other.toFixed(1)} ms`);
          runs.push({ ours, empty: other });
        }
        figures.push(figureOf(doing, median(runs.map(({ ours }) => ours)), median(runs.map((run) => run.empty))));
      }
      return figures;
    } finally {
      await bench.close();
    }
  },
};

function figureOf(doing: Doing, ours: number, empty: number): Figure {
  const name = doing === 'pan' ? 'moving: p95 of the frames, above the empty page' : 'filtering: the same';
  return {
    name,
    ours: ours - empty,
    unit: 'ms',
    peer: { name: 'the empty page', value: empty },
    bar: { atMost: MOST_ABOVE_EMPTY_MS },
  };
}

async function fill({ store, port }: BenchPage): Promise<void> {
  const compiled = chainsOfGraph(randomChains(APPS, seededRandom(SEED)));
  const definitions = configuredDefinitions(store.settings);
  await definitions?.noteDeployed(await definitions.store(compiled));
  const now = Date.now() as EpochMs;
  const apps = Array.from({ length: APPS }, (_, app) => appAfter(endsOfApp(app, 3, now), now));
  for (let from = 0; from < APPS; from += 100) await port.bulk(apps.slice(from, from + 100));
}

async function throttle(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: THROTTLE });
}

/**
 * The time that 95 of 100 frames stay below, in milliseconds, while a person moves the graph with the wheel, or types a
 * filter at seven keys a second, pauses, and clears it. On the empty page the same events reach nobody.
 */
async function slowFrame(page: Page, doing: Doing): Promise<number> {
  await page.bringToFront();
  // esbuild names functions with this helper, which the browser does not have.
  await page.evaluate('globalThis.__name = (named) => named');
  const frames = await page.evaluate(measureFrames, { doing, count: FRAMES });
  return frames.sort((a, b) => a - b)[Math.floor(frames.length * 0.95)] ?? 0;
}

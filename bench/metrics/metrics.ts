import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildActions } from '../../build/build-actions.ts';
import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { CountedEnd } from '../../src/core/desk/app-state.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { installConfiguredLedger } from '../../src/deploy/install-configured-ledger.ts';
import type { Bench, Say } from '../bench.ts';
import { startStoreCounters } from '../cost/store-counters.ts';
import type { Figure } from '../figure.ts';
import { bringIndexesUpToDate } from '../ledger/bring-indexes-up-to-date.ts';
import { couchPortOf } from '../ledger/create-orders.ts';
import { type BenchStore, startBenchStore } from '../ledger/start-bench-store.ts';
import { median } from '../statistics.ts';
import { appAfter, endsOfApp, storedEnd } from './ends-of-apps.ts';

const ENDS_OF_APP = 100;
const APPS_AT_ONCE = 10;
const TRIES = 5;
const MOST_REQUESTS = 6;
const MOST_MS = 500;
const KEY = 'a-reader-of-the-bench';

/** What `metrics` costs in a large ledger, and whether its counters are right. */
const metricsOf = (name: string, apps: number): Bench => ({
  name,
  about: `metrics of ${apps} apps with ${apps * ENDS_OF_APP} events in the ledger: requests to the store, time, counters`,
  servers: { store: true, openwhisk: 'it uses none' },
  async run(say, servers) {
    const store = await startBenchStore(servers);
    const folder = await mkdtemp(join(tmpdir(), 'cascade-bench-metrics-'));
    try {
      await installConfiguredLedger(store.settings);
      const truth = await fill(couchPortOf(store.settings), apps, say);
      await buildActions({ links: {}, apps: {} }, folder);
      return await measure(store, join(folder, 'actions/metrics.js'), truth);
    } finally {
      await rm(folder, { recursive: true, force: true });
      await store.close();
    }
  },
});

export const metrics = metricsOf('metrics', 1_000);
export const metricsSmall = metricsOf('metrics --small', 100);

/** Stores the ends; returns how many of each app ended how, as `app outcome`. */
async function fill(port: CouchPort, apps: number, say: Say): Promise<ReadonlyMap<string, number>> {
  const truth = new Map<string, number>();
  const now = Date.now() as EpochMs;
  for (let from = 0; from < apps; from += APPS_AT_ONCE) {
    const part = Array.from({ length: Math.min(APPS_AT_ONCE, apps - from) }, (_, index) =>
      endsOfApp(from + index, ENDS_OF_APP, now),
    );
    for (const end of part.flat()) count(truth, end);
    await port.bulk(part.flatMap((ends) => [...ends.map(storedEnd), appAfter(ends, now)]));
    await bringIndexesUpToDate(port);
  }
  say(`${apps * ENDS_OF_APP} events of ${apps} apps are stored`);
  return truth;
}

function count(truth: Map<string, number>, { appId, outcome }: CountedEnd): void {
  const key = `${appId} ${outcome}`;
  truth.set(key, (truth.get(key) ?? 0) + 1);
}

async function measure(
  { settings }: BenchStore,
  bundle: string,
  truth: ReadonlyMap<string, number>,
): Promise<readonly Figure[]> {
  const { origin, username, password } = new URL(settings.COUCHDB_URL);
  const counters = await startStoreCounters(origin, ['metrics']);
  try {
    const url = Object.assign(new URL(counters.urls['metrics'] ?? ''), { username, password }).href;
    const params = {
      ...{ READ_API_KEY: KEY, COUCHDB_URL: url, COUCHDB_DATABASE: settings.COUCHDB_DATABASE },
      ...{ __ow_method: 'get', __ow_path: '', __ow_query: '', __ow_headers: { 'x-api-key': KEY } },
    };
    const { main } = createRequire(import.meta.url)(bundle) as { main(given: object): Promise<{ body: string }> };
    let body = '';
    let requests = 0;
    const times: number[] = [];
    for (let tries = 0; tries < TRIES; tries += 1) {
      const startedAt = performance.now();
      ({ body } = await main(params));
      times.push(performance.now() - startedAt);
      requests = Math.max(requests, counters.take()['metrics']?.reads ?? 0);
    }
    return [
      { name: 'requests to the store', ours: requests, unit: '', bar: { atMost: MOST_REQUESTS } },
      { name: 'an answer, median', ours: median(times), unit: 'ms', bar: { atMost: MOST_MS } },
      { name: 'counters that are wrong', ours: wrongIn(body, truth), unit: '', bar: { atMost: 0 } },
      { name: 'the answer', ours: body.length / 1_000, unit: 'kB' },
    ];
  } finally {
    await counters.close();
  }
}

/** How many counters differ from the truth, or are missing, or are of nothing that ended. */
function wrongIn(body: string, truth: ReadonlyMap<string, number>): number {
  const line = /^cascade_reloads_total\{tenant="default",app="([^"]+)",outcome="([^"]+)"\} (\d+)$/gm;
  const found = new Map(
    [...body.matchAll(line)].map(([, app, outcome, value]) => [`${app} ${outcome}`, Number(value)]),
  );
  const keys = new Set([...found.keys(), ...truth.keys()]);
  return [...keys].filter((key) => (found.get(key) ?? 0) !== (truth.get(key) ?? 0)).length;
}

import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildActions } from '../../build/build-actions.ts';
import { installConfiguredLedger } from '../../src/deploy/install-configured-ledger.ts';
import type { Bench } from '../bench.ts';
import { startStoreCounters } from '../cost/store-counters.ts';
import type { Figure } from '../figure.ts';
import { type BenchStore, startBenchStore } from '../ledger/start-bench-store.ts';
import { median } from '../statistics.ts';
import { recordPast } from './record-past.ts';
import { type PastReload, tenantPast } from './tenant-past.ts';
import { truthOf, wrongIn } from './wrong-counters.ts';

const ENDS_OF_APP = 100;
const TRIES = 5;
const MOST_REQUESTS = 6;
const MOST_MS = 500;
const KEY = 'a-reader-of-the-bench';

/** Measures what `metrics` costs in a large ledger, and checks its counters. */
const metricsOf = (name: string, apps: number): Bench => ({
  name,
  about: `metrics of ${apps} apps with ${apps * ENDS_OF_APP} events in the ledger: requests to the store, time, counters`,
  servers: { store: true, openwhisk: 'it uses none' },
  async run(say, servers) {
    const store = await startBenchStore(servers);
    const folder = await mkdtemp(join(tmpdir(), 'cascade-bench-metrics-'));
    try {
      await installConfiguredLedger(store.settings);
      await buildActions({ links: {}, apps: {} }, folder);
      const past = await tenantPast(apps, ENDS_OF_APP, say);
      await recordPast(past, store.settings, join(folder, 'actions/storer.js'), say);
      return await measure(store, join(folder, 'actions/metrics.js'), past.ofApps.flat());
    } finally {
      await rm(folder, { recursive: true, force: true });
      await store.close();
    }
  },
});

export const metrics = metricsOf('metrics', 1_000);
export const metricsSmall = metricsOf('metrics --small', 100);

async function measure(
  { settings }: BenchStore,
  bundle: string,
  reloads: readonly PastReload[],
): Promise<readonly Figure[]> {
  const { origin, username, password } = new URL(settings.COUCHDB_URL);
  const counters = await startStoreCounters(origin, ['metrics']);
  try {
    const url = Object.assign(new URL(counters.urls['metrics'] ?? ''), { username, password }).href;
    const params = {
      ...{ READ_API_KEY: KEY, COUCHDB_URL: url, COUCHDB_DATABASE: settings.COUCHDB_DATABASE },
      ...{ __ow_method: 'get', __ow_path: '', __ow_query: '', __ow_headers: { 'x-api-key': KEY } },
    };
    const { main } = createRequire(import.meta.url)(bundle) as { main(given: object): Promise<{ body?: string }> };
    let body = '';
    let requests = 0;
    const times: number[] = [];
    for (let tries = 0; tries < TRIES; tries += 1) {
      const startedAt = performance.now();
      const answer = await main(params);
      if (answer.body === undefined) throw new Error(`metrics answered ${JSON.stringify(answer)}`);
      ({ body } = answer);
      times.push(performance.now() - startedAt);
      requests = Math.max(requests, counters.take()['metrics']?.reads ?? 0);
    }
    return [
      { name: 'requests to the store', ours: requests, unit: '', bar: { atMost: MOST_REQUESTS } },
      { name: 'an answer, median', ours: median(times), unit: 'ms', bar: { atMost: MOST_MS } },
      { name: 'reloads in the tenant’s lists', ours: reloads.length, unit: '' },
      { name: 'counters that are wrong', ours: wrongIn(body, truthOf(reloads)).length, unit: '', bar: { atMost: 0 } },
      { name: 'the answer', ours: body.length / 1_000, unit: 'kB' },
    ];
  } finally {
    await counters.close();
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import { days } from '../../src/core/units.ts';
import { purgeDatabase } from '../../src/ledger/retention/purge-database.ts';
import { parseStoreAdminSettings } from '../../src/platform/settings/ledger-settings.ts';
import type { Bench, Say } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { couchPortOf } from '../ledger/create-orders.ts';
import { postSigned } from '../ledger/post-signed.ts';
import { pairChains, rowApp } from '../ledger/row-chains.ts';
import { type BenchStore, startBenchStore } from '../ledger/start-bench-store.ts';
import { type LedgerRig, startLedgerRig } from '../ledger/start-ledger-rig.ts';
import { median } from '../statistics.ts';
import { webhookBody } from '../support/webhook-body.ts';
import { finishedRun, isKept } from './old-documents.ts';

/** The bar is for 100,000; CASCADE_BENCH_EVENTS makes it fewer, for a try. */
const EVENTS = Number(process.env['CASCADE_BENCH_EVENTS'] ?? 100_000);
const AT_ONCE = 200;
const WARM_UP = 10;
const WEBHOOKS = 60;
const BETWEEN_MS = 100;
const MOST_SIZE = 1.3;
const MOST_LATENCY = 1.2;

/** A ledger most of which is old: what a purge leaves of it, and what webhooks notice of the purge. */
export const retention: Bench = {
  name: 'retention',
  about: `a purge of ${EVENTS} events with their orders, nine in ten older than 30 days: size, and webhooks meanwhile`,
  servers: { store: true, openwhisk: true },
  async run(say, servers) {
    const peer = await startBenchStore(servers);
    try {
      const rig = await startLedgerRig({ servers, chains: pairChains(1), hasWebhook: false }, say);
      try {
        await fill(peer, isKept);
        await fill(rig.store, () => true);
        return await measure(rig, peer, say);
      } finally {
        await rig.close();
      }
    } finally {
      await peer.close();
    }
  },
};

async function fill({ settings }: BenchStore, isWanted: (index: number) => boolean): Promise<void> {
  const port = couchPortOf(settings);
  const now = Date.now();
  for (let from = 0; from < EVENTS; from += AT_ONCE) {
    const part = Array.from({ length: Math.min(AT_ONCE, EVENTS - from) }, (_, index) => from + index);
    await port.bulk(part.filter(isWanted).flatMap((index) => finishedRun(index, now)));
  }
  // The sweep's reads keep the index fresh, so that no webhook has to wait for it.
  await port.due({ from: 0 as never, until: 1 as never, limit: 1 });
}

async function measure(rig: LedgerRig, peer: BenchStore, say: Say): Promise<readonly Figure[]> {
  const admin = parseStoreAdminSettings({ ...rig.store.settings });
  if (admin === undefined) throw new Error('The store has no administrator.');
  await webhooks(rig, 'warm', (count) => count >= WARM_UP);
  const without = await webhooks(rig, 'without', (count) => count >= WEBHOOKS);
  const before = await compactedSize(rig.store);
  const startedAt = performance.now();
  let isOver = false;
  const purging = purgeDatabase(admin, days(30)).finally(() => {
    isOver = true;
  });
  const [during, purged] = await Promise.all([webhooks(rig, 'during', () => isOver), purging]);
  const takenS = (performance.now() - startedAt) / 1_000;
  say(`The purge removed ${purged.removed} documents in ${takenS.toFixed(1)} s; ${during.length} webhooks meanwhile.`);
  const [size, kept] = [await compactedSize(rig.store), await compactedSize(peer)];
  return [
    {
      ...{
        name: 'size after purge and compaction ÷ of one that only held what was kept',
        ours: size / 1e6,
        unit: 'MB',
      },
      ...{ peer: { name: 'only what was kept', value: kept / 1e6 }, ratio: size / kept, bar: { atMost: MOST_SIZE } },
    },
    { name: 'size before, compacted', ours: before / 1e6, unit: 'MB' },
    {
      ...{ name: 'a webhook during the purge ÷ without', ours: median(during), unit: 'ms' },
      peer: { name: 'without', value: median(without) },
      ...{ ratio: median(during) / median(without), bar: { atMost: MOST_LATENCY } },
    },
    { name: 'the purge', ours: takenS, unit: 's' },
    { name: 'removed', ours: purged.removed, unit: '' },
  ];
}

/** Posts webhooks, one after the other. @returns how long each took, ms. */
async function webhooks(
  { host, tenant, secret }: LedgerRig,
  name: string,
  isEnough: (count: number) => boolean,
): Promise<readonly number[]> {
  const taken: number[] = [];
  do {
    const body = webhookBody(rowApp(0), tenant.ready.tenantId, `bench-${name}-${taken.length}`, new Date());
    const startedAt = performance.now();
    const { status, body: text } = await postSigned(host.webhookUrl, body, secret);
    if (status < 200 || status > 299) throw new Error(`The host answered ${status}: ${text}`);
    taken.push(performance.now() - startedAt);
    await pause(BETWEEN_MS);
  } while (!isEnough(taken.length));
  return taken;
}

/** The size of the database's files, bytes, after a compaction. */
async function compactedSize({ settings: { COUCHDB_ADMIN_URL, COUCHDB_DATABASE } }: BenchStore): Promise<number> {
  const { origin, username, password } = new URL(COUCHDB_ADMIN_URL);
  const authorization = `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;
  const headers = { authorization, 'content-type': 'application/json' };
  const url = `${origin}/${COUCHDB_DATABASE}`;
  const asked = await fetch(`${url}/_compact`, { method: 'POST', headers, body: '{}' });
  if (!asked.ok) throw new Error(`The store answered ${asked.status} to _compact.`);
  for (;;) {
    const { compact_running: isRunning, sizes } = (await (await fetch(url, { headers })).json()) as Description;
    if (!isRunning) return sizes.file;
    await pause(BETWEEN_MS);
  }
}

interface Description {
  readonly compact_running: boolean;
  readonly sizes: { readonly file: number };
}

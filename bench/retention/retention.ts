import { setTimeout as pause } from 'node:timers/promises';
import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { days, type EpochMs } from '../../src/core/units.ts';
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
import { finishedRun } from './old-documents.ts';

const AT_ONCE = 200;
const WARM_UP = 10;
const WEBHOOKS = 60;
/** Few webhooks: what they write is kept, too. */
const BETWEEN_MS = 1_000;
const LOOK_MS = 100;
/** The indexes are brought up to date after so many runs. */
const INDEXED_RUNS = 1_000;
const PAGE = 500;
const MOST_SIZE = 1.3;
const MOST_LATENCY = 1.2;

/** A ledger most of which is old: what a purge leaves of it, and what webhooks notice of the purge. */
const retentionOf = (name: string, events: number): Bench => ({
  name,
  about: `a purge of ${events} events with their orders, nine in ten older than 30 days: size, and webhooks meanwhile`,
  servers: { store: true, openwhisk: true },
  async run(say, servers) {
    const peer = await startBenchStore(servers);
    try {
      const rig = await startLedgerRig({ servers, chains: pairChains(1), hasWebhook: false }, say);
      try {
        await fill(rig.store, events);
        say(`${events} events with their orders are stored`);
        return await measure(rig, peer, say);
      } finally {
        await rig.close();
      }
    } finally {
      await peer.close();
    }
  },
});

export const retention = retentionOf('retention', 100_000);
export const retentionSmall = retentionOf('retention --small', 3_000);

async function fill({ settings }: BenchStore, events: number): Promise<void> {
  const port = couchPortOf(settings);
  const now = Date.now();
  for (let from = 0; from < events; from += AT_ONCE) {
    const part = Array.from({ length: Math.min(AT_ONCE, events - from) }, (_, index) => from + index);
    await port.bulk(part.flatMap((index) => finishedRun(index, now)));
    if (from % INDEXED_RUNS === 0) await bringIndexesUpToDate(port);
  }
  await bringIndexesUpToDate(port);
}

/** As the sweep and `cascade runs` do it all the time. */
async function bringIndexesUpToDate(port: CouchPort): Promise<void> {
  const page = { from: 0 as EpochMs, before: [], limit: 1 };
  await port.due({ from: page.from, until: 1 as EpochMs, limit: 1 });
  await port.latest('endedAt', page);
  await port.latest('createdAt', page);
  await port.ofRun('event:default:nothing');
}

/** Writes what a store has left into one that is empty. */
async function copy(from: BenchStore, to: BenchStore): Promise<void> {
  const [source, target] = [couchPortOf(from.settings), couchPortOf(to.settings)];
  for (const type of ['event:', 'order:', 'started:', 'app:', 'checkpoint:', 'hint:', 'park:']) {
    for (let after: string | undefined, isMore = true; isMore; ) {
      const page = await source.range(type, { limit: PAGE, ...(after !== undefined && { after }) });
      if (page.length > 0) await target.bulk(page.map(({ _rev, ...document }) => document));
      await bringIndexesUpToDate(target);
      after = page.at(-1)?._id;
      isMore = page.length === PAGE;
    }
  }
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
  await copy(rig.store, peer);
  await bringIndexesUpToDate(couchPortOf(rig.store.settings));
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
    await pause(LOOK_MS);
  }
}

interface Description {
  readonly compact_running: boolean;
  readonly sizes: { readonly file: number };
}

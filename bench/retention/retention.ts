import { setTimeout as pause } from 'node:timers/promises';
import type { Bench, Say } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { bringIndexesUpToDate } from '../ledger/bring-indexes-up-to-date.ts';
import { couchPortOf } from '../ledger/create-orders.ts';
import { postSigned } from '../ledger/post-signed.ts';
import { pairChains, rowApp } from '../ledger/row-chains.ts';
import { type BenchStore, startBenchStore } from '../ledger/start-bench-store.ts';
import { type LedgerRig, startLedgerRig } from '../ledger/start-ledger-rig.ts';
import { median } from '../statistics.ts';
import { webhookBody } from '../support/webhook-body.ts';
import { type HeldPurge, startHeldPurge } from './held-purge.ts';
import { finishedRun } from './old-documents.ts';

const AT_ONCE = 200;
const WARM_UP = 10;
/** So many webhooks during the purge, then so many while it is held. */
const TURN = 10;
const BETWEEN_MS = 300;
const LOOK_MS = 100;
/** The indexes are brought up to date after so many runs. */
const INDEXED_RUNS = 1_000;
const PAGE = 500;
/** Not one of the apps whose past is purged: an order in doubt would keep that. */
const WEBHOOKS_OF = rowApp(2);
const MOST_SIZE = 1.3;
const MOST_LATENCY = 1.2;

/** A ledger most of which is old: what a purge leaves of it, and what webhooks notice of the purge. */
const retentionOf = (name: string, events: number, aloneMs: number): Bench => ({
  name,
  about: `a purge of ${events} events with their orders, nine in ten older than 30 days: size, and webhooks meanwhile`,
  servers: { store: true, openwhisk: true },
  async run(say, servers) {
    const peer = await startBenchStore(servers);
    try {
      const rig = await startLedgerRig({ servers, chains: pairChains(2), hasWebhook: false }, say);
      try {
        await fill(rig.store, events);
        say(`${events} events with their orders are stored`);
        return await measure(rig, peer, aloneMs, say);
      } finally {
        await rig.close();
      }
    } finally {
      await peer.close();
    }
  },
});

export const retention = retentionOf('retention', 100_000, 30_000);
export const retentionSmall = retentionOf('retention --small', 3_000, 0);

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

async function measure(rig: LedgerRig, peer: BenchStore, aloneMs: number, say: Say): Promise<readonly Figure[]> {
  let posted = 0;
  const webhook = (): Promise<number> => {
    posted += 1;
    return timeOfWebhook(rig, `bench-${posted}`);
  };
  for (let count = 0; count < WARM_UP; count += 1) await webhook();
  const before = await compactedSize(rig.store);
  const startedAt = performance.now();
  const purge = startHeldPurge(rig.store.settings);
  const [during, without] = await takeTurns(purge, webhook, aloneMs);
  const purged = await purge.purged;
  const takenS = (performance.now() - startedAt) / 1_000;
  say(
    `${purged.removed} documents removed; ${during.length} webhooks during the purge, ${without.length} while it was held.`,
  );
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
      ...{ name: 'a webhook during the purge ÷ while it is held', ours: median(during), unit: 'ms' },
      peer: { name: 'while it is held', value: median(without) },
      ...{ ratio: median(during) / median(without), bar: { atMost: MOST_LATENCY } },
    },
    { name: 'the purge, with the time in which it was held', ours: takenS, unit: 's' },
    { name: 'removed', ours: purged.removed, unit: '' },
  ];
}

/**
 * Posts webhooks by turns: some while the purge goes on, then as many while it is held, so that what else the machine does
 * changes both alike.
 *
 * @param aloneMs - how long the purge goes on without webhooks after each turn.
 * @returns how long each webhook took, ms: during the purge, and while it was held.
 */
async function takeTurns(
  purge: HeldPurge,
  webhook: () => Promise<number>,
  aloneMs: number,
): Promise<readonly [readonly number[], readonly number[]]> {
  const [during, without]: [number[], number[]] = [[], []];
  while (!purge.isOver()) {
    for (let count = 0; count < TURN; count += 1) {
      const takenMs = await webhook();
      if (!purge.isOver()) during.push(takenMs);
    }
    await purge.hold();
    for (let count = 0; count < TURN; count += 1) without.push(await webhook());
    purge.goOn();
    await Promise.race([pause(aloneMs), purge.purged]);
  }
  return [during, without];
}

/** Posts a webhook; how long it took, ms. */
async function timeOfWebhook({ host, tenant, secret }: LedgerRig, reloadId: string): Promise<number> {
  const body = webhookBody(WEBHOOKS_OF, tenant.ready.tenantId, reloadId, new Date());
  const startedAt = performance.now();
  const { status, body: text } = await postSigned(host.webhookUrl, body, secret);
  if (status < 200 || status > 299) throw new Error(`The host answered ${status}: ${text}`);
  const takenMs = performance.now() - startedAt;
  // What it set off runs on.
  await pause(BETWEEN_MS);
  return takenMs;
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

import { setTimeout as pause } from 'node:timers/promises';
import type { Bench, Say } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { bringIndexesUpToDate } from '../ledger/bring-indexes-up-to-date.ts';
import { couchPortOf } from '../ledger/create-orders.ts';
import { postSigned } from '../ledger/post-signed.ts';
import { pairChains, rowApp } from '../ledger/row-chains.ts';
import { type BenchStore, startBenchStore } from '../ledger/start-bench-store.ts';
import { type LedgerRig, startLedgerRig } from '../ledger/start-ledger-rig.ts';
import { median, percentile } from '../statistics.ts';
import { webhookBody } from '../support/webhook-body.ts';
import { type HeldPurge, type PurgePart, startHeldPurge } from './held-purge.ts';
import { finishedRun } from './old-documents.ts';

const AT_ONCE = 200;
const WARM_UP = 20;
/** How many webhooks come one after the other before the purge is held or goes on. */
const TURN = 5;
const BETWEEN_MS = 300;
const LEAST_SAMPLES = 20;
const LEAST_REMOVED = 100_000;
const LOOK_MS = 100;
/** The indexes are brought up to date after so many runs. */
const INDEXED_RUNS = 1_000;
const PAGE = 500;
/** The app of the webhooks. Its past is not purged, as an order in doubt would keep it. */
const WEBHOOKS_OF = rowApp(2);
const MOST_SIZE = 1.3;
const MOST_LATENCY = 1.2;

/** Purges a ledger that is mostly old. Measures how much the purge leaves, and how much it slows webhooks down. */
const retentionOf = (name: string, events: number, samples: number): Bench => ({
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
        return await measure(rig, peer, samples, say);
      } finally {
        await rig.close();
      }
    } finally {
      await peer.close();
    }
  },
});

export const retention = retentionOf('retention', 100_000, 100);
export const retentionSmall = retentionOf('retention --small', 3_000, 50);

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

/** Copies the documents that a store has left into an empty one. */
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

async function measure(rig: LedgerRig, peer: BenchStore, samples: number, say: Say): Promise<readonly Figure[]> {
  let posted = 0;
  const webhook = (): Promise<number> => {
    posted += 1;
    return timeOfWebhook(rig, `bench-${posted}`);
  };
  for (let count = 0; count < WARM_UP; count += 1) await webhook();
  const before = await compactedSize(rig.store);
  const startedAt = performance.now();
  const purge = startHeldPurge(rig.store.settings);
  const times = await takeTurns(purge, webhook, samples);
  const purged = await purge.purged;
  const takenS = (performance.now() - startedAt) / 1_000;
  say(`${purged.removed} documents removed in ${takenS.toFixed(0)} s, with the webhooks.`);
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
      ...{ peer: { name: 'only what was kept', value: kept / 1e6 }, ratio: size / kept },
      // The documents of the webhooks have many revs here and one in the copy. In a small ledger they are most of it.
      ...(purged.removed >= LEAST_REMOVED && { bar: { atMost: MOST_SIZE } }),
    },
    { name: 'size before, compacted', ours: before / 1e6, unit: 'MB' },
    // A small ledger is read so fast that there are hardly any samples.
    ...(times.reads.during.length < LEAST_SAMPLES ? [] : figuresOf('reads', times.reads)),
    ...figuresOf('removes', times.removes),
    { name: 'removed', ours: purged.removed, unit: '' },
  ];
}

/** How long webhooks took, in ms, while the purge went on and while it was held. */
interface Times {
  readonly during: number[];
  readonly held: number[];
}

function figuresOf(part: PurgePart, { during, held }: Times): readonly Figure[] {
  const what = `a webhook while the purge ${part} ÷ while it is held, of ${during.length} and ${held.length}`;
  const of = (named: string, value: (times: readonly number[]) => number) => ({
    ...{ name: `${what}: ${named}`, ours: value(during), unit: 'ms' as const },
    ...{ peer: { name: 'while it is held', value: value(held) }, ratio: value(during) / value(held) },
  });
  const p95 = (times: readonly number[]): number => percentile(times, 95);
  return [{ ...of('median', median), bar: { atMost: MOST_LATENCY } }, of('95th percentile', p95)];
}

/**
 * Posts webhooks by turns while the purge goes on and while it is held: going on, held, held, going on, and so forth.
 * So other work of the machine changes both alike. When one part of the purge has enough samples, that part goes on
 * without pauses and without webhooks.
 *
 * @param samples - how many of each kind are enough.
 */
async function takeTurns(
  purge: HeldPurge,
  webhook: () => Promise<number>,
  samples: number,
): Promise<Readonly<Record<PurgePart, Times>>> {
  const times = { reads: { during: [], held: [] }, removes: { during: [], held: [] } } satisfies Record<
    PurgePart,
    Times
  >;
  const takeTurn = async (isHeld: boolean): Promise<void> => {
    if (isHeld) await purge.hold();
    for (let count = 0; count < TURN; count += 1) {
      const part = purge.part();
      const takenMs = await webhook();
      const list: number[] = times[part][isHeld ? 'held' : 'during'];
      if (isHeld || (!purge.isOver() && purge.part() === part)) list.push(takenMs);
    }
    if (isHeld) purge.goOn();
  };
  while (!purge.isOver()) {
    for (const isHeld of [false, true, true, false]) await takeTurn(isHeld);
    const part = purge.part();
    if (times[part].during.length < samples) continue;
    purge.hurry();
    while (!purge.isOver() && purge.part() === part) await Promise.race([pause(LOOK_MS), purge.purged]);
  }
  return times;
}

/** Posts a webhook. @returns how long it took, in ms. */
async function timeOfWebhook({ host, tenant, secret }: LedgerRig, reloadId: string): Promise<number> {
  const body = webhookBody(WEBHOOKS_OF, tenant.ready.tenantId, reloadId, new Date());
  const startedAt = performance.now();
  const { status, body: text } = await postSigned(host.webhookUrl, body, secret);
  if (status < 200 || status > 299) throw new Error(`The host answered ${status}: ${text}`);
  const takenMs = performance.now() - startedAt;
  // The work that the webhook set off goes on after its answer.
  await pause(BETWEEN_MS);
  return takenMs;
}

/** The size of the database's files in bytes, after a compaction. */
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

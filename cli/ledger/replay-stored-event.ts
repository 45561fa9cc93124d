import type { CouchPort, StoredDocument, Written } from '../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { startedId } from '../../src/core/document-ids.ts';
import { type Descent, descentOf, type Lineage } from '../../src/core/lineage.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import { type Replay, type ReplayOrder, replayEvent } from '../../src/core/runs/replay-event.ts';
import { outcomeWords, skipWords } from '../../src/core/runs/skip-words.ts';
import { instantText } from '../../src/core/runs/time-words.ts';
import { timeConstants } from '../../src/core/time-constants.ts';
import { refusedError } from '../../src/ledger/bad-document.ts';
import { endOf, readEvent } from '../../src/ledger/documents/event.ts';
import { newOrder, readOrder } from '../../src/ledger/documents/order.ts';
import { readStarted } from '../../src/ledger/documents/started.ts';
import { chainsOf, type LedgerContext } from './ledger-command.ts';
import { readable } from './read-documents.ts';

/** What came of a replay. */
export interface Replayed {
  readonly ok: boolean;
  /** The ids of the documents that were created. */
  readonly created: readonly string[];
  /** What happened, for people. */
  readonly sentences: readonly string[];
}

/** Nobody replays one event so often. */
const MOST_REPLAYS = 1_000;

/**
 * Creates the orders of an event again, by the chain files at hand. They are due at once: the next sweep starts them.
 *
 * Invariant: each order has an id of its own, `…:r<n>.<cause>`. Two replays at once create orders with different ids.
 *
 * @throws CascadeError STORE_REFUSED if this user may not write; STORE_UNAVAILABLE; CHAIN_INVALID without chain files.
 */
export async function replayStoredEvent(context: LedgerContext, document: StoredDocument): Promise<Replayed> {
  const event = readEvent(document);
  if (event.resolvedAt === undefined) {
    const early = `${event._id} is not worked off yet: the sweep does that by itself. Replay an event only after that.`;
    return { ok: false, created: [], sentences: [early] };
  }
  const plan = replayEvent(endOf(event), chainsOf(context).links, await descent(context.store, event));
  const { created, refused } = await createOrders(context, plan, event.traceId);
  const { labelOf } = context;
  const ended = `${labelOf(event)} ${outcomeWords(event.outcome)} at ${instantText(event.endedAt)}`;
  const sentences = [
    ...created.map((id) => `${ended}: ordered again: ${id}`),
    ...plan.skips.map(
      (skip) => `${'target' in skip ? `${labelOf(skip.target)}: ` : ''}${ended}, ${skipWords(skip, labelOf, 'now')}`,
    ),
    ...plan.joins.map(
      ({ target, chain }) =>
        `${labelOf(target)}: ${ended}, and in chain ${chain} it waits for several apps: no end counts there twice. See cascade why ${target.appId}`,
    ),
    ...refused,
  ];
  return { ok: created.length > 0 && refused.length === 0, created, sentences };
}

/** Where the event stands in its run. */
async function descent(
  store: Pick<CouchPort, 'many'>,
  event: ReloadFinished,
): Promise<Descent & Pick<Lineage, 'areHopsUnsure'>> {
  const started = startedId(event.tenant, event.reloadId);
  const [remembered, owner] = await store.many(event.orderId ? [started, event.orderId] : [started]);
  return descentOf(event, { owner: readable(owner, readOrder), started: readable(remembered, readStarted) });
}

interface CreatedOrders {
  readonly created: readonly string[];
  /** A sentence about each order that CouchDB refuses because of what is in it. */
  readonly refused: readonly string[];
}

/** Creates the orders of the first replay whose ids are free. An id that another replay takes meanwhile gets the next number. */
async function createOrders(context: LedgerContext, plan: Replay, traceId: string): Promise<CreatedOrders> {
  const created: string[] = [];
  const refused: string[] = [];
  let left = [...plan.ordersOf(1).keys()];
  for (let n = 1; left.length > 0 && n <= MOST_REPLAYS; n += 1) {
    const all = plan.ordersOf(n);
    const orders = left.flatMap((index) => all[index] ?? []);
    const exist = await context.store.many(orders.map(({ order }) => order.order));
    if (exist.some((document) => document !== undefined)) continue;
    const rows = await create(context, orders, traceId);
    for (const [at, { order }] of orders.entries()) {
      const row = rows[at];
      if (row?.kind === 'stored') created.push(order.order);
      if (row?.kind !== 'refused') continue;
      const refusal = refusedError(order.order, row);
      if (!row.isForGood) throw refusal;
      refused.push(refusal.message);
    }
    left = left.filter((_, at) => rows[at]?.kind === 'conflict');
  }
  return { created, refused };
}

/** @throws CascadeError STORE_UNAVAILABLE, with the advice to look before another replay. */
async function create(
  { store, now }: LedgerContext,
  orders: readonly ReplayOrder[],
  traceId: string,
): Promise<readonly Written[]> {
  const at = now();
  const documents = orders.map(({ order, lineage }) => ({
    ...newOrder(order, lineage, { traceId, now: at, times: timeConstants() }),
    dueAt: at,
  }));
  return await store.bulk(documents).catch((cause: unknown) => {
    if (!(cause instanceof CascadeError) || cause.code !== 'STORE_UNAVAILABLE') throw cause;
    // A second replay would order again what this one may have ordered.
    const message = `${cause.message} It may have happened: look with cascade runs ${documents[0]?.root} before you replay again.`;
    throw new CascadeError('STORE_UNAVAILABLE', message, { cause });
  });
}

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
import { unlessMalformed } from './read-documents.ts';

/** What came of a replay. */
export interface Replayed {
  readonly ok: boolean;
  /** The documents that were created. */
  readonly created: readonly string[];
  /** In sentences. */
  readonly told: readonly string[];
}

/** Nobody replays one event so often. */
const MOST_REPLAYS = 1_000;

/**
 * Creates the orders of an event anew, by the chain files at hand, due at once: the next sweep fires them.
 *
 * Invariant: each has an id of its own, `…:r<n>.<cause>`; of two replays at once each makes its own.
 */
export async function replayStoredEvent(context: LedgerContext, document: StoredDocument): Promise<Replayed> {
  const event = readEvent(document);
  if (event.resolvedAt === undefined) {
    const told = `${event._id} is not worked off yet: the sweep does that by itself. A replay is for an event that was.`;
    return { ok: false, created: [], told: [told] };
  }
  const plan = replayEvent(endOf(event), chainsOf(context).links, await descent(context.store, event));
  const { created, refused } = await createOrders(context, plan, event.traceId);
  const told = [...toldOf(context, event, plan, created), ...refused];
  return { ok: created.length > 0 && refused.length === 0, created, told };
}

function toldOf(
  { labelOf }: LedgerContext,
  event: ReloadFinished,
  { skips }: Replay,
  created: readonly string[],
): readonly string[] {
  const ended = `${labelOf(event)} ${outcomeWords(event.outcome)} at ${instantText(event.endedAt)}`;
  return [
    ...created.map((id) => `${ended}: ordered anew: ${id}`),
    ...skips.map((skip) => `${'target' in skip ? `${labelOf(skip.target)}: ` : ''}${ended}, ${skipWords(skip, 'now')}`),
  ];
}

/** Where the event stands in its run. */
async function descent(
  store: Pick<CouchPort, 'many'>,
  event: ReloadFinished,
): Promise<Descent & Pick<Lineage, 'areHopsUnsure'>> {
  const { tenant, reloadId, orderId = '' } = event;
  const [order, started] = await store.many([orderId || startedId(tenant, reloadId), startedId(tenant, reloadId)]);
  return descentOf(event, {
    owner: orderId === '' || order === undefined ? undefined : unlessMalformed(order, readOrder),
    started: started === undefined ? undefined : unlessMalformed(started, readStarted),
  });
}

interface CreatedOrders {
  readonly created: readonly string[];
  /** Sentences about those that CouchDB refuses for what they hold. */
  readonly refused: readonly string[];
}

/** Creates the orders of the first replay whose ids are free; what another replay took meanwhile, with the next number. */
async function createOrders(context: LedgerContext, plan: Replay, traceId: string): Promise<CreatedOrders> {
  const created: string[] = [];
  const refused: string[] = [];
  const left = new Set(plan.ordersOf(1).keys());
  for (let n = 1; left.size > 0 && n <= MOST_REPLAYS; n += 1) {
    const orders = [...plan.ordersOf(n).entries()].filter(([index]) => left.has(index));
    const exist = await context.store.many(orders.map(([, { order }]) => order.order));
    if (exist.some((document) => document !== undefined)) continue;
    const done = await create(
      context,
      orders.map(([, order]) => order),
      traceId,
    );
    for (const [at, [index, { order }]] of orders.entries()) {
      const row = done[at];
      if (row?.kind === 'stored') created.push(order.order);
      if (row?.kind === 'refused') refused.push(refusedError(order.order, row).message);
      if (row?.kind !== 'conflict') left.delete(index);
    }
  }
  return { created, refused };
}

/** @throws CascadeError STORE_REFUSED if this user may not write; STORE_UNAVAILABLE. */
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
  const rows = await store.bulk(documents).catch((error: unknown) => {
    throw withAdvice(error, documents[0]?.root ?? '');
  });
  for (const [index, row] of rows.entries()) {
    if (row.kind === 'refused' && !row.isForGood) throw refusedError(documents[index]?._id ?? '', row);
  }
  return rows;
}

/** A second replay would order again what the first may have ordered. */
function withAdvice(error: unknown, root: string): unknown {
  if (!(error instanceof CascadeError) || error.code !== 'STORE_UNAVAILABLE') return error;
  const message = `${error.message} It may have happened: look with cascade runs ${root} before you replay again.`;
  return new CascadeError('STORE_UNAVAILABLE', message, { cause: error });
}

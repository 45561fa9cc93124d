/*
 * `cascade replay <event>` has the reloads started again that follow an event. An event is the ledger's document of a
 * reload that ended. An order is a reload that Cascade owes because of an event, its cause. The same cause always gives
 * an order the same id, so a replay needs ids of its own.
 */

import type { StoredDocument, Written } from '../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { startedId } from '../../src/core/document-ids.ts';
import { countedOutcome } from '../../src/core/end-meaning.ts';
import { descentOf } from '../../src/core/lineage.ts';
import { endWords } from '../../src/core/runs/end-words.ts';
import { type Replay, type ReplayOrder, replayEvent } from '../../src/core/runs/replay-event.ts';
import { skipWords } from '../../src/core/runs/skip-words.ts';
import { instantText } from '../../src/core/runs/time-words.ts';
import { timeConstants } from '../../src/core/time-constants.ts';
import { refusedError } from '../../src/ledger/bad-document.ts';
import { definitionHash } from '../../src/ledger/definition-hash.ts';
import { endOf, readEvent } from '../../src/ledger/documents/event.ts';
import { newOrder } from '../../src/ledger/documents/order.ts';
import { earlierAttempt } from './earlier-attempt.ts';
import { endOwner } from './end-owner.ts';
import { chainsOf, type LedgerContext } from './ledger-command.ts';
import { touchForReplay } from './touch-for-replay.ts';

/** The result of a replay. */
export interface Replayed {
  readonly ok: boolean;
  /** The ids of the documents that were created. */
  readonly created: readonly string[];
  /** What happened, for people. */
  readonly sentences: readonly string[];
}

/** The most replays of one event, so that the search for free ids ends. Nobody replays an event so often. */
const MOST_REPLAYS = 1_000;

/**
 * Orders again the reloads that follow an event, by the chain files at hand. The new orders are due at once: the next
 * sweep, within 5 minutes, starts them.
 *
 * The end counts as it did for the action `resolver`, which decided what follows it. If Cascade canceled the reload
 * because it ran too long, the reload has failed. If another attempt of the same order follows, nothing follows this
 * one. Links that wait for several apps are left out, because they would count the end twice.
 *
 * Invariant: each order has an id of its own, `…:r<n>.<cause>`. Two replays at the same time create orders with
 * different ids.
 *
 * Invariant: before an order is created, what it refers to has `replayedAt`, so that no purge removes that.
 *
 * @throws CascadeError STORE_REFUSED, for example if this user may not write; STORE_UNAVAILABLE; CHAIN_INVALID without
 *   valid chain files; LEDGER_MALFORMED if the event is malformed.
 */
export async function replayStoredEvent(context: LedgerContext, document: StoredDocument): Promise<Replayed> {
  const event = readEvent(document);
  if (event.resolvedAt === undefined) {
    const early = `${event._id} is not worked off yet: the sweep does that by itself. Replay an event only after that.`;
    return { ok: false, created: [], sentences: [early] };
  }
  const { labelOf, store } = context;
  const { judged, echoed, started } = await endOwner(store, event);
  const order = judged?.order;
  const ended = `${labelOf(event)} ${endWords(event, order)} at ${instantText(event.endedAt)}`;
  const earlier = judged && (await earlierAttempt(event, judged, store));
  if (earlier !== undefined) return { ok: false, created: [], sentences: [`${ended}. ${earlier}`] };
  const outcome = order === undefined ? event.outcome : countedOutcome(order, event);
  const descent = descentOf(event, { owner: echoed, started });
  const chains = chainsOf(context);
  const plan = replayEvent({ ...endOf(event), outcome }, chains.links, descent);
  if (plan.ordersOf(1).length > 0) {
    // The order of the event and `started` say where the event belongs, so they are to stay as long as the event.
    const others = [descent.root, startedId(event.tenant, event.reloadId), ...(order ? [order._id] : [])];
    const isThere = await touchForReplay(store, { event: event._id, others, at: context.now() });
    if (!isThere)
      return { ok: false, created: [], sentences: [`A purge has just removed ${event._id}: it was too old.`] };
  }
  const { created, left, refused } = await createOrders(context, plan, {
    traceId: event.traceId,
    definition: definitionHash(chains),
  });
  const problems = [
    ...refused,
    ...left.map(
      ({ order: app }) =>
        `${labelOf(app)} was not ordered again: ${event._id} was replayed ${MOST_REPLAYS} times, and more are not possible. Start the app by hand: .tools/wsk action invoke cascade/reload -p app ${app.appId} --result`,
    ),
  ];
  const sentences = [
    ...created.map((id) => `${ended}: ordered again: ${id}`),
    ...plan.skips.map(
      (skip) => `${'target' in skip ? `${labelOf(skip.target)}: ` : ''}${ended}, ${skipWords(skip, labelOf, 'now')}`,
    ),
    ...plan.joins.map(
      ({ target, chain }) =>
        `${labelOf(target)}: ${ended}, and in chain ${chain} it waits for several apps: no end counts there twice. See cascade why ${target.appId}`,
    ),
    ...problems,
  ];
  return { ok: created.length > 0 && problems.length === 0, created, sentences };
}

/** What each new order says about its origin. */
interface Origin {
  readonly traceId: string;
  /** The hash of the chain files at hand. The ledger has a definition with this hash only if they were deployed. */
  readonly definition: string;
}

interface CreatedOrders {
  readonly created: readonly string[];
  /** A sentence about each order that CouchDB refuses because of what is in it. */
  readonly refused: readonly string[];
  /** The orders that got no id, because all ids of replays are used. */
  readonly left: readonly ReplayOrder[];
}

/**
 * Creates the orders with the ids of the first replay; if these are used, with those of the second, and so on. If
 * another replay takes an id at the same time, that order gets the id of a later replay.
 */
async function createOrders(context: LedgerContext, plan: Replay, origin: Origin): Promise<CreatedOrders> {
  const created: string[] = [];
  const refused: string[] = [];
  let left = [...plan.ordersOf(1).keys()];
  for (let n = 1; left.length > 0 && n <= MOST_REPLAYS; n += 1) {
    const all = plan.ordersOf(n);
    const orders = left.flatMap((index) => all[index] ?? []);
    const exist = await context.store.many(orders.map(({ order }) => order.order));
    if (exist.some((document) => document !== undefined)) continue;
    const rows = await create(context, orders, origin);
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
  const all = plan.ordersOf(MOST_REPLAYS);
  return { created, refused, left: left.flatMap((index) => all[index] ?? []) };
}

/**
 * Creates orders, due at once.
 *
 * @throws CascadeError STORE_UNAVAILABLE, with the advice to look before another replay; STORE_REFUSED.
 */
async function create(
  { store, now }: LedgerContext,
  orders: readonly ReplayOrder[],
  { traceId, definition }: Origin,
): Promise<readonly Written[]> {
  const at = now();
  const documents = orders.map(({ order, lineage }) => ({
    ...newOrder({ ...order, definition }, lineage, { traceId, now: at, times: timeConstants() }),
    dueAt: at,
  }));
  return await store.bulk(documents).catch((cause: unknown) => {
    if (!(cause instanceof CascadeError) || cause.code !== 'STORE_UNAVAILABLE') throw cause;
    // Perhaps CouchDB has stored the orders. A second replay would then order the same reloads once more.
    const message = `${cause.message} It may have happened: look with cascade runs ${documents[0]?.root} before you replay again.`;
    throw new CascadeError('STORE_UNAVAILABLE', message, { cause });
  });
}

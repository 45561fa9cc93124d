/*
 * The invoker starts the reloads that follow a reload. It first writes them into the ledger (Cascade's memory), so that
 * a crash loses none. This file has the two writes: the first creates the orders (reloads that Cascade owes) of a plan.
 * The second marks the plan's events (reloads that ended) as resolved: the orders that follow them are stored.
 */

import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { BatchEvent, StoredEvent } from '../../src/contracts/batch.ts';
import type { CreatedOrder } from '../../src/contracts/order-request.ts';
import type { Plan, PlannedOrder } from '../../src/contracts/plan.ts';
import { endingAt } from '../../src/core/cap-end.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { definedFields } from '../../src/core/defined-fields.ts';
import { eventId } from '../../src/core/document-ids.ts';
import type { Lineage } from '../../src/core/lineage.ts';
import { causeOf } from '../../src/core/order.ts';
import type { Skip } from '../../src/core/skip.ts';
import type { TimeConstants } from '../../src/core/time-constants.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { changeEvents } from '../../src/ledger/change-events.ts';
import { documentOf, type EventDocument, resolvedEvent } from '../../src/ledger/documents/event.ts';
import { newOrder } from '../../src/ledger/documents/order.ts';
import type { Log } from '../../src/platform/log.ts';

/** The ledger as the invoker needs it. */
export interface InvokerLedger {
  readonly store: CouchPort;
  readonly times: TimeConstants;
}

/** Whether a planned order's document was created. */
export type Row =
  | { readonly kind: 'created'; readonly created: CreatedOrder }
  /**
   * `already-ordered`: another activation stored the order, and starts its reload. `not-stored`: CouchDB refuses the
   * order's content, so no later try can store it.
   */
  | { readonly kind: 'skipped'; readonly reason: 'already-ordered' | 'not-stored' }
  /**
   * Perhaps the order is not stored. So its event stays due: the sweep, which runs every 5 minutes, has it resolved
   * again.
   */
  | { readonly kind: 'open' };

/**
 * Creates the orders of a plan in one call.
 *
 * @param now - the store's clock.
 * @returns a row for each order, in the same sequence. If CouchDB does not answer or refuses the call, all are open.
 * @throws CascadeError PARAMETERS_INVALID if an order has no lineage (what caused it, and in which run); then nothing
 *   was sent.
 */
export async function createOrders(
  { orders, events = [], traceId }: Plan,
  now: EpochMs,
  { store, times, log }: InvokerLedger & { readonly log: Log },
): Promise<readonly Row[]> {
  const documents = orders.map((order) => {
    // A sweep goes on with the ends of many reloads. Each order has the trace id of its own end.
    const known = events.find((event) => isOrderOf(event, order))?.stored?.traceId;
    return newOrder(order, lineageOf(order), { traceId: known ?? traceId, now, times });
  });
  try {
    // The copy is for TypeScript: an interface alone is no `NewDocument`.
    const rows = await store.bulk(documents.map((document) => ({ ...document })));
    return documents.map((document, index): Row => {
      const row = rows[index];
      if (row?.kind === 'stored') return { kind: 'created', created: { ...document, _rev: row.rev } };
      if (row?.kind === 'conflict') return { kind: 'skipped', reason: 'already-ordered' };
      const reason = row?.message ?? 'CouchDB’s answer has no row for it';
      log.error('An order was not stored', { order: document._id, reason });
      return row?.isForGood === true ? { kind: 'skipped', reason: 'not-stored' } : { kind: 'open' };
    });
  } catch (error) {
    if (!(error instanceof CascadeError)) throw error;
    log.error(`The orders may not be stored: ${error.message}`, { code: error.code });
    return documents.map(() => ({ kind: 'open' }));
  }
}

/** Whether the event called for the order. */
export const isOrderOf = (event: BatchEvent, order: PlannedOrder): boolean =>
  causeOf(event, order) === order.lineage?.cause;

function lineageOf({ order, lineage }: PlannedOrder): Lineage {
  if (lineage !== undefined) return lineage;
  throw new CascadeError(
    'PARAMETERS_INVALID',
    `The order ${order} has no lineage. Has the resolver the same COUCHDB_URL as the invoker?`,
  );
}

/** The resolver's decision about events. */
export interface Decided {
  readonly skips: readonly Skip[];
  /** The hash of the compiled chains that decided. */
  readonly definition: string | undefined;
  /** The store's clock. */
  readonly now: EpochMs;
}

/**
 * Marks events as resolved, each with its skips: the reasons why other links started nothing. If another activation has
 * written an event meanwhile, the event is read again. If it is marked already, it stays as it is.
 *
 * Invariant: call this only after each order of these events is stored, or refused for good.
 *
 * @returns how many events stay due.
 */
export async function resolveEvents(
  events: readonly StoredEvent[],
  { skips, definition, now }: Decided,
  { store, times, log }: InvokerLedger & { readonly log: Log },
): Promise<number> {
  const planned = new Map(events.map((event) => [eventId(event.tenant, event.reloadId), documentOf(event)]));
  const resolved = (event: EventDocument): EventDocument | undefined => {
    if (event.resolvedAt !== undefined) return undefined;
    // If an end was reported too far in the future, the plan has a believable time. It replaces the stored one.
    const { endedAt, reportedEnd } = planned.get(event._id) ?? event;
    const believed = { ...endingAt(event, endedAt), ...definedFields({ reportedEnd }) };
    return resolvedEvent(believed, { now, definition, skips: skips.filter((skip) => isSkipOf(skip, event)) }, times);
  };
  try {
    return await changeEvents([...planned.values()], resolved, { store, log });
  } catch (error) {
    if (!(error instanceof CascadeError)) throw error;
    log.warn(`Events stay due: ${error.message}`, { code: error.code, events: events.length });
    return events.length;
  }
}

/** Whether a skip is about this event. */
export const isSkipOf = (skip: Skip, { tenant, reloadId }: Pick<BatchEvent, 'tenant' | 'reloadId'>): boolean =>
  skip.tenant === tenant && skip.reloadId === reloadId;

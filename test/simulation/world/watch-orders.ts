import { isDeepStrictEqual } from 'node:util';
import type { StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import { isFinal, ORDER_STATES, type OrderState } from '../../../src/core/order-state.ts';
import { ORDER_ARROWS } from '../../support/order-arrows.ts';
import type { Tally } from './counters.ts';

const KNOWN = new Set(ORDER_ARROWS);

const isState = (value: unknown): value is OrderState => (ORDER_STATES as readonly unknown[]).includes(value);

/** Counts the arrow that a write of an order takes. @returns what is wrong with the write. */
export function watchOrder(
  before: StoredDocument | undefined,
  after: StoredDocument,
  arrows: Tally,
): string | undefined {
  const { state } = after;
  if (!isState(state)) return `${after._id} is in no state: ${String(state)}`;
  // A merged order is due until somebody has read the order that it merged into once more. An order that is called off
  // is due until the orders that were merged into it are planned again.
  if (state !== 'merged' && state !== 'called-off' && isFinal(state) === (after['dueAt'] !== undefined))
    return `${after._id} is ${state}, but dueAt is ${after['dueAt']}`;
  const ended = (after['ends'] as readonly string[]).length;
  const isDone = state === 'ended' && after['outcome'] !== undefined;
  if (ended !== Number(after['try']) - (isDone ? 0 : 1))
    return `${after._id} is ${state} in try ${after['try']} with ${ended} ends`;
  if (before === undefined) return state === 'planned' ? undefined : `${after._id} begins as ${state}`;
  const arrow = `${String(before['state'])} → ${state}`;
  if (before['state'] === state && state !== 'claimed') return undefined;
  if (!KNOWN.has(arrow)) return `${after._id} took an arrow that there is not: ${arrow}`;
  arrows.add(arrow);
  return undefined;
}

/**
 * How much later than its storing an end may be: five minutes, five more for a container’s clock, and a slow request.
 */
const MOST_AHEAD_MS = 11 * 60_000;
/** How far the store's clock may be off. */
const CLOCK_MS = 60_000;

const isFromFuture = ({ endedAt, storedAt }: StoredDocument): boolean =>
  Number(endedAt) > Number(storedAt) + MOST_AHEAD_MS;

/** What is wrong with an app's last end: it must not be in the future. */
export function watchApp({ _id, last }: StoredDocument, now: number): string | undefined {
  const { endedAt = 0 } = (last ?? {}) as { readonly endedAt?: number };
  return endedAt > now + MOST_AHEAD_MS + CLOCK_MS ? `${_id} has a last end in the future: ${endedAt}` : undefined;
}

/**
 * What is wrong with a write of an event. The event is due until it is resolved and recorded, and neither is ever taken
 * back. Its content never changes, except for a time in the future, which must be gone when the event is resolved.
 */
export function watchEvent(before: StoredDocument | undefined, after: StoredDocument): string | undefined {
  const isResolved = after['resolvedAt'] !== undefined;
  const isDone = isResolved && after['recordedAt'] !== undefined;
  if (isDone === (after['dueAt'] !== undefined)) {
    return `${after._id} is ${isDone ? 'done and still due' : 'not done and not due'}`;
  }
  for (const field of ['resolvedAt', 'recordedAt', 'skips', 'definition']) {
    const known = before?.[field];
    if (known !== undefined && !isDeepStrictEqual(known, after[field])) return `${after._id} lost its ${field}`;
  }
  if (isResolved && isFromFuture(after)) return `${after._id} is resolved and from the future`;
  for (const field of ['appId', 'outcome', 'endedAt', 'orderId', 'partial']) {
    if (field === 'endedAt' && before !== undefined && isFromFuture(before)) continue;
    if (before !== undefined && before[field] !== after[field]) return `${after._id} changed its ${field}`;
  }
  return undefined;
}

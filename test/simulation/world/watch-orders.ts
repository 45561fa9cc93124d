import type { StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import { isFinal, ORDER_ARROWS, ORDER_STATES, type OrderState } from '../../../src/core/order-state.ts';
import type { Tally } from './counters.ts';

const KNOWN = new Set(ORDER_ARROWS.map(({ from, to }) => `${from} → ${to}`));

const isState = (value: unknown): value is OrderState => (ORDER_STATES as readonly unknown[]).includes(value);

/** Counts the arrow that a write of an order takes. @returns what is wrong with the write. */
export function watchOrder(
  before: StoredDocument | undefined,
  after: StoredDocument,
  arrows: Tally,
): string | undefined {
  const { state } = after;
  if (!isState(state)) return `${after._id} is in no state: ${String(state)}`;
  // A merged order is due until the one that it merged into was read once more; one that is called off, until what was
  // merged into it is planned again.
  if (state !== 'merged' && state !== 'called-off' && isFinal(state) === (after['dueAt'] !== undefined))
    return `${after._id} is ${state}, but dueAt is ${after['dueAt']}`;
  if (before === undefined) return state === 'planned' ? undefined : `${after._id} begins as ${state}`;
  const arrow = `${String(before['state'])} → ${state}`;
  if (before['state'] === state && state !== 'claimed') return undefined;
  if (!KNOWN.has(arrow)) return `${after._id} took an arrow that there is not: ${arrow}`;
  arrows.add(arrow);
  return undefined;
}

/** What is wrong with a write of an event: it is due until it is resolved, and its content never changes. */
export function watchEvent(before: StoredDocument | undefined, after: StoredDocument): string | undefined {
  const isResolved = after['resolvedAt'] !== undefined;
  if (isResolved === (after['dueAt'] !== undefined)) {
    return `${after._id} is ${isResolved ? 'resolved and still due' : 'neither resolved nor due'}`;
  }
  for (const field of ['appId', 'outcome', 'endedAt', 'orderId', 'partial']) {
    if (before !== undefined && before[field] !== after[field]) return `${after._id} changed its ${field}`;
  }
  return undefined;
}

/*
 * Reads events and orders for people: for `cascade runs`, `cascade why` and the dashboard. An earlier or a later
 * version of Cascade may have written them, so an event's time and its skips are first put right.
 */

import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { cappedStored } from '../core/cap-end.ts';
import type { EventFact, OrderFact } from '../core/runs/facts.ts';
import { SKIP_REASONS } from '../core/skip.ts';
import type { EpochMs } from '../core/units.ts';
import { readEvent } from './documents/event.ts';
import { readOrder } from './documents/order.ts';

/** Reads an order (a reload that Cascade owes) as it is shown to people. @throws CascadeError LEDGER_MALFORMED. */
export const orderFact: (document: StoredDocument) => OrderFact = readOrder;

const SKIPS: ReadonlySet<unknown> = new Set(SKIP_REASONS);

/**
 * `cappedStored` compares an end's time with `storedAt` and with the present. With this as the present, only `storedAt`
 * counts.
 */
const LATER = Number.POSITIVE_INFINITY as EpochMs;

/**
 * Reads an event (one end of a reload) as it is shown to people. Its skips say what it did not set off, and why. A skip
 * with a reason that this version does not know is left out.
 *
 * @throws CascadeError LEDGER_MALFORMED.
 */
export function eventFact(document: StoredDocument): EventFact {
  const stored = readEvent(document);
  // An earlier version of Cascade stored some ends with a time far in the future. Without a bound, such an end would
  // always be shown as the newest.
  const event = cappedStored(stored, stored.storedAt, LATER);
  const { skips } = event;
  if (skips === undefined) return event;
  return { ...event, skips: Array.isArray(skips) ? skips.filter((skip) => SKIPS.has(skip?.reason)) : [] };
}

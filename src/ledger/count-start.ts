/*
 * Limits how often Cascade starts an app in an hour, so that apps which reload each other in a circle do not go on
 * without end. Usually another limit stops them: Cascade counts how many of its reloads follow one another (MAX_HOPS).
 * But sometimes nobody knows whether Cascade started the reload that an order follows. Then nobody can count, and the
 * action `reload` calls `countStart` before it starts the app. The starts are in the document `rate:<tenant>:<app>`.
 */

import { rateId } from '../core/document-ids.ts';
import { addMs, type EpochMs, minutes } from '../core/units.ts';
import { readOrLog } from './bad-document.ts';
import { type Change, changeDocument } from './change-document.ts';
import type { OrderDocument } from './documents/order.ts';
import { readRate } from './documents/rate.ts';
import type { LedgerLog } from './ledger-log.ts';
import type { PatientStore } from './patient-store.ts';

/** A start counts for this long. */
const WINDOW = minutes(60);

/** What `countStart` needs. */
export interface CountPorts {
  readonly patientStore: Pick<PatientStore, 'get' | 'put'>;
  /** The store's clock. */
  readonly clock: () => EpochMs;
  /** The setting MAX_STARTS_PER_HOUR. */
  readonly maxStartsPerHour: number;
  readonly log: LedgerLog;
}

/** Whether an order (a reload that Cascade owes) may start. */
export type Counted =
  | { readonly kind: 'may-start' }
  /** `starts` starts of the app count already. At `until` the oldest of them is an hour old, and counts no more. */
  | { readonly kind: 'too-many'; readonly starts: number; readonly until: EpochMs }
  /**
   * The order may not start now: in each of 20 tries to count it (`MOST_CONFLICTS`), another order of the app wrote the
   * document first.
   */
  | { readonly kind: 'crowded' };

/**
 * Counts an order among its app's starts of the last hour. If there are `maxStartsPerHour` already, the order is not
 * counted and may not start.
 *
 * Invariant: of the orders that are counted here, at most `maxStartsPerHour` may start in an hour, even if many try at
 * once: each start is written with the document's rev (CouchDB's name of a version). Only if somebody spoilt the
 * document does the count begin anew. An order that tries again within the hour is counted once.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED: then the order must not be posted.
 */
export async function countStart(order: OrderDocument, ports: CountPorts): Promise<Counted> {
  const { patientStore, clock, maxStartsPerHour, log } = ports;
  const counted = await changeDocument(rateId(order), patientStore, (found): Change<Counted> => {
    const known = readOrLog(found, readRate, log)?.starts ?? [];
    const at = clock();
    // Starts of an hour ago or earlier do not count. A start an hour or more in the future cannot be right, so it does
    // not count either.
    const starts = known.filter((start) => Math.abs(start.at - at) < WINDOW);
    if (starts.some((start) => start.order === order._id)) return { result: { kind: 'may-start' } };
    if (starts.length >= maxStartsPerHour) {
      return { result: { kind: 'too-many', starts: starts.length, until: addMs(starts[0]?.at ?? at, WINDOW) } };
    }
    const next = [...starts, { order: order._id, at }];
    return { result: { kind: 'may-start' }, write: { schema: 1, type: 'rate', starts: next } };
  });
  return counted ?? { kind: 'crowded' };
}

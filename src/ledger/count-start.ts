import { rateId } from '../core/document-ids.ts';
import { addMs, type EpochMs, minutes } from '../core/units.ts';
import { readOrLog } from './bad-document.ts';
import { type Change, changeDocument } from './change-document.ts';
import type { OrderDocument } from './documents/order.ts';
import { readRate } from './documents/rate.ts';
import type { LedgerLog } from './ledger-log.ts';
import type { PatientStore } from './patient-store.ts';

const WINDOW = minutes(60);

/** What counting needs. */
export interface CountPorts {
  readonly patientStore: Pick<PatientStore, 'get' | 'put'>;
  /** The store's clock. */
  readonly clock: () => EpochMs;
  readonly maxStartsPerHour: number;
  readonly log: LedgerLog;
}

/** Whether an order may start. */
export type Counted =
  | { readonly kind: 'may-start' }
  /** The app was started `starts` times in the last hour. At `until` the oldest of these starts is an hour old. */
  | { readonly kind: 'too-many'; readonly starts: number; readonly until: EpochMs }
  /** The order was not counted: other orders of the app wrote the document first, each time. */
  | { readonly kind: 'crowded' };

/**
 * Counts an order among its app's starts of the last hour, unless there are `maxStartsPerHour` already.
 *
 * Invariant: no more orders than that may start in an hour, however many try at once: each is written by the document's
 * rev. An order that tries again is not counted again. A malformed document is written anew.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED: then the order must not be posted.
 */
export async function countStart(order: OrderDocument, ports: CountPorts): Promise<Counted> {
  const { patientStore, clock, maxStartsPerHour, log } = ports;
  const counted = await changeDocument(rateId(order), patientStore, (found): Change<Counted> => {
    const known = readOrLog(found, readRate, log)?.starts ?? [];
    const at = clock();
    // A start in the far future is not one of ours.
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

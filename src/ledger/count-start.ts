import { rateId } from '../core/document-ids.ts';
import { addMs, type EpochMs, minutes } from '../core/units.ts';
import { readOrLog, refusedError } from './bad-document.ts';
import type { OrderDocument } from './documents/order.ts';
import { type CountedStart, readRate } from './documents/rate.ts';
import type { LedgerLog } from './ledger-log.ts';
import type { PatientStore } from './patient-store.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

/** Starts are counted for so long. */
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
  /** The app was started `starts` times in the last hour; `until` the oldest of these is an hour old. */
  | { readonly kind: 'too-many'; readonly starts: number; readonly until: EpochMs }
  /** It was not counted: others wrote the app's starts each time before it could. That says nothing about their number. */
  | { readonly kind: 'crowded' };

/**
 * Counts an order among its app's starts of the last hour, unless there are `maxStartsPerHour` already.
 *
 * Invariant: by the document's rev no more orders than that are let through in an hour, however many try at once. An order
 * that is tried again is not counted again. A document that somebody spoilt proves nothing, and is written anew.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED: then nothing may be posted.
 */
export async function countStart(order: OrderDocument, ports: CountPorts): Promise<Counted> {
  const { patientStore: store, clock, maxStartsPerHour, log } = ports;
  const _id = rateId(order);
  const counted = await retryOnConflict(async (): Promise<Counted | undefined> => {
    const found = await store.get(_id);
    const known = readOrLog(found, readRate, log)?.starts ?? [];
    const at = clock();
    // What stands in the far future was no start of ours.
    const starts = known.filter((start) => Math.abs(start.at - at) < WINDOW);
    if (starts.some((start) => start.order === order._id)) return { kind: 'may-start' };
    if (starts.length >= maxStartsPerHour) return tooMany(starts, at);
    const rev = found === undefined ? {} : { _rev: found._rev };
    const document = { _id, ...rev, schema: 1, type: 'rate', starts: [...starts, { order: order._id, at }] };
    const written = await store.put(document);
    if (written.kind === 'refused') throw refusedError(_id, written);
    return written.kind === 'stored' ? { kind: 'may-start' } : undefined;
  });
  return counted ?? { kind: 'crowded' };
}

const tooMany = (starts: readonly CountedStart[], now: EpochMs): Counted => ({
  kind: 'too-many',
  starts: starts.length,
  until: addMs(starts[0]?.at ?? now, WINDOW),
});

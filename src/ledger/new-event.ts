import type { NewDocument } from '../clients/couchdb/couchdb-port.ts';
import type { BatchEvent, Source } from '../contracts/batch.ts';
import { eventId } from '../core/document-ids.ts';
import type { ReloadFinished } from '../core/reload-finished.ts';
import type { Skip } from '../core/skip.ts';
import type { TimeConstants } from '../core/time-constants.ts';
import { addMs, type EpochMs } from '../core/units.ts';
import { endOf } from './read-event.ts';

/** Whoever hears of an end: in which run, and when. */
export interface Teller {
  readonly source: Source;
  readonly traceId: string;
  /** The store's clock; where nothing told it yet, the teller's own. */
  readonly now: EpochMs;
  readonly times: TimeConstants;
  readonly heardFrom?: string | undefined;
}

/** An event's document as whoever hears of it first puts it: due until it is resolved, and at once no business of the sweep. */
export const newEvent = (event: ReloadFinished, { source, traceId, now, times, heardFrom }: Teller): NewDocument => ({
  _id: eventId(event.tenant, event.reloadId),
  schema: 1,
  type: 'event',
  ...endOf(event),
  source,
  traceId,
  storedAt: now,
  ...(heardFrom !== undefined && { heardFrom }),
  dueAt: addMs(now, times.unresolved),
});

/**
 * The event's document with what came of it: no longer due.
 *
 * @param now - the store's clock.
 * @param skips - those of this event.
 */
export function resolvedEvent(
  event: BatchEvent & Required<Pick<BatchEvent, 'stored'>>,
  { now, skips }: { readonly now: EpochMs; readonly skips: readonly Skip[] },
): NewDocument {
  const { rev, storedAt, source, traceId, heardFrom } = event.stored;
  return {
    _id: eventId(event.tenant, event.reloadId),
    _rev: rev,
    schema: 1,
    type: 'event',
    ...endOf(event),
    source,
    traceId,
    storedAt,
    ...(heardFrom !== undefined && { heardFrom }),
    resolvedAt: now,
    skips,
  };
}

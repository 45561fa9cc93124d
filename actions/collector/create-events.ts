/*
 * The sweep, which runs every 5 minutes, finds reloads that ended, and whose end no webhook has reported. This file
 * creates the ledger's document of each such end: an event.
 */

import type { BatchEvent, StoredMark } from '../../src/contracts/batch.ts';
import { cappedEnd } from '../../src/core/cap-end.ts';
import { eventId } from '../../src/core/document-ids.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { refusedError } from '../../src/ledger/bad-document.ts';
import { newEvent } from '../../src/ledger/documents/event.ts';
import { type CollectorPorts, storeNow } from './collector-ports.ts';
import { partsOf } from './store-parts.ts';

/**
 * Creates an event for each ended reload. If the event exists already, it stays as it is. An event that CouchDB refuses
 * for good is left out. `ports.store` has raised an alert about it by then (alert-refusals.ts).
 *
 * @param onRefused - is called for each event that CouchDB refuses for good.
 * @returns the events that this call created, for the next steps.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED: some events may be stored. Those are due.
 */
export async function createEvents(
  ends: readonly ReloadFinished[],
  ports: Pick<CollectorPorts, 'store' | 'times' | 'traceId' | 'now'>,
  onRefused: (end: ReloadFinished) => void = () => {},
): Promise<readonly BatchEvent[]> {
  const { store, times, traceId } = ports;
  const source = 'sweep';
  const created: BatchEvent[] = [];
  for (const part of partsOf(ends)) {
    const now = storeNow(ports);
    const events = part.map((end) => ({ event: cappedEnd(end, now), ...reportedEndOf(end, now) }));
    const documents = events.map(({ event, reportedEnd }) =>
      newEvent(event, { source, traceId, now, times, reportedEnd }),
    );
    const written = await store.bulk(documents);
    for (const [index, { event, ...reported }] of events.entries()) {
      const outcome = written[index];
      if (outcome?.kind === 'refused' && !outcome.isForGood)
        throw refusedError(eventId(event.tenant, event.reloadId), outcome);
      if (outcome?.kind === 'refused') onRefused(event);
      if (outcome?.kind === 'stored')
        created.push({ ...event, stored: { rev: outcome.rev, storedAt: now, source, traceId, ...reported } });
    }
  }
  return created;
}

/** The end as Qlik reported it, if it is too far in the future to be believed. */
const reportedEndOf = (end: ReloadFinished, now: EpochMs): Pick<StoredMark, 'reportedEnd'> =>
  cappedEnd(end, now) === end ? {} : { reportedEnd: end.endedAt };

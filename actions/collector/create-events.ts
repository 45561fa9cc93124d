/*
 * The sweep, which runs every 5 minutes, finds reloads whose end no webhook has reported. This file creates the
 * ledger's document of each such end: an event. From then on Cascade works with it as with a webhook.
 */

import type { BatchEvent, StoredMark } from '../../src/contracts/batch.ts';
import { cappedEnd } from '../../src/core/cap-end.ts';
import { eventId } from '../../src/core/document-ids.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { refusedError } from '../../src/ledger/bad-document.ts';
import { newEvent } from '../../src/ledger/documents/event.ts';
import { storeTime } from '../../src/ledger/ledger-ports.ts';
import type { CollectorPorts } from './collector-ports.ts';
import { partsOf } from './store-parts.ts';

/**
 * Creates an event for each ended reload. If the event exists already, it stays as it is. If an end is more than 5
 * minutes in the future, its time is set to 5 minutes from now. CouchDB may refuse an event for good, because of its
 * contents: such an event is left out, and people have an alert about it (alert-refusals.ts).
 *
 * @param onRefused - is called for each event that CouchDB refuses for good.
 * @returns the events that this call created, for the next actions.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED: some events may be stored. A later sweep takes those up.
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
    const now = storeTime(ports);
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

/** The time of the end as Qlik reported it, if that is too far in the future to be believed. */
const reportedEndOf = (end: ReloadFinished, now: EpochMs): Pick<StoredMark, 'reportedEnd'> =>
  cappedEnd(end, now) === end ? {} : { reportedEnd: end.endedAt };

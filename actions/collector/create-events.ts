import type { BatchEvent } from '../../src/contracts/batch.ts';
import { cappedEnd } from '../../src/core/cap-end.ts';
import { eventId } from '../../src/core/document-ids.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import { refusedError } from '../../src/ledger/bad-document.ts';
import { newEvent } from '../../src/ledger/documents/event.ts';
import { type CollectorPorts, storeNow } from './collector-ports.ts';

/** So many documents go in one request: a few hundred kB. */
const WRITTEN_AT_ONCE = 200;

/**
 * Creates the events' documents, for each end the first to tell of it wins. An event that CouchDB refuses for
 * good is left out, with an alert.
 *
 * @returns those that were created here, as the next steps need them; the others are somebody else's.
 * @throws CascadeError STORE_UNAVAILABLE: some may be stored, and are due; STORE_REFUSED.
 */
export async function createEvents(
  events: readonly ReloadFinished[],
  ports: Pick<CollectorPorts, 'store' | 'times' | 'traceId' | 'now'>,
): Promise<readonly BatchEvent[]> {
  const created: BatchEvent[] = [];
  for (let at = 0; at < events.length; at += WRITTEN_AT_ONCE) {
    created.push(...(await createPart(events.slice(at, at + WRITTEN_AT_ONCE), ports)));
  }
  return created;
}

async function createPart(
  told: readonly ReloadFinished[],
  ports: Pick<CollectorPorts, 'store' | 'times' | 'traceId' | 'now'>,
): Promise<readonly BatchEvent[]> {
  const { store, times, traceId } = ports;
  const now = storeNow(ports);
  const events = told.map((event) => cappedEnd(event, now));
  const source = 'sweep';
  const written = await store.bulk(events.map((event) => newEvent(event, { source, traceId, now, times })));
  return events.flatMap((event, index): readonly BatchEvent[] => {
    const outcome = written[index];
    if (outcome?.kind === 'refused' && !outcome.isForGood)
      throw refusedError(eventId(event.tenant, event.reloadId), outcome);
    return outcome?.kind === 'stored'
      ? [{ ...event, stored: { rev: outcome.rev, storedAt: now, source, traceId } }]
      : [];
  });
}

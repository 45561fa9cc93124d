import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { EndRecord } from '../../src/contracts/end-record.ts';
import { appStateId } from '../../src/core/document-ids.ts';
import type { EndMeaning } from '../../src/core/end-meaning.ts';
import type { OrderId, ReloadId } from '../../src/core/names.ts';
import { addMs, type EpochMs, minutes } from '../../src/core/units.ts';
import { skipBadDocument } from '../../src/ledger/bad-document.ts';
import { changeEvents } from '../../src/ledger/change-events.ts';
import { type EventDocument, isRecorded, recordedEvent } from '../../src/ledger/documents/event.ts';
import { endOrder } from '../../src/ledger/end-order.ts';
import { patient } from '../../src/ledger/patient-store.ts';
import { type FoundById, readAhead } from './read-ahead.ts';
import { type RecordedApp, recordApps } from './record-apps.ts';
import type { StorerPorts } from './storer-ports.ts';
import { writeTickets } from './write-tickets.ts';

/** What was stored. */
export interface StoredEnds {
  readonly ended: readonly { readonly order: OrderId; readonly reloadId: ReloadId }[];
  /** The documents of the apps that changed. */
  readonly apps: readonly string[];
  /** The documents of the apps that owe notices. */
  readonly owing: readonly string[];
}

/**
 * The storer first waits this long. Nobody waits for it, but a webhook's sender may still wait for the invoker's requests
 * to CouchDB. Those go first.
 */
const AFTER_THE_ANSWER_MS = 50;

/** After this time the sweep tries again to record an end whose app's document is spoilt. */
const SPOILT_AGAIN = minutes(60);

/**
 * Records ends: it ends the orders of these reloads, then makes each end part of its app, writes the tickets, and says in
 * each event that it is recorded (desk.md §3). It repeats its requests while CouchDB does not answer. Doing it twice changes
 * nothing: an event that is not in the ledger, or is recorded, is left alone.
 *
 * Invariant: an event is marked after its end is part of its app and its tickets are written. Until then the event is due.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED: the events stay due.
 */
export async function storeEnds({ events }: EndRecord, given: StorerPorts): Promise<StoredEnds> {
  await given.sleep(AFTER_THE_ANSWER_MS);
  const ports = { ...given, store: { ...given.store, ...patient(given.store, given) } };
  const known = await readAhead(events, ports.store);
  const { ended, meanings } = await endAll(events, known, ports);
  const { apps, stuck } = await recordApps(events, meanings, known, ports);
  const settled: EventDocument[] = [];
  for (const app of apps) if (await writeTickets(app, ports)) settled.push(...app.events);
  await finish(settled, stuck, ports);
  const idOf = ({ app }: RecordedApp): string => appStateId(app);
  const owing = apps.filter(({ state }) => state.notices.length > 0).map(idOf);
  return { ended, apps: apps.filter(({ hasChanged }) => hasChanged).map(idOf), owing };
}

/** Ends the orders first: only they say whether another attempt follows. */
async function endAll(events: EndRecord['events'], known: FoundById, ports: StorerPorts) {
  const ended: StoredEnds['ended'][number][] = [];
  const meanings = new Map<ReloadId, EndMeaning>();
  const many: CouchPort['many'] = async (ids) =>
    ids.every((id) => known.has(id)) ? ids.map((id) => known.get(id)) : ports.store.many(ids);
  for (const event of events) {
    // A spoilt document must not stop the other events.
    const done = await skipBadDocument(() => endOrder(event, { ...ports, store: { ...ports.store, many } }), ports.log);
    for (const order of done?.ended ?? []) ended.push({ order, reloadId: event.reloadId });
    if (done?.meaning !== undefined) meanings.set(event.reloadId, done.meaning);
  }
  return { ended, meanings };
}

/** Marks the events of apps that have them. Those of a spoilt app wait an hour, so that each sweep has room for others. */
async function finish(
  settled: readonly EventDocument[],
  stuck: readonly EventDocument[],
  ports: StorerPorts,
): Promise<void> {
  const now = ports.store.now() ?? ports.now();
  const recorded = (event: EventDocument): EventDocument | undefined =>
    isRecorded(event) ? undefined : recordedEvent(event, now, ports.times);
  const later = addMs(now, SPOILT_AGAIN);
  const postponed = (event: EventDocument): EventDocument | undefined =>
    isRecorded(event) || event.resolvedAt === undefined || Number(event.dueAt) >= later
      ? undefined
      : { ...event, dueAt: later as EpochMs };
  await changeEvents(settled, recorded, ports);
  await changeEvents(stuck, postponed, ports);
}

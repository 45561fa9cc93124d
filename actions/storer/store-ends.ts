/*
 * The action `storer` is the first step of the sequence `record`, which the invoker starts for reloads that ended,
 * beside the webhook's own path. It stores what people want to see later: how the order ended, how the app stands, and
 * a ticket if the app is failing.
 *
 * An event is the ledger's document of a reload that ended. An order is a reload that Cascade owes. An event is
 * recorded once its end is part of its app's document. Until then it is due: the sweep, which runs every 5 minutes,
 * gives it to the storer again.
 */

import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { EndRecord } from '../../src/contracts/end-record.ts';
import { appStateId } from '../../src/core/document-ids.ts';
import type { EndMeaning } from '../../src/core/end-meaning.ts';
import type { OrderId, ReloadId } from '../../src/core/names.ts';
import { addMs, type EpochMs, minutes } from '../../src/core/units.ts';
import { changeEvents } from '../../src/ledger/change-events.ts';
import { type EventDocument, isRecorded, recordedEvent } from '../../src/ledger/documents/event.ts';
import { endOrder } from '../../src/ledger/end-order.ts';
import { storeTime } from '../../src/ledger/ledger-ports.ts';
import { patient } from '../../src/ledger/patient-store.ts';
import { startingOrders } from '../../src/ledger/starting-orders.ts';
import { countedTimes } from './counted-times.ts';
import { type FoundById, readAhead } from './read-ahead.ts';
import { type RecordedApp, recordApps } from './record-apps.ts';
import type { StorerPorts } from './storer-ports.ts';
import { writeTickets } from './write-tickets.ts';

/** What was stored. */
export interface StoredEnds {
  readonly ended: readonly { readonly order: OrderId; readonly reloadId: ReloadId }[];
  /** The documents of the apps that changed. */
  readonly apps: readonly string[];
  /** The documents of the apps that owe people notices. */
  readonly owing: readonly string[];
}

/**
 * The storer first waits this long, about as long as the invoker needs for its last requests to CouchDB. A webhook's
 * sender may wait for those. Nobody waits for the storer.
 */
const AFTER_THE_ANSWER_MS = 50;

/**
 * After this time the sweep tries again to record an end whose app's document cannot be written. A person has to repair
 * the document, and that takes a while.
 */
const SPOILT_AGAIN = minutes(60);

/**
 * Records ended reloads:
 *
 * 1. It ends the orders that started these reloads.
 * 2. It makes each end part of its app's document.
 * 3. It writes the tickets of the apps that fail, or no longer fail.
 * 4. It marks the events as recorded.
 *
 * It repeats its calls to CouchDB while that does not answer and time is left. Recording an end a second time changes
 * nothing. If the ledger does not have the event, only the order is ended.
 *
 * Invariant: an event is marked only after its end is part of its app's document, and the app's tickets are written. A
 * ticket that is malformed, or that CouchDB refuses, does not hold the event back.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED: the events stay due.
 */
export async function storeEnds({ events }: EndRecord, given: StorerPorts): Promise<StoredEnds> {
  await given.sleep(AFTER_THE_ANSWER_MS);
  const ports = { ...given, store: { ...given.store, ...patient(given.store, given) } };
  const known = await readAhead(events, ports.store);
  const { ended, meanings } = await endAll(events, known, ports);
  const { apps, stuck } = await recordApps(events, meanings, known, ports);
  const settled: RecordedApp[] = [];
  for (const app of apps) if (await writeTickets(app, ports)) settled.push(app);
  await finish(settled, stuck, ports);
  const idOf = ({ app }: RecordedApp): string => appStateId(app);
  const owing = apps.filter(({ state }) => state.notices.length > 0).map(idOf);
  return { ended, apps: apps.filter(({ hasChanged }) => hasChanged).map(idOf), owing };
}

/**
 * Ends the orders of these reloads. This comes before the apps, because only an order says what its end means: whether
 * another attempt follows.
 */
async function endAll(events: EndRecord['events'], known: FoundById, ports: StorerPorts) {
  const ended: StoredEnds['ended'][number][] = [];
  const meanings = new Map<ReloadId, EndMeaning>();
  // Documents that were read ahead are not read again.
  const many: CouchPort['many'] = async (ids) =>
    ids.every((id) => known.has(id)) ? ids.map((id) => known.get(id)) : ports.store.many(ids);
  // The resolver uses the same function, so both find the same order.
  const startingOf = startingOrders({ ...ports, now: storeTime(ports) });
  const endPorts = { ...ports, store: { ...ports.store, many }, startingOf };
  for (const event of events) {
    const done = await endOrder(event, endPorts);
    for (const order of done.ended) ended.push({ order, reloadId: event.reloadId });
    if (done.meaning !== undefined) meanings.set(event.reloadId, done.meaning);
  }
  return { ended, meanings };
}

/**
 * Marks events as recorded. An event whose app's document is malformed or refused cannot be recorded. If nothing else
 * is left to do for it, it becomes due again in an hour, so that it does not take the place of others in each sweep.
 *
 * @param settled - apps whose documents have the ends of their events.
 * @param stuck - events whose apps cannot be written.
 */
async function finish(
  settled: readonly RecordedApp[],
  stuck: readonly EventDocument[],
  ports: StorerPorts,
): Promise<void> {
  const now = storeTime(ports);
  const countedAt = await countedTimes(settled, ports.store);
  const recorded = (event: EventDocument): EventDocument | undefined =>
    isRecorded(event) ? undefined : recordedEvent(event, countedAt.get(event._id) ?? now, now, ports.times);
  const later = addMs(now, SPOILT_AGAIN);
  const postponed = (event: EventDocument): EventDocument | undefined =>
    isRecorded(event) || event.resolvedAt === undefined || Number(event.dueAt) >= later
      ? undefined
      : { ...event, dueAt: later as EpochMs };
  const counted = settled.flatMap(({ events }) => events);
  await changeEvents(counted, recorded, ports);
  await changeEvents(stuck, postponed, ports);
}

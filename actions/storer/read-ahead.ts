/*
 * The action `storer` stores how reloads ended. It needs many small documents for that. This file reads them together,
 * in few calls to CouchDB. An event is the ledger's document of a reload that ended. It is recorded once its app's
 * document counts it. The document `started` of a reload says for which order (a reload that Cascade owes) it was
 * started.
 */

import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { forgettable } from '../../src/core/desk/app-state.ts';
import { appStateId, eventId, SCHEMA_ID, startedId } from '../../src/core/document-ids.ts';
import type { AppRef, ReloadId } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import { readAppState } from '../../src/ledger/documents/app-state.ts';
import { readStarted } from '../../src/ledger/documents/started.ts';

/** A document by its id, as it was read; undefined if there is none. */
export type FoundById = ReadonlyMap<string, StoredDocument | undefined>;

type Reader = Pick<CouchPort, 'many'>;

/**
 * Reads what the storer usually needs for these ends, in two calls. The first reads the apps, the documents that say
 * which orders started these reloads, and the document `schema`, which says since when people are notified. The second
 * reads these orders, and the apps' events.
 */
export async function readAhead(events: readonly ReloadFinished[], store: Reader): Promise<FoundById> {
  const about = events.flatMap(({ tenant, reloadId, orderId }) => [
    startedId(tenant, reloadId),
    ...(orderId === undefined ? [] : [orderId]),
  ]);
  const first = await readAll([...about, ...events.map(appStateId), SCHEMA_ID], store);
  const orders = [...first.values()].flatMap((document) => {
    const started = quietly(document, readStarted);
    return started === undefined ? [] : [started.order, ...(started.also ?? [])];
  });
  const unread = [...orders, ...eventsOfApps(events, first)].filter((id) => !first.has(id));
  return new Map([...first, ...(await readAll(unread, store))]);
}

/**
 * Reads apps, and only then their events. If the events were read first, another storer could record an event in
 * between, and the event's app could forget its reload. Then this storer would count the end again.
 */
export async function readApps(events: readonly ReloadFinished[], store: Reader): Promise<FoundById> {
  const apps = await readAll(events.map(appStateId), store);
  return new Map([...apps, ...(await readAll(eventsOfApps(events, apps), store))]);
}

/**
 * The ids of the events of these ends, and of other events of the same apps: an app remembers some reloads until their
 * events are recorded.
 */
function eventsOfApps(events: readonly ReloadFinished[], apps: FoundById): readonly string[] {
  const named = events.map(({ tenant, reloadId }) => eventId(tenant, reloadId));
  const kept = events.flatMap((event) => {
    const state = quietly(apps.get(appStateId(event)), readAppState);
    return state === undefined ? [] : forgettable(state).map((reloadId) => eventOf(event, reloadId));
  });
  return [...named, ...kept];
}

/** The id of the event of another reload of the app. */
export const eventOf = ({ tenant }: AppRef, reloadId: ReloadId): string => eventId(tenant, reloadId);

async function readAll(ids: readonly string[], store: Reader): Promise<FoundById> {
  const unique = [...new Set(ids)];
  const documents = await store.many(unique);
  return new Map(unique.map((id, index) => [id, documents[index]]));
}

/** The document, if it is not malformed. No error is logged here, because the code that needs the document logs it. */
function quietly<T>(document: StoredDocument | undefined, read: (document: StoredDocument) => T): T | undefined {
  try {
    return document && read(document);
  } catch {
    return undefined;
  }
}

/*
 * The sweep, which runs every 5 minutes, says which apps were not reloaded by their deadline. It must not say so of an
 * app while one of the app's ends is not counted in the app's document yet: that end may be the missing success. This
 * file finds the apps with such ends. An event is the ledger's document of a reload that ended.
 */

import { type AppKey, appKey } from '../../src/core/names.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import { readEvent } from '../../src/ledger/documents/event.ts';
import type { CollectorPorts } from './collector-ports.ts';
import { documentsById } from './store-parts.ts';

/** The most documents with a `dueAt` whose ids are read in one request: about 2 MB. */
const MOST_DUE = 10_000;

/** The last instant that JavaScript knows: an event may be due at any time. */
const EVER = 8_640_000_000_000_000 as EpochMs;

/**
 * The apps with events that are not recorded (counted in the app's document). Until an event is recorded it has a
 * `dueAt`, often one in the future. So this reads the documents with a `dueAt`.
 *
 * @returns undefined if too many documents have a `dueAt` to read them all.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function appsWithOpenEvents({ store, log }: CollectorPorts): Promise<ReadonlySet<AppKey> | undefined> {
  const due = await store.due({ from: 0 as EpochMs, until: EVER, limit: MOST_DUE, isBrief: true });
  if (due.isFull) {
    log.warn(`No app is judged late: so many documents are due that not all were read`);
    return undefined;
  }
  const ids = due.documents.map(({ _id }) => _id).filter((id) => id.startsWith('event:'));
  const documents = await documentsById(ids, store);
  // An event that was recorded meanwhile is no longer open. Whoever judges its app reads the app's document after this
  // call, and finds the end counted there.
  const events = [...documents.values()].flatMap((document) => readOrLog(document, readEvent, log) ?? []);
  return new Set(events.filter(({ recordedAt }) => recordedAt === undefined).map(appKey));
}

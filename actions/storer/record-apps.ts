/*
 * The action `storer` stores how reloads ended, so that people can see it later. This file makes each end part of its
 * app's document: it counts the end, and decides whether the app is failing. An event is the ledger's document of one
 * end. It is recorded once its end is part of its app's document.
 */

import type { NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { cappedStored } from '../../src/core/cap-end.ts';
import {
  type AppState,
  type CountedEnd,
  FRESH_APP,
  forgettable,
  withoutRecorded,
} from '../../src/core/desk/app-state.ts';
import { type ApplyContext, applyEndToApp } from '../../src/core/desk/apply-end-to-app.ts';
import { appStateId, SCHEMA_ID } from '../../src/core/document-ids.ts';
import type { EndMeaning } from '../../src/core/end-meaning.ts';
import { groupBy } from '../../src/core/group-by.ts';
import type { AppRef, ReloadId } from '../../src/core/names.ts';
import { byEnd } from '../../src/core/plan-orders.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import { appStateDocument, readAppState } from '../../src/ledger/documents/app-state.ts';
import { type EventDocument, endOf, isRecorded, readEvent } from '../../src/ledger/documents/event.ts';
import { storeTime } from '../../src/ledger/ledger-ports.ts';
import { noticesSinceIn } from '../../src/ledger/notices-since.ts';
import { retryOnConflict } from '../../src/ledger/retry-on-conflict.ts';
import { eventOf, type FoundById, readApps } from './read-ahead.ts';
import type { StorerPorts } from './storer-ports.ts';

/** An app whose stored document now has those of the given ends that are about it. */
export interface RecordedApp {
  readonly app: AppRef;
  readonly state: AppState;
  /** The events of these ends. Nobody has marked them as recorded yet. */
  readonly events: readonly EventDocument[];
  /**
   * Whether this call changed the app. If not, an earlier call has counted these ends, but has not marked the events.
   */
  readonly hasChanged: boolean;
  /** The store's clock right after the app was written. If it was not, that of now. */
  readonly countedAt: EpochMs;
}

/** An app with its ends applied, and the document to write for it. */
type JudgedApp = Omit<RecordedApp, 'countedAt'> & { readonly write: NewDocument };

/** The result of `recordApps`. */
export interface RecordedApps {
  readonly apps: readonly RecordedApp[];
  /** Events whose app cannot be written: its document is malformed, or CouchDB refuses it. A person has to look. */
  readonly stuck: readonly EventDocument[];
}

/**
 * Makes all ends that are not recorded part of their apps' documents: the oldest first, in one write for each app. If
 * another activation wrote an app first (a conflict), this reads the app and its events again. After `MOST_CONFLICTS`
 * tries the events stay due.
 *
 * @param meanings - for an end that belongs to an order (a reload that Cascade owes), whether another attempt of the
 *   order follows. If nobody knows that yet, the end is left alone.
 * @param known - the documents that were read ahead. Those of apps and events serve for the first try.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function recordApps(
  ends: readonly ReloadFinished[],
  meanings: ReadonlyMap<ReloadId, EndMeaning>,
  known: FoundById,
  given: StorerPorts,
): Promise<RecordedApps> {
  const ports = { ...given, noticesSince: noticesSinceIn(known.get(SCHEMA_ID)) };
  const apps: RecordedApp[] = [];
  const stuck: EventDocument[] = [];
  let open = ends.filter(({ reloadId }) => meanings.get(reloadId)?.kind !== 'unknown-attempt');
  let read: FoundById | undefined = known;
  await retryOnConflict(async () => {
    const documents = read ?? (await readApps(open, ports.store));
    read = undefined;
    const judged = [...groupBy(open, appStateId)].flatMap(([id, ofApp]) => {
      const app = appWith(id, ofApp, meanings, documents, ports);
      if (app === 'spoilt') stuck.push(...unrecorded(ofApp, documents, ports));
      return app === undefined || app === 'spoilt' ? [] : [app];
    });
    const changed = judged.filter(({ hasChanged }) => hasChanged);
    const written = changed.length === 0 ? [] : await ports.store.bulk(changed.map(({ write }) => write));
    const countedAt = storeTime(ports);
    const raced = new Set<string>();
    for (const [index, { write, ...app }] of changed.entries()) {
      const outcome = written[index];
      if (outcome?.kind === 'stored') apps.push({ ...app, countedAt });
      if (outcome?.kind === 'conflict') raced.add(write._id);
      if (outcome?.kind !== 'refused') continue;
      ports.log.error(`CouchDB refuses ${write._id}: ${outcome.message}`);
      stuck.push(...app.events);
    }
    for (const app of judged) if (!app.hasChanged) apps.push({ ...app, countedAt });
    open = open.filter((end) => raced.has(appStateId(end)));
    return open.length === 0 ? true : undefined;
  });
  if (open.length > 0)
    ports.log.warn('Ends are recorded later: others change their apps all the time', { open: open.length });
  return { apps, stuck };
}

/**
 * The app with its ends applied; undefined if none of them waits to be recorded. `spoilt`: the app's document is
 * malformed.
 */
function appWith(
  id: string,
  ends: readonly ReloadFinished[],
  meanings: ReadonlyMap<ReloadId, EndMeaning>,
  documents: FoundById,
  ports: StorerPorts & Pick<ApplyContext, 'noticesSince'>,
): JudgedApp | 'spoilt' | undefined {
  const events = unrecorded(ends, documents, ports);
  const found = documents.get(id);
  const stored = readOrLog(found, readAppState, ports.log);
  if (found !== undefined && stored === undefined) return events.length === 0 ? undefined : 'spoilt';
  const [first] = events;
  if (first === undefined) return undefined;
  const now = storeTime(ports);
  const context: ApplyContext = { routes: ports.routesOf(first), noticesSince: ports.noticesSince, now };
  const counted = events.map((event) => countedEnd(event, meanings.get(event.reloadId), now)).sort(byEnd);
  let state: AppState = stored ?? FRESH_APP;
  let dropped = 0;
  for (const end of counted) {
    const after = applyEndToApp(state, end, context);
    state = after.state;
    dropped += after.dropped;
  }
  const hasChanged = state !== stored;
  if (dropped > 0)
    ports.log.error('An app has too many notices that nobody took: the oldest are dropped', { app: id, dropped });
  const { tenant, appId } = first;
  const app = { tenant, appId };
  const next = withoutRecorded(state, recordedIn(app, state, documents));
  return { app, state: next, events, hasChanged, write: appStateDocument(app, next, found?._rev) };
}

/** The events of these ends that are in the ledger and not recorded. */
function unrecorded(
  ends: readonly ReloadFinished[],
  documents: FoundById,
  { log }: StorerPorts,
): readonly EventDocument[] {
  const ids = new Set(ends.map((end) => eventOf(end, end.reloadId)));
  return [...ids].flatMap((id) => {
    const event = readOrLog(documents.get(id), readEvent, log);
    return event === undefined || isRecorded(event) ? [] : [event];
  });
}

/** The end of an event as it counts for the app: with the outcome that it has for its order, and not in the future. */
function countedEnd(event: EventDocument, meaning: EndMeaning | undefined, now: EpochMs): CountedEnd {
  const end = cappedStored(endOf(event), event.storedAt, now);
  const counts = meaning?.kind === 'last' ? meaning : end;
  const { outcome, error = end.error } = counts;
  return {
    ...end,
    outcome,
    ...(error !== undefined && { error }),
    willRetry: meaning?.kind === 'will-retry',
    traceId: event.traceId,
  };
}

/** The reloads that the app may forget now, because their events are recorded or have been purged. */
function recordedIn(app: AppRef, state: AppState, documents: FoundById): ReadonlySet<ReloadId> {
  const isDone = (reloadId: ReloadId): boolean => {
    const id = eventOf(app, reloadId);
    const document = documents.get(id);
    return documents.has(id) && (document === undefined || isRecordedDocument(document));
  };
  return new Set(forgettable(state).filter(isDone));
}

/** An event that is due no more counts as recorded, because an earlier version did not write `recordedAt`. */
const isRecordedDocument = ({ recordedAt, dueAt }: Readonly<Record<string, unknown>>): boolean =>
  recordedAt !== undefined || dueAt === undefined;

import type { NewDocument, StoredDocument } from '../../clients/couchdb/couchdb-port.ts';
import { type AppCounts, type AppState, appStateFrom, NO_COUNTS } from '../../core/desk/app-state.ts';
import { appStateId } from '../../core/document-ids.ts';
import type { AppRef } from '../../core/names.ts';
import { OUTCOMES, type ReloadFinished } from '../../core/reload-finished.ts';
import type { EpochMs } from '../../core/units.ts';
import {
  type Check,
  isCountFrom,
  isInstant,
  isListOf,
  isObjectWith,
  isString,
  maybe,
  readerOf,
} from '../document-reader.ts';
import { owingDocument } from '../owing-document.ts';
import { isLate, OWING_FIELDS, STREAK_FIELDS } from '../owing-fields.ts';
import type { StoredAs } from '../stored-as.ts';
import { END_FIELDS } from './event.ts';

/**
 * `app:<tenant>:<appId>`: how an app stands: its last end, how often its reloads succeeded and failed, whether it is
 * failing or late, and the notices (messages for people) about it that are still to be sent. The action `storer` adds
 * each end, the sweep (it runs every 5 minutes) says whether the app is late, and the action `notifier` sends the
 * notices. A rev is CouchDB's name of a document's version.
 *
 * Invariant: each end is counted once. Whoever changes the document reads it whole, and writes it whole by its rev.
 */
export interface AppStateDocument extends AppState, StoredAs<'app'> {
  /** The earliest instant at which one of the notices may be sent. Absent if there is none. */
  readonly dueAt?: EpochMs;
}

const { reloadId: isReload } = END_FIELDS;
const place = { endedAt: isInstant, reloadId: isReload } as const;
/** Whether a value has a number, 0 or more, for each outcome: how many reloads, or how many seconds. */
const isByOutcome: Check = isObjectWith(
  Object.fromEntries(OUTCOMES.map((outcome) => [outcome, (value: unknown) => typeof value === 'number' && value >= 0])),
);

/** Whether a value says which deadline is next. */
const isNext = isObjectWith({ deadline: isInstant, after: maybe(isInstant) });

const readWhole = readerOf<AppStateDocument>(
  'app',
  {
    last: maybe(isObjectWith(END_FIELDS)),
    decided: maybe(isObjectWith(place)),
    lastSuccess: maybe(isObjectWith(place)),
    counts: isByOutcome,
    seconds: isByOutcome,
    seen: isListOf(isReload),
    failing: maybe(isObjectWith(STREAK_FIELDS)),
    over: isListOf(isObjectWith({ ...STREAK_FIELDS, reloadId: isReload, recoveredAt: isInstant })),
    late: maybe(isLate),
    expectedSince: maybe(
      isObjectWith({ text: isString, at: isInstant, success: maybe(isCountFrom(0)), next: maybe(isNext) }),
    ),
    ...OWING_FIELDS,
  },
  // Without a last end, no field names the app, so the id cannot be compared.
  ({ _id, last, seen }) => (last === undefined ? seen.length === 0 : _id === appStateId(last)),
);

/**
 * Reads an app's document. An earlier version of Cascade stored the last end only, and counted nothing. Such a document
 * is read as if that end had been the app's first one.
 *
 * @throws CascadeError LEDGER_MALFORMED.
 */
export function readAppState(document: StoredDocument): AppStateDocument {
  const { last, counts } = document;
  if (counts !== undefined || !isObjectWith(END_FIELDS)(last)) return readWhole(document);
  return readWhole({ ...document, ...appStateFrom(last as ReloadFinished) });
}

/**
 * What an app's document has counted, also if the document is malformed. If one of the two fields is missing or cannot
 * be read, its numbers are 0. So `cascade rebuild` can keep the counts of a spoilt document.
 */
export function readCounts({ counts, seconds }: Readonly<Record<string, unknown>> = {}): AppCounts {
  return {
    counts: isByOutcome(counts) ? (counts as AppState['counts']) : NO_COUNTS.counts,
    seconds: isByOutcome(seconds) ? (seconds as AppState['seconds']) : NO_COUNTS.seconds,
  };
}

/**
 * The document of an app.
 *
 * @param app - the app. `state` names it only if an end was recorded.
 * @param _rev - the version that the document replaces; undefined for an app without a document.
 */
export function appStateDocument(app: AppRef, state: AppState, _rev: string | undefined): NewDocument {
  const { last, decided, lastSuccess, counts, seconds, seen, failing, over, late, expectedSince } = state;
  const { notices, leases } = state;
  const ends = { last, decided, lastSuccess, counts, seconds, seen, failing, over, late, expectedSince };
  return owingDocument({ _id: appStateId(app), _rev, schema: 1, type: 'app', ...ends, notices, leases });
}

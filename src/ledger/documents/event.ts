import type { NewDocument } from '../../clients/couchdb/couchdb-port.ts';
import { SOURCES, type Source, type StoredEvent } from '../../contracts/batch.ts';
import { cappedStored } from '../../core/cap-end.ts';
import { definedFields } from '../../core/defined-fields.ts';
import { eventId } from '../../core/document-ids.ts';
import { OUTCOMES, type ReloadFinished } from '../../core/reload-finished.ts';
import { SKIP_REASONS, type Skip } from '../../core/skip.ts';
import type { TimeConstants } from '../../core/time-constants.ts';
import { addMs, type EpochMs } from '../../core/units.ts';
import { isReloadId } from '../../core/webhook/event-fields.ts';
import {
  type Check,
  isAppId,
  isBoolean,
  isCountFrom,
  isInstant,
  isListOf,
  isName,
  isObjectWith,
  isOneOf,
  isReason,
  isText,
  isTraceId,
  maybe,
  readerOf,
} from '../document-reader.ts';
import type { StoredAs } from '../stored-as.ts';

/**
 * `event:<tenant>:<reloadId>`: an event, that is, one end of a reload that Cascade heard of. Whoever hears of the end
 * first creates the document: mostly the action `receiver` by a webhook, or the sweep (it runs every 5 minutes). So an
 * end that is reported twice is worked on once. Later reports do not change `endedAt`. Only a time that is too far in
 * the future is corrected.
 *
 * Two things have to be done with an event. `resolvedAt`: all its orders (reloads that Cascade owes because of it) are
 * stored. `recordedAt`: the end is part of its app's document. An event of another tenant than the ledger means has
 * neither orders nor an app, so it gets both at once.
 *
 * Invariant: `resolvedAt` is written in a write of its own, after every order of the event is stored; `recordedAt` in
 * another one, after the end is part of its app. Each is written into the event as it was read. Until both are there,
 * the event is due.
 */
export interface EventDocument extends ReloadFinished, StoredAs<'event'> {
  readonly source: 'webhook' | 'sweep' | 'replay';
  readonly traceId: string;
  readonly storedAt: EpochMs;
  /**
   * The address, or Qlik's id, of the tenant that sent the webhook. Absent if no webhook reported the end, or if the
   * receiver's settings have neither.
   */
  readonly heardFrom?: string;
  /**
   * The reported time of the end, if it was too far in the future to be believed. Until that time the same webhook may
   * come again.
   */
  readonly reportedEnd?: EpochMs;
  /** When all orders of the event were stored. */
  readonly resolvedAt?: EpochMs;
  /** When the end became part of its app's document. */
  readonly recordedAt?: EpochMs;
  /** When `cascade replay` last ordered again what follows this event, or an event of the run that begins here. */
  readonly replayedAt?: EpochMs;
  /**
   * The hash of the definition (the compiled chains) by which the event was resolved. Events of an earlier version do
   * not have it.
   */
  readonly definition?: string;
  /** What the event did not set off, and why: mostly a link, which says that one app reloads after another. */
  readonly skips?: readonly Skip[];
  /** When the sweep takes the event up. Absent if nothing is left to do. */
  readonly dueAt?: EpochMs;
}

/** The checks of an ended reload's fields. Events have these fields, and so has an app's document for its last end. */
export const END_FIELDS = {
  tenant: isName,
  appId: isAppId,
  reloadId: (value: unknown) => typeof value === 'string' && isReloadId(value),
  outcome: isOneOf(OUTCOMES),
  endedAt: isInstant,
  createdAt: maybe(isInstant),
  startedAt: maybe(isInstant),
  partial: isBoolean,
  eventId: maybe(isText),
  startedBy: maybe(isText),
  orderId: maybe(isText),
  orderTry: maybe(isCountFrom(1)),
  error: maybe(isReason),
} as const;

// A skip has to name the link that the event did not set off, except for the reasons in `isReasonWithoutLink`.
const namesLink = isObjectWith({ chain: isText, target: isObjectWith({ tenant: isName, appId: isAppId }) });
const isReasonWithoutLink = isOneOf(['no-link', 'will-retry', 'other-tenant']);
const mustNameLink = isObjectWith({ reason: isOneOf(SKIP_REASONS.filter((reason) => !isReasonWithoutLink(reason))) });
/** A skip with a reason that this version does not know is accepted, because a later version may have written it. */
const isSkip: Check = (value) => isObjectWith({ reason: isText })(value) && (namesLink(value) || !mustNameLink(value));

/** Reads an event's document. @throws CascadeError LEDGER_MALFORMED. */
export const readEvent = readerOf<EventDocument>(
  'event',
  {
    ...END_FIELDS,
    source: isOneOf(SOURCES),
    heardFrom: maybe(isText),
    reportedEnd: maybe(isInstant),
    traceId: isTraceId,
    storedAt: isInstant,
    resolvedAt: maybe(isInstant),
    recordedAt: maybe(isInstant),
    replayedAt: maybe(isInstant),
    definition: maybe(isText),
    skips: maybe(isListOf(isSkip)),
    dueAt: maybe(isInstant),
  },
  ({ _id, tenant, reloadId }) => _id === eventId(tenant, reloadId),
);

/** A copy that has only the fields of an ended reload. `END_FIELDS` must name the same fields. */
export function endOf(event: ReloadFinished): ReloadFinished {
  const { tenant, appId, reloadId, outcome, endedAt, partial, eventId, startedBy } = event;
  const { createdAt, startedAt } = event;
  const { orderId, orderTry } = event;
  const error = event.error && { code: event.error.code, message: event.error.message };
  return definedFields({
    tenant,
    appId,
    reloadId,
    outcome,
    endedAt,
    createdAt,
    startedAt,
    partial,
    eventId,
    startedBy,
    orderId,
    orderTry,
    error,
  });
}

/** A stored event in the form in which one action passes it to the next. */
export function batchEventOf(event: EventDocument): StoredEvent {
  const { _rev: rev, storedAt, source, traceId, heardFrom, reportedEnd, recordedAt } = event;
  return {
    ...endOf(event),
    stored: definedFields({ rev, storedAt, source, traceId, heardFrom, reportedEnd, recordedAt }),
  };
}

/**
 * A stored event with a believable time: at most a few minutes after the report. A wrong clock may have set it in the
 * future. If the time has to change, `stored.reportedEnd` keeps the reported one.
 *
 * @param now - the store's clock.
 */
export function believedEvent(event: StoredEvent, now: EpochMs): StoredEvent {
  const believed = cappedStored(event, event.stored.storedAt, now);
  return believed === event ? event : { ...believed, stored: { reportedEnd: event.endedAt, ...event.stored } };
}

/**
 * How an activation (one run of an action) heard of an end, and when. Hints have it, too: something heard that must be
 * checked by asking Qlik.
 */
export interface Origin {
  readonly source: Source;
  readonly traceId: string;
  /** The store's clock; the clock of OpenWhisk's machine if the store has not answered yet. */
  readonly now: EpochMs;
  readonly times: TimeConstants;
  readonly heardFrom?: string | undefined;
  readonly reportedEnd?: EpochMs | undefined;
}

/**
 * A new event's document. It is due in two minutes. Until then the sweep leaves it to the actions that work on it now.
 */
export const newEvent = (
  event: ReloadFinished,
  { source, traceId, now, times, heardFrom, reportedEnd }: Origin,
): NewDocument => ({
  _id: eventId(event.tenant, event.reloadId),
  schema: 1,
  type: 'event',
  ...endOf(event),
  ...definedFields({ source, traceId, storedAt: now, heardFrom, reportedEnd }),
  dueAt: addMs(now, times.unresolved),
});

/**
 * The event's document, made from what an action was given instead of read again. If somebody has changed it since, a
 * write meets a conflict.
 */
export function documentOf(event: StoredEvent): EventDocument {
  const { rev: _rev, ...stored } = event.stored;
  return { _id: eventId(event.tenant, event.reloadId), _rev, schema: 1, type: 'event', ...endOf(event), ...stored };
}

/**
 * Whether the event is recorded: its end is part of its app's document. Events that an earlier version of Cascade
 * finished have no `recordedAt`. They are no longer due, and count as recorded.
 */
export const isRecorded = ({ recordedAt, dueAt }: Pick<EventDocument, 'recordedAt' | 'dueAt'>): boolean =>
  recordedAt !== undefined || dueAt === undefined;

/** What the resolver decided about an event, and when. */
interface Resolution {
  readonly now: EpochMs;
  readonly skips: readonly Skip[];
  readonly definition?: string | undefined;
}

/**
 * The event's document after all its orders are stored. If the event came from another tenant than the ledger means by
 * the name, it becomes part of no app. So it counts as recorded, too.
 *
 * @param now - the store's clock.
 * @param skips - the skips of this event only.
 * @param definition - the hash of the definition that decided.
 */
export function resolvedEvent(
  event: EventDocument,
  { now, skips, definition }: Resolution,
  times: TimeConstants,
): EventDocument {
  const isElsewhere = skips.some(({ reason }) => reason === 'other-tenant');
  const decided = { resolvedAt: now, skips, ...definedFields({ definition }) };
  return dueForRest({ ...event, ...decided, ...(isElsewhere && { recordedAt: now }) }, now, times);
}

/** The event's document after its end became part of its app. */
export const recordedEvent = (
  event: EventDocument,
  recordedAt: EpochMs,
  now: EpochMs,
  times: TimeConstants,
): EventDocument => dueForRest({ ...event, recordedAt }, now, times);

/**
 * The event's document with its next `dueAt`. The action `invoker` resolves an event, and the action `storer` records
 * it, at the same time. After one of them is done, the other gets at least a minute before the sweep takes the event
 * up. After both, the event is no longer due.
 */
function dueForRest({ dueAt, ...event }: EventDocument, now: EpochMs, times: TimeConstants): EventDocument {
  if (event.resolvedAt !== undefined && event.recordedAt !== undefined) return event;
  return { ...event, dueAt: Math.max(dueAt ?? 0, addMs(now, times.unrecorded)) as EpochMs };
}

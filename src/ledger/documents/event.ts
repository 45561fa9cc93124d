import type { NewDocument, StoredDocument } from '../../clients/couchdb/couchdb-port.ts';
import { type BatchEvent, SOURCES, type Source } from '../../contracts/batch.ts';
import { eventId } from '../../core/document-ids.ts';
import { OUTCOMES, type ReloadFinished } from '../../core/reload-finished.ts';
import { SKIP_REASONS, type Skip } from '../../core/skip.ts';
import type { TimeConstants } from '../../core/time-constants.ts';
import { addMs, type EpochMs } from '../../core/units.ts';
import { isReloadId } from '../../core/webhook/is-reload-id.ts';
import {
  type Check,
  checkDocument,
  isAppId,
  isBoolean,
  isInstant,
  isListOf,
  isName,
  isObjectWith,
  isOneOf,
  isReason,
  isText,
  isTraceId,
  maybe,
} from '../check-document.ts';

/**
 * `event:<tenant>:<reloadId>`: a reload that ended. Created once, by whoever hears of it first, who fixes its `endedAt`.
 *
 * Invariant: `resolvedAt` is written only after each of its orders is stored, in a write of its own; until then it is due.
 */
export interface EventDocument extends ReloadFinished {
  readonly _id: string;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'event';
  readonly source: 'webhook' | 'sweep' | 'replay';
  readonly traceId: string;
  readonly storedAt: EpochMs;
  /** Of a webhook: the address or the id of the tenant whose credential verified, as far as the settings say it. */
  readonly heardFrom?: string;
  readonly resolvedAt?: EpochMs;
  readonly skips?: readonly Skip[];
  readonly dueAt?: EpochMs;
}

/** What each field of an ended reload has to be, wherever it is stored. */
export const END_FIELDS = {
  tenant: isName,
  appId: isAppId,
  reloadId: (value: unknown) => typeof value === 'string' && isReloadId(value),
  outcome: isOneOf(OUTCOMES),
  endedAt: isInstant,
  partial: isBoolean,
  eventId: maybe(isText),
  startedBy: maybe(isText),
  orderId: maybe(isText),
  error: maybe(isReason),
} as const;

const isOfLink = isObjectWith({ chain: isText, target: isObjectWith({ tenant: isName, appId: isAppId }) });
/** Of these reasons a skip names no link. */
const OF_EVENT: readonly unknown[] = ['no-link', 'other-tenant'];
const isKnownReason = isOneOf(SKIP_REASONS);
/** A skip whose reason a later version has brought is fine. */
const isSkip: Check = (value) =>
  isObjectWith({ reason: isText })(value) &&
  (!isObjectWith({ reason: isKnownReason })(value) ||
    isObjectWith({ reason: (reason) => OF_EVENT.includes(reason) })(value) ||
    isOfLink(value));

/**
 * Reads an event's document.
 *
 * @throws CascadeError LEDGER_MALFORMED.
 */
export const readEvent = (document: StoredDocument): EventDocument =>
  checkDocument<EventDocument>(
    document,
    'event',
    {
      ...END_FIELDS,
      source: isOneOf(SOURCES),
      heardFrom: maybe(isText),
      traceId: isTraceId,
      storedAt: isInstant,
      resolvedAt: maybe(isInstant),
      skips: maybe(isListOf(isSkip)),
      dueAt: maybe(isInstant),
    },
    ({ _id, tenant, reloadId }) => _id === eventId(tenant, reloadId),
  );

/** What is told of an ended reload, and nothing else that its holder may have: the one list of these fields. */
export function endOf(event: ReloadFinished): ReloadFinished {
  const { tenant, appId, reloadId, outcome, endedAt, partial, eventId, startedBy, orderId, error } = event;
  return {
    tenant,
    appId,
    reloadId,
    outcome,
    endedAt,
    partial,
    ...(eventId !== undefined && { eventId }),
    ...(startedBy !== undefined && { startedBy }),
    ...(orderId !== undefined && { orderId }),
    ...(error !== undefined && { error: { code: error.code, message: error.message } }),
  };
}

/** A stored event as the steps pass it on. */
export function batchEventOf(event: EventDocument): BatchEvent {
  const { _rev: rev, storedAt, source, traceId, heardFrom } = event;
  return { ...endOf(event), stored: { rev, storedAt, source, traceId, ...(heardFrom !== undefined && { heardFrom }) } };
}

/** Whoever hears of an end: in which run, and when. */
export interface Teller {
  readonly source: Source;
  readonly traceId: string;
  /** The store's clock; if nothing told it yet, the teller's own. */
  readonly now: EpochMs;
  readonly times: TimeConstants;
  readonly heardFrom?: string | undefined;
}

/** An event's document as whoever hears of it first puts it: due until it is resolved, and at once no business of the sweep. */
export const newEvent = (event: ReloadFinished, { source, traceId, now, times, heardFrom }: Teller): NewDocument => ({
  _id: eventId(event.tenant, event.reloadId),
  schema: 1,
  type: 'event',
  ...endOf(event),
  source,
  traceId,
  storedAt: now,
  ...(heardFrom !== undefined && { heardFrom }),
  dueAt: addMs(now, times.unresolved),
});

/**
 * The event's document with what came of it: no longer due.
 *
 * @param now - the store's clock.
 * @param skips - those of this event.
 */
export function resolvedEvent(
  event: BatchEvent & Required<Pick<BatchEvent, 'stored'>>,
  { now, skips }: { readonly now: EpochMs; readonly skips: readonly Skip[] },
): NewDocument {
  const { rev, storedAt, source, traceId, heardFrom } = event.stored;
  return {
    _id: eventId(event.tenant, event.reloadId),
    _rev: rev,
    schema: 1,
    type: 'event',
    ...endOf(event),
    source,
    traceId,
    storedAt,
    ...(heardFrom !== undefined && { heardFrom }),
    resolvedAt: now,
    skips,
  };
}

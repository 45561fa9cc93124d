import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { type BatchEvent, SOURCES } from '../contracts/batch.ts';
import { eventId } from '../core/document-ids.ts';
import type { ReloadFinished } from '../core/reload-finished.ts';
import { SKIP_REASONS } from '../core/skip.ts';
import {
  type Check,
  checkDocument,
  isAppId,
  isInstant,
  isListOf,
  isName,
  isObjectWith,
  isOneOf,
  isText,
  isTraceId,
  maybe,
} from './check-document.ts';
import { END_FIELDS } from './check-end.ts';
import type { EventDocument } from './documents/event-document.ts';

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

import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { type BatchEvent, SOURCES } from '../contracts/batch.ts';
import { OUTCOMES, type ReloadFinished } from '../core/reload-finished.ts';
import { checkDocument, isBoolean, isNumber, isObject, isOneOf, isText, maybe } from './check-document.ts';
import type { EventDocument } from './documents/event-document.ts';

/**
 * Reads an event's document.
 *
 * @throws CascadeError LEDGER_MALFORMED.
 */
export const readEvent = (document: StoredDocument): EventDocument =>
  checkDocument<EventDocument>(document, 'event', {
    tenant: isText,
    appId: isText,
    reloadId: isText,
    outcome: isOneOf(OUTCOMES),
    endedAt: isNumber,
    partial: isBoolean,
    eventId: maybe(isText),
    startedBy: maybe(isText),
    orderId: maybe(isText),
    error: maybe(isObject),
    source: isOneOf(SOURCES),
    traceId: isText,
    storedAt: isNumber,
    heardFrom: maybe(isText),
    resolvedAt: maybe(isNumber),
    dueAt: maybe(isNumber),
  });

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

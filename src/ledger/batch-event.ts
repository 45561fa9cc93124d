import type { BatchEvent } from '../contracts/batch.ts';
import type { ReloadFinished } from '../core/reload-finished.ts';
import type { EventDocument } from './documents/event-document.ts';

/** What is told of an ended reload, and nothing else that its holder may have: one list of the fields for all. */
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
  const { _rev: rev, storedAt, source, traceId } = event;
  return { ...endOf(event), stored: { rev, storedAt, source, traceId } };
}

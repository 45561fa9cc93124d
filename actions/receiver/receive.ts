import type { Batch } from '../../src/contracts/batch.ts';
import { cappedEnd } from '../../src/core/cap-end.ts';
import { appKey } from '../../src/core/names.ts';
import { ENGINE_ATTEMPT, normaliseEvent, RELOAD_FINISHED, type Told } from '../../src/core/webhook/normalise-event.ts';
import { authentic, type ReceiverPorts, readBody, type WebhookRequest } from './read-request.ts';

/**
 * Turns a webhook's request into a batch of at most one event: size, then who sent it, then what it says.
 *
 * @throws CascadeError BODY_TOO_LARGE, UNAUTHORIZED, EVENT_MALFORMED.
 */
export function receive(request: WebhookRequest, ports: ReceiverPorts): Batch {
  const sender = authentic(request, ports);
  const { json, envelope } = readBody(sender, ports);
  const told = normaliseEvent(json, {
    tenant: sender.tenant.name,
    receivedAt: ports.receivedAt,
    activationId: ports.activationId,
    countedType: ports.settings.countedEvent === 'reload.finished' ? RELOAD_FINISHED : ENGINE_ATTEMPT,
  });
  return batchOf(told, envelope.traceId ?? ports.activationId, ports);
}

function batchOf(told: Told, traceId: string, { receivedAt, isInAChain }: ReceiverPorts): Batch {
  const batch = { traceId, source: 'webhook', receivedAt } as const;
  if (told.kind === 'ignored') return { ...batch, events: [], ignored: [told.ignored] };
  // Without a ledger there is no clock but the container's.
  const event = cappedEnd(told.event, receivedAt);
  if (isInAChain(appKey(event))) return { ...batch, events: [event], ignored: [] };
  const { appId, reloadId } = event;
  return { ...batch, events: [], ignored: [{ reason: 'not-in-a-chain', appId, reloadId }] };
}

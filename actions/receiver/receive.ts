import type { Batch } from '../../src/contracts/batch.ts';
import { cappedEnd } from '../../src/core/cap-end.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { appKey } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { EpochMs } from '../../src/core/units.ts';
import {
  ENGINE_ATTEMPT,
  normaliseEvent,
  RELOAD_FINISHED,
  type WebhookNews,
} from '../../src/core/webhook/normalise-event.ts';
import { type Authentic, authentic, type ReceiverPorts, readBody, type WebhookRequest } from './read-request.ts';
import { clockOf, type ReceiverLedger, storeDeadLetter, storeEvent, storeHint } from './store-end.ts';

/** What the receiver needs from the world. `ledger` is absent without a ledger; then nothing is stored. */
export type ReceivePorts = ReceiverPorts & { readonly ledger?: ReceiverLedger };

const DAY_MS = 86_400_000;

/**
 * Turns a webhook's request into a batch of at most one event or hint.
 *
 * Invariant: with a ledger it returns only after the event or hint is stored. If it fails, the sender may send the
 * request again.
 *
 * @throws CascadeError BODY_TOO_LARGE, UNAUTHORIZED, EVENT_MALFORMED (with a ledger the body is kept as a dead letter).
 * With a ledger also STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED, and LEDGER_MALFORMED if the document of this end
 * exists and is spoilt (an alert names it).
 */
export async function receive(request: WebhookRequest, ports: ReceivePorts): Promise<Batch> {
  const { receivedAt, ledger } = ports;
  const sender = authentic(request, ports);
  const { news, traceId } = await understand(sender, ports);
  const batch = { traceId, source: 'webhook', receivedAt, events: [], ignored: [] } as const;
  if (news.kind === 'ignored') return { ...batch, ignored: [news.ignored] };
  const ended = news.kind === 'event' ? news.event : news.attempt;
  const { appId, reloadId } = ended;
  const reason = whyIgnored(ended, ports);
  if (reason !== undefined) return { ...batch, ignored: [{ reason, appId, reloadId }] };
  if (ledger === undefined) return { ...batch, events: [cappedEnd(ended, receivedAt)] };
  const webhook = { ...ports, ledger, traceId, heardFrom: sender.tenant.heardFrom };
  return {
    ...batch,
    ...(news.kind === 'event' ? await storeEvent(ended, webhook) : await storeHint(news, webhook)),
  };
}

/** Parses the body. With a ledger, a body that is no event is stored as a dead letter before the sender is refused. */
async function understand(
  sender: Authentic,
  ports: ReceivePorts,
): Promise<{ readonly news: WebhookNews; readonly traceId: string }> {
  const { settings, receivedAt, activationId, ledger } = ports;
  try {
    const { json, envelope } = readBody(sender, ports);
    const countedBySetting = settings.countedEvent === 'reload.finished' ? RELOAD_FINISHED : ENGINE_ATTEMPT;
    const countedType = ledger === undefined ? countedBySetting : undefined;
    const news = normaliseEvent(json, { tenant: sender.tenant.name, receivedAt, activationId, countedType });
    return { news, traceId: envelope.traceId ?? activationId };
  } catch (error) {
    if (ledger !== undefined && error instanceof CascadeError && error.code === 'EVENT_MALFORMED') {
      await storeDeadLetter(sender, error, { ...ports, ledger });
    }
    throw error;
  }
}

function whyIgnored(
  ended: ReloadFinished,
  { isInAChain, ledger, receivedAt }: ReceivePorts,
): 'not-in-a-chain' | 'too-old' | undefined {
  if (!isInAChain(appKey(ended))) return 'not-in-a-chain';
  if (ledger === undefined) return undefined;
  // Documents are removed after `retention`. For an end that is at least a day younger than that, the ledger surely knows
  // whether it was dealt with.
  const oldest = (clockOf({ ledger, receivedAt }) - (ledger.retention - DAY_MS)) as EpochMs;
  return ended.endedAt < oldest ? 'too-old' : undefined;
}

/*
 * The receiver is the first action that a webhook from Qlik reaches. It checks who sent the webhook, and reads which
 * app's reload ended. It stores that in the ledger (Cascade's memory) if there is one, so that nothing is lost from
 * then on.
 *
 * An event is a reload that ended. A hint is a webhook that alone does not prove that a reload ended, so Cascade must
 * check it by asking Qlik. A dead letter is a webhook from the right sender that Cascade could not understand.
 */

import type { Batch } from '../../src/contracts/batch.ts';
import { cappedEnd } from '../../src/core/cap-end.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { appKey } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import {
  ENGINE_ATTEMPT,
  normaliseEvent,
  RELOAD_FINISHED,
  type WebhookNews,
} from '../../src/core/webhook/normalise-event.ts';
import { isTooOld } from '../../src/ledger/retention/is-too-old.ts';
import { type Authentic, authentic, type ReceiverPorts, readBody, type WebhookRequest } from './read-request.ts';
import { clockOf, type ReceiverLedger, storeDeadLetter, storeEvent, storeHint } from './store-end.ts';

/** What the receiver needs from the world. `ledger` is absent without a ledger; then nothing is stored. */
export type ReceivePorts = ReceiverPorts & { readonly ledger?: ReceiverLedger };

/**
 * Turns a webhook's request into a batch for the next step, the resolver. The batch has at most one event or hint.
 *
 * Invariant: with a ledger this returns only after the event or hint is stored. If it fails, the sender may send the
 * request again.
 *
 * @throws CascadeError BODY_TOO_LARGE, UNAUTHORIZED, EVENT_MALFORMED (with a ledger the body is kept as a dead letter).
 *   With a ledger also STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED, and LEDGER_MALFORMED if the document of this
 *   end exists and is malformed (an alert names it).
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

/**
 * Parses the body. With a ledger, a body that is not understood is stored as a dead letter before the sender is
 * refused.
 */
async function understand(
  sender: Authentic,
  ports: ReceivePorts,
): Promise<{ readonly news: WebhookNews; readonly traceId: string }> {
  const { settings, receivedAt, activationId, ledger } = ports;
  try {
    const { json, envelope } = readBody(sender, ports);
    // Qlik has two types of webhooks for the end of a reload. Without a ledger, a setting says which of them counts.
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

/** Why nothing may follow from an end; undefined if something may. */
function whyIgnored(
  ended: ReloadFinished,
  { isInAChain, ledger, receivedAt }: ReceivePorts,
): 'not-in-a-chain' | 'too-old' | undefined {
  if (!isInAChain(appKey(ended))) return 'not-in-a-chain';
  if (ledger === undefined) return undefined;
  return isTooOld(ended.endedAt, clockOf({ ledger, receivedAt }), ledger.retention) ? 'too-old' : undefined;
}

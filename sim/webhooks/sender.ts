/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. A delivery sends an
 * event to a webhook. This file makes one delivery, signs it as Qlik does, and records the result.
 */

import { createHmac } from 'node:crypto';
import type { Chance } from '../chance.ts';
import type { Journal } from '../journal.ts';
import type { Switches } from '../switches.ts';
import type { Deliveries, Delivery } from './deliveries.ts';
import { type PostPorts, type PostResult, postBody, type WireFault } from './post-body.ts';
import type { Webhook } from './webhook.ts';
import type { Webhooks } from './webhooks.ts';

export interface SenderPorts extends PostPorts {
  readonly chance: Chance;
  readonly switches: Switches;
  readonly journal: Journal;
  readonly webhooks: Webhooks;
  readonly deliveries: Deliveries;
}

/** A text to send to a webhook, and what the records show about it. */
export interface Payload {
  readonly eventType: string;
  readonly body: string;
  readonly eventId?: string | undefined;
  readonly appId?: string | undefined;
  /** The number of the attempt, from 1. */
  readonly attempt?: number;
  readonly wire?: WireFault | undefined;
}

/**
 * How many bytes of an answer the journal (the tenant's list of what happened) shows, so that its entries stay small.
 */
const JOURNAL_BYTES = 4096;

/** Sends a text to a webhook, and records the result. When somebody moves the clock, the clock waits for that. */
export function sendAtOnce(ports: SenderPorts, webhook: Webhook, payload: Payload): Promise<Delivery> {
  return ports.outside.run(() => sendDelivery(ports, webhook, payload));
}

/** Sends the bytes of a delivery once more, with the present settings of the webhook (facts q-deliveries-08, -09). */
export function sendAgain(ports: SenderPorts, webhook: Webhook, delivery: Delivery): Promise<Delivery> {
  const { eventType, eventId, appId, request } = delivery;
  return sendAtOnce(ports, webhook, { eventType, eventId, appId, body: request.body });
}

/**
 * The same as `sendAtOnce`, but the clock does not wait for it. The caller has to run it by `outside`, if the clock has
 * to wait.
 */
export async function sendDelivery(ports: SenderPorts, webhook: Webhook, payload: Payload): Promise<Delivery> {
  const { clock, switches } = ports;
  const id = ports.chance.uuid();
  const triggeredAt = clock.now();
  const sentAt = clock.preciseNow();
  const own = ownHeaders(switches.get('delivery.contentType'), payload.body, webhook.secret);
  const headers = { ...webhook.headers, ...webhook.encryptedHeaders, ...own };
  const timeoutMs = switches.get('delivery.timeoutMs');
  const { body, wire } = payload;
  const result = await postBody({ url: webhook.url, headers, body, timeoutMs, wire }, ports);
  const omitted = Object.keys(webhook.encryptedHeaders).map((name) => [name, '**OMITTED**'] as const);
  const shown = { ...headers, ...Object.fromEntries(omitted) };
  const delivery = ports.deliveries.add({
    id,
    webhookId: webhook.id,
    eventType: payload.eventType,
    eventId: payload.eventId,
    appId: payload.appId,
    ...judge(result),
    triggeredAt,
    request: { url: webhook.url, headers: shown, body: payload.body },
    response: result.kind === 'answer' ? result.response : undefined,
  });
  ports.webhooks.delivered(webhook.id, delivery.status === 'success');
  journalDelivery(ports, delivery, payload, sentAt);
  return delivery;
}

function ownHeaders(contentType: string, body: string, secret: string | undefined): Record<string, string> {
  return {
    'Content-Type': contentType,
    'Content-Length': String(Buffer.byteLength(body)),
    'User-Agent': 'Qlik Webhook',
    'Accept-Encoding': 'gzip',
    ...(secret !== undefined && { 'Qlik-Signature': signBody(body, secret) }),
  };
}

/**
 * Whether a delivery has succeeded: only a 2xx is a success. For a redirect, the message is a real tenant's
 * (facts q-deliveries-04, -05).
 */
function judge(result: PostResult): Pick<Delivery, 'status' | 'statusMessage'> {
  if (result.kind === 'no-answer') return { status: 'fail', statusMessage: result.reason };
  const { statusCode } = result.response;
  const answer = `${statusCode} ${result.statusText}`.trim();
  if (statusCode >= 200 && statusCode < 300) return { status: 'success', statusMessage: answer };
  const isRedirect = statusCode >= 300 && statusCode < 400;
  const reason = isRedirect ? 'redirects are forbidden' : 'unexpected status';
  return { status: 'fail', statusMessage: `${reason} ${statusCode} (${answer})` };
}

function journalDelivery(ports: SenderPorts, delivery: Delivery, payload: Payload, sentAt: number): void {
  ports.journal.add('delivery', {
    webhookId: delivery.webhookId,
    deliveryId: delivery.id,
    eventType: payload.eventType,
    eventId: payload.eventId,
    appId: payload.appId,
    attempt: payload.attempt,
    status: delivery.status,
    statusCode: delivery.response?.statusCode,
    statusMessage: delivery.statusMessage,
    body: Buffer.from(delivery.response?.body ?? '')
      .subarray(0, JOURNAL_BYTES)
      .toString('utf8'),
    sentAt,
    answeredAt: ports.clock.preciseNow(),
  });
}

/**
 * The value of the header `Qlik-Signature`: the HMAC-SHA256 of the bytes, with the secret as key, in lower-case hex
 * (fact q-signature-01).
 */
export function signBody(body: string | Uint8Array, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

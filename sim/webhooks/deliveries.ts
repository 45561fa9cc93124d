/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. A delivery is one
 * attempt to send an event to a webhook. This file keeps the finished ones, because Qlik shows them for seven days.
 */

import { type Clock, isoTime } from '../clock.ts';
import { jsonOrText } from '../http/call.ts';

/** A finished attempt to deliver an event to a webhook. */
export interface Delivery {
  readonly id: string;
  readonly seq: number;
  readonly webhookId: string;
  readonly eventType: string;
  /** The id of the event; undefined for a text that somebody sent by hand. */
  readonly eventId: string | undefined;
  readonly appId: string | undefined;
  readonly status: 'success' | 'fail';
  readonly statusMessage: string;
  /** Epoch ms. */
  readonly triggeredAt: number;
  readonly request: { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: string };
  readonly response:
    | { readonly statusCode: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }
    | undefined;
}

/** A delivery as the API shows it. If the body of its request is JSON, it is shown as JSON. */
export function viewDelivery(delivery: Delivery): Record<string, unknown> {
  const { seq: _seq, eventId: _eventId, appId: _appId, triggeredAt, request, ...rest } = delivery;
  return { ...rest, triggeredAt: isoTime(triggeredAt), request: { ...request, body: jsonOrText(request.body) } };
}

/** The API shows a delivery for seven days (fact q-deliveries-07). */
const KEPT_MS = 7 * 24 * 3_600_000;
/** At least so many of the newest deliveries of a webhook are kept. Older ones are dropped, to bound the memory. */
const KEPT_PER_WEBHOOK = 10_000;
/**
 * The oldest deliveries are dropped in blocks of this size. If each new delivery dropped one, adding a delivery would
 * cost twice as much.
 */
const BLOCK = 1_000;

/**
 * The finished deliveries of each webhook in the last seven days. If there are more than 10,000, old ones may be
 * missing.
 */
export class Deliveries {
  readonly #clock: Clock;
  readonly #byWebhook = new Map<string, Delivery[]>();
  #seq = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(fields: Omit<Delivery, 'seq'>): Delivery {
    const delivery = { ...fields, seq: this.#seq + 1 };
    this.restore([delivery]);
    return delivery;
  }

  /** The deliveries of one webhook in the last seven days, oldest first. */
  of(webhookId: string): readonly Delivery[] {
    const since = this.#clock.now() - KEPT_MS;
    return (this.#byWebhook.get(webhookId) ?? []).filter((delivery) => delivery.triggeredAt >= since);
  }

  find(webhookId: string, id: string): Delivery | undefined {
    return this.of(webhookId).find((delivery) => delivery.id === id);
  }

  /** The newest deliveries of each webhook, `atMost` of each. */
  saved(atMost: number): readonly Delivery[] {
    return [...this.#byWebhook.values()].flatMap((kept) => kept.slice(-atMost));
  }

  restore(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      const kept = this.#byWebhook.get(delivery.webhookId) ?? [];
      this.#byWebhook.set(delivery.webhookId, kept);
      kept.push(delivery);
      if (kept.length >= KEPT_PER_WEBHOOK + BLOCK) kept.splice(0, BLOCK);
      this.#seq = Math.max(this.#seq, delivery.seq);
    }
  }

  forget(webhookId: string): void {
    this.#byWebhook.delete(webhookId);
  }
}

import type { Clock } from '../clock.ts';
import { jsonOrText } from '../http/call.ts';

/** One attempt to deliver an event, finished. */
export interface Delivery {
  readonly id: string;
  readonly seq: number;
  readonly webhookId: string;
  readonly eventType: string;
  /** Of the event, if it was one. */
  readonly eventId: string | undefined;
  readonly appId: string | undefined;
  readonly status: 'success' | 'fail';
  readonly statusMessage: string;
  /** Epoch ms. */
  readonly triggeredAt: number;
  readonly request: { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: Buffer };
  readonly response:
    | { readonly statusCode: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }
    | undefined;
}

/** A delivery as the API answers it; its body as JSON where it is JSON. */
export function viewDelivery(delivery: Delivery): Record<string, unknown> {
  const { seq: _seq, eventId: _eventId, appId: _appId, triggeredAt, request, ...rest } = delivery;
  return {
    ...rest,
    triggeredAt: new Date(triggeredAt).toISOString(),
    request: { ...request, body: jsonOrText(request.body.toString('utf8')) },
  };
}

/** A delivery as it is kept over a restart: its body as text, which it always is. */
export type SavedDelivery = Omit<Delivery, 'request'> & {
  readonly request: Omit<Delivery['request'], 'body'> & { readonly body: string };
};

/** How long a delivery can be looked up (q-deliveries-07). */
const KEPT_MS = 7 * 24 * 3_600_000;
const KEPT_PER_WEBHOOK = 10_000;
/** The oldest are dropped in blocks: one by one it would cost as much as all the rest of a delivery. */
const BLOCK = 1_000;

/** The finished deliveries of each webhook: of seven days, the newest 10,000 at least. */
export class Deliveries {
  readonly #clock: Clock;
  readonly #byWebhook = new Map<string, Delivery[]>();
  readonly #saved = new WeakMap<Delivery, SavedDelivery>();
  #seq = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(fields: Omit<Delivery, 'seq'>): Delivery {
    this.#seq += 1;
    const delivery = { ...fields, seq: this.#seq };
    this.#keep(delivery);
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

  /** The newest `atMost` of each webhook; the same delivery gives the same object each time. */
  saved(atMost: number): readonly SavedDelivery[] {
    return [...this.#byWebhook.values()].flatMap((kept) => kept.slice(-atMost)).map((each) => this.#savedOf(each));
  }

  restore(deliveries: readonly SavedDelivery[]): void {
    for (const { request, ...rest } of deliveries) {
      const delivery = { ...rest, request: { ...request, body: Buffer.from(request.body, 'utf8') } };
      this.#keep(delivery);
      this.#seq = Math.max(this.#seq, delivery.seq);
    }
  }

  #savedOf(delivery: Delivery): SavedDelivery {
    const { request } = delivery;
    const saved = this.#saved.get(delivery) ?? {
      ...delivery,
      request: { ...request, body: request.body.toString('utf8') },
    };
    this.#saved.set(delivery, saved);
    return saved;
  }

  #keep(delivery: Delivery): void {
    const kept = this.#byWebhook.get(delivery.webhookId) ?? [];
    this.#byWebhook.set(delivery.webhookId, kept);
    kept.push(delivery);
    if (kept.length >= KEPT_PER_WEBHOOK + BLOCK) kept.splice(0, BLOCK);
  }

  forget(webhookId: string): void {
    this.#byWebhook.delete(webhookId);
  }
}

import type { Clock } from '../clock.ts';
import type { Delivery } from './delivery.ts';

/** How long a delivery can be looked up (q-deliveries-07). */
const KEPT_MS = 7 * 24 * 3_600_000;
const KEPT_PER_WEBHOOK = 10_000;
/** The oldest are dropped in blocks: one by one it would cost as much as all the rest of a delivery. */
const BLOCK = 1_000;

/** The finished deliveries of each webhook: of seven days, the newest 10,000 at least. */
export class Deliveries {
  readonly #clock: Clock;
  readonly #byWebhook = new Map<string, Delivery[]>();
  #seq = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(fields: Omit<Delivery, 'seq'>): Delivery {
    this.#seq += 1;
    const delivery = { ...fields, seq: this.#seq };
    const kept = this.#byWebhook.get(delivery.webhookId) ?? [];
    this.#byWebhook.set(delivery.webhookId, kept);
    kept.push(delivery);
    if (kept.length >= KEPT_PER_WEBHOOK + BLOCK) kept.splice(0, BLOCK);
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

  forget(webhookId: string): void {
    this.#byWebhook.delete(webhookId);
  }
}

/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. A webhook is an
 * address to which the tenant sends events. This file keeps the webhooks, and disables one that fails too often.
 */

import type { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import type { Switches } from '../switches.ts';
import type { Webhook, WebhookFields } from './webhook.ts';

const NEVER_DISABLED = { disabledReason: undefined, disabledReasonCode: undefined };

/** The webhooks in the state file. */
export interface SavedWebhooks {
  readonly seq: number;
  readonly webhooks: readonly Webhook[];
  readonly failures: readonly (readonly [id: string, count: number])[];
}

/** The webhooks of the tenant by id. */
export class Webhooks {
  readonly #clock: Clock;
  readonly #chance: Chance;
  readonly #switches: Switches;
  readonly #webhooks = new Map<string, Webhook>();
  readonly #failures = new Map<string, number>();
  #seq = 0;

  constructor(clock: Clock, chance: Chance, switches: Switches) {
    this.#clock = clock;
    this.#chance = chance;
    this.#switches = switches;
  }

  get(id: string): Webhook | undefined {
    return this.#webhooks.get(id);
  }

  /** All webhooks, in the order of their creation. */
  all(): readonly Webhook[] {
    return [...this.#webhooks.values()];
  }

  add(fields: WebhookFields, userId: string): Webhook {
    const now = this.#clock.now();
    this.#seq += 1;
    const made = { id: this.#chance.hexId(), seq: this.#seq, createdAt: now, updatedAt: now };
    return this.#put({ ...fields, ...made, createdByUserId: userId, updatedByUserId: userId, ...NEVER_DISABLED });
  }

  /**
   * Replaces the fields that the owner sets. If a disabled webhook is enabled again, its count of failures is reset.
   */
  change(webhook: Webhook, fields: WebhookFields, userId: string): Webhook {
    const reason = fields.enabled ? NEVER_DISABLED : {};
    if (fields.enabled && !webhook.enabled) this.#failures.delete(webhook.id);
    // A webhook that sends CloudEvents cannot go back to the old form.
    const enableCloudEventDelivery = webhook.enableCloudEventDelivery || fields.enableCloudEventDelivery;
    const changed = { ...webhook, ...fields, ...reason, enableCloudEventDelivery };
    return this.#put({ ...changed, updatedAt: this.#clock.now(), updatedByUserId: userId });
  }

  saved(): SavedWebhooks {
    return { seq: this.#seq, webhooks: this.all(), failures: [...this.#failures] };
  }

  restore({ seq, webhooks, failures }: SavedWebhooks): void {
    this.#seq = seq;
    for (const webhook of webhooks) this.#put(webhook);
    for (const [id, count] of failures) this.#failures.set(id, count);
  }

  delete(id: string): void {
    this.#webhooks.delete(id);
    this.#failures.delete(id);
  }

  /**
   * Notes how a delivery ended. After as many failures in a row as the switch `webhook.disableAfter` (a setting of the
   * simulation) says, this disables the webhook (fact q-deliveries-10).
   */
  delivered(id: string, isSuccess: boolean): void {
    const webhook = this.#webhooks.get(id);
    const limit = this.#switches.get('webhook.disableAfter');
    if (webhook === undefined || limit === 'off') return;
    const failures = isSuccess ? 0 : (this.#failures.get(id) ?? 0) + 1;
    this.#failures.set(id, failures);
    if (failures < limit || !webhook.enabled) return;
    const disabledReason = `${failures} deliveries failed in a row`;
    const disabledReasonCode = this.#switches.get('webhook.disabledReasonCode');
    this.#put({ ...webhook, enabled: false, disabledReason, disabledReasonCode });
  }

  #put(webhook: Webhook): Webhook {
    this.#webhooks.set(webhook.id, webhook);
    return webhook;
  }
}

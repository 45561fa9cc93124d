import type { ApiAccess } from '../access.ts';
import type { Apps } from '../apps.ts';
import type { Audits } from '../audits.ts';
import type { Faults } from '../faults.ts';
import type { Keeper } from '../state/state-file.ts';
import type { Form } from '../switches.ts';
import { envelope, parseEventFilter, type TenantEvent } from './event.ts';
import { drawMishap } from './mishap.ts';
import { type Pending, PendingDeliveries, restoredPending, type SavedPending } from './pending.ts';
import { type SenderPorts, sendDelivery } from './sender.ts';
import type { Webhook } from './webhook.ts';

export interface PublisherPorts extends SenderPorts {
  readonly faults: Faults;
  readonly apps: Apps;
  readonly access: ApiAccess;
  readonly audits: Audits;
  readonly keeper: Keeper | undefined;
}

/** Sends events to the webhooks that subscribe to them, with what the faults do to it. */
export class Publisher {
  readonly #ports: PublisherPorts;
  /** For each webhook, how to let go of the delivery that waits to be overtaken. */
  readonly #held = new Map<string, () => void>();
  readonly #pending = new PendingDeliveries();

  constructor(ports: PublisherPorts) {
    this.#ports = ports;
  }

  /** Keeps an event of `type` for the audits and starts its deliveries; returns at once. */
  publish(type: string, make: () => TenantEvent): void {
    const subscribed = this.#ports.webhooks.all().filter((one) => one.enabled && one.eventTypes.includes(type));
    const event = make();
    this.#ports.audits.add(event);
    for (const webhook of subscribed) {
      if (this.#passes(webhook, event)) this.#deliver(event, webhook.id);
    }
  }

  #passes(webhook: Webhook, event: TenantEvent): boolean {
    const app = this.#ports.apps.get(event.appId);
    const ownerId = webhook.ownerId ?? webhook.createdByUserId;
    // A webhook of level `user` tells of nothing that its owner may not see.
    if (webhook.level === 'user' && (app === undefined || !this.#ports.access.maySee(ownerId, app))) return false;
    return webhook.filter === undefined || parseEventFilter(webhook.filter, webhook.eventTypes)(event);
  }

  #deliver(event: TenantEvent, webhookId: string): void {
    const { id: eventId, type: eventType, appId } = event;
    const mishap = drawMishap(this.#ports, { webhookId, appId, eventType });
    if (mishap.copies === 0) return;
    const body = Buffer.from(JSON.stringify(envelope(event, this.#formFor(webhookId))), 'utf8');
    const payload = { eventType, body, eventId, appId, wire: mishap.wire, attempt: 1 };
    const { copies, holdMs, delayMs } = mishap;
    const pending = { webhookId, payload, copies, holdMs, dueAt: this.#ports.clock.now() + delayMs };
    this.#pending.add(pending);
    if (delayMs === 0) this.#start(pending);
    else this.#ports.clock.after(delayMs, () => this.#start(pending));
  }

  saved(): readonly SavedPending[] {
    return this.#pending.saved();
  }

  /** Goes on with deliveries that were not over; one that was under way is made again. */
  restore(saved: readonly SavedPending[]): void {
    const { clock } = this.#ports;
    for (const pending of restoredPending(saved)) {
      this.#pending.add(pending);
      clock.after(pending.dueAt - clock.now(), () => this.#start(pending));
    }
  }

  #start(pending: Pending): void {
    const { webhookId, holdMs } = pending;
    const send = () => void this.#sendCopies(pending);
    if (holdMs === undefined || this.#held.has(webhookId)) send();
    else this.#hold(webhookId, send, holdMs);
  }

  async #sendCopies(pending: Pending): Promise<void> {
    await Promise.all(Array.from({ length: pending.copies }, () => this.#send(pending)));
    this.#pending.delete(pending);
  }

  #formFor(webhookId: string): Form {
    const form = this.#ports.switches.get('delivery.form');
    return typeof form === 'string' ? form : (form[webhookId] ?? form['default'] ?? 'cloudevents');
  }

  /** Keeps a delivery back until the next one is through, or for `ms` if none comes. */
  #hold(webhookId: string, send: () => void, ms: number): void {
    const release = () => {
      cancel();
      this.#held.delete(webhookId);
      send();
    };
    const cancel = this.#ports.clock.after(ms, release);
    this.#held.set(webhookId, release);
  }

  #send(pending: Pending): Promise<void> {
    const { webhookId, payload } = pending;
    return this.#ports.outside.run(async () => {
      // Nobody is told of an end that a crash could take back; a disk that refuses must not stop the tenant.
      const kept = this.#ports.keeper?.settled();
      if (kept !== undefined) await kept.catch(() => undefined);
      const webhook = this.#ports.webhooks.get(webhookId);
      if (webhook?.enabled !== true) return;
      const release = this.#held.get(webhookId);
      const delivery = await sendDelivery(this.#ports, webhook, payload);
      if (release !== undefined && this.#held.get(webhookId) === release) release();
      if (delivery.status === 'fail') this.#sendAgain(pending);
    });
  }

  /** A failed delivery is tried again if the tenant does that (q-unknown-02). */
  #sendAgain({ webhookId, payload }: Pending): void {
    const { clock, switches } = this.#ports;
    const { attempt = 1 } = payload;
    if (attempt >= switches.get('delivery.attempts')) return;
    const backoffMs = switches.get('delivery.backoffMs');
    const dueAt = clock.now() + backoffMs;
    const again = { webhookId, payload: { ...payload, attempt: attempt + 1 }, copies: 1, holdMs: undefined, dueAt };
    this.#pending.add(again);
    clock.after(backoffMs, () => this.#start(again));
  }
}

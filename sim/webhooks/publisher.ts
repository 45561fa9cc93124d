/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. When a reload ends,
 * the tenant sends events to the webhooks that subscribe to them. This file plans these deliveries.
 */

import type { ApiAccess } from '../access.ts';
import type { Apps } from '../apps.ts';
import type { Audits } from '../audits.ts';
import type { Faults } from '../faults.ts';
import type { Keeper } from '../state/state-file.ts';
import type { Form } from '../switches.ts';
import { envelope, parseEventFilter, type TenantEvent } from './event.ts';
import { drawMishap } from './mishap.ts';
import { type Payload, type SenderPorts, sendDelivery } from './sender.ts';
import type { Webhook } from './webhook.ts';

export interface PublisherPorts extends SenderPorts {
  readonly faults: Faults;
  readonly apps: Apps;
  readonly access: ApiAccess;
  readonly audits: Audits;
  readonly keeper: Keeper | undefined;
}

/** A delivery that is not finished: it waits, or it is being sent. */
export interface Pending {
  readonly webhookId: string;
  readonly payload: Payload;
  /** How many copies are sent. More than one: the webhook gets the event several times. */
  readonly copies: number;
  /**
   * The delivery waits until the next one has overtaken it, at most this long. If it is undefined, the delivery does
   * not wait.
   */
  readonly holdMs?: number | undefined;
  /** The earliest time at which the delivery is sent (epoch ms). */
  readonly dueAt: number;
}

/**
 * Sends events to the webhooks that subscribe to them. Faults (failures that a test asks for) and switches (settings of
 * the tenant) say what goes wrong with a delivery.
 */
export class Publisher {
  readonly #ports: PublisherPorts;
  /** For each webhook, a function that sends the delivery that waits to be overtaken. */
  readonly #held = new Map<string, () => void>();
  readonly #pending = new Set<Pending>();

  constructor(ports: PublisherPorts) {
    this.#ports = ports;
  }

  /** Keeps an event for the audits, and starts its deliveries. It does not wait for them. */
  publish(event: TenantEvent): void {
    this.#ports.audits.add(event);
    for (const webhook of this.#ports.webhooks.all()) {
      if (this.#isFor(webhook, event)) this.#deliver(event, webhook.id);
    }
  }

  saved(): readonly Pending[] {
    return [...this.#pending];
  }

  /**
   * Takes on the deliveries of a saved state. A delivery that was being sent when the state was saved is sent again,
   * since nobody knows whether it arrived.
   */
  restore(saved: readonly Pending[]): void {
    for (const pending of saved) this.#plan(pending);
  }

  #isFor(webhook: Webhook, event: TenantEvent): boolean {
    if (!webhook.enabled || !webhook.eventTypes.includes(event.type)) return false;
    const app = this.#ports.apps.get(event.appId);
    const ownerId = webhook.ownerId ?? webhook.createdByUserId;
    // A webhook of level `user` gets only events about apps that its owner may see.
    if (webhook.level === 'user' && (app === undefined || !this.#ports.access.maySee(ownerId, app))) return false;
    return webhook.filter === undefined || parseEventFilter(webhook.filter, webhook.eventTypes)(event);
  }

  /** Draws what goes wrong with the delivery of an event to a webhook, and starts or plans the delivery. */
  #deliver(event: TenantEvent, webhookId: string): void {
    const { id: eventId, type: eventType, appId } = event;
    const { copies, holdMs, delayMs, wire } = drawMishap(this.#ports, { webhookId, appId, eventType });
    if (copies === 0) return;
    const body = JSON.stringify(envelope(event, this.#formFor(webhookId)));
    const payload = { eventType, body, eventId, appId, wire, attempt: 1 };
    const pending = { webhookId, payload, copies, holdMs, dueAt: this.#ports.clock.now() + delayMs };
    if (delayMs > 0) {
      this.#plan(pending);
      return;
    }
    this.#pending.add(pending);
    this.#start(pending);
  }

  /** Has a delivery started at its time. */
  #plan(pending: Pending): void {
    const { clock } = this.#ports;
    this.#pending.add(pending);
    clock.after(pending.dueAt - clock.now(), () => this.#start(pending));
  }

  /** Sends a delivery, or holds it so that the next one overtakes it. A webhook has at most one held delivery. */
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

  /** Holds a delivery until the next one is finished, but at most for `ms`. */
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
      // The delivery is sent after the state file has the reload's end. Otherwise a crash could undo an end that was
      // sent. If the disk fails, the delivery is sent all the same.
      const kept = this.#ports.keeper?.settled();
      if (kept !== undefined) await kept.catch(() => undefined);
      const webhook = this.#ports.webhooks.get(webhookId);
      if (webhook?.enabled !== true) return;
      const releaseHeld = this.#held.get(webhookId);
      const delivery = await sendDelivery(this.#ports, webhook, payload);
      // This delivery has overtaken the one that was held when it began, unless its time was over meanwhile.
      if (releaseHeld !== undefined && this.#held.get(webhookId) === releaseHeld) releaseHeld();
      if (delivery.status === 'fail') this.#sendAgain(pending);
    });
  }

  /** Plans the next attempt of a failed delivery, if the switches allow one (fact q-unknown-02). */
  #sendAgain({ webhookId, payload }: Pending): void {
    const { clock, switches } = this.#ports;
    const { attempt = 1 } = payload;
    if (attempt >= switches.get('delivery.attempts')) return;
    const dueAt = clock.now() + switches.get('delivery.backoffMs');
    this.#plan({ webhookId, payload: { ...payload, attempt: attempt + 1 }, copies: 1, dueAt });
  }
}

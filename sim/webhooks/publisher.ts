import type { Access } from '../access.ts';
import type { Apps } from '../apps.ts';
import type { Audits } from '../audits.ts';
import type { Faults } from '../faults.ts';
import { envelope } from './envelope.ts';
import type { TenantEvent } from './event.ts';
import { parseEventFilter } from './event-filter.ts';
import { type Payload, type SenderPorts, sendDelivery } from './sender.ts';
import type { Webhook } from './webhook.ts';

export interface PublisherPorts extends SenderPorts {
  readonly faults: Faults;
  readonly apps: Apps;
  readonly access: Access;
  readonly audits: Audits;
}

/** Sends events to the webhooks that subscribe to them, with what the faults do to it. */
export class Publisher {
  readonly #ports: PublisherPorts;
  /** Deliveries held back until the next one of the same webhook is through. */
  readonly #held = new Map<string, Array<() => void>>();

  constructor(ports: PublisherPorts) {
    this.#ports = ports;
  }

  /** Keeps an event of `type` for the audits and starts its deliveries; returns at once. */
  publish(type: string, make: () => TenantEvent): void {
    const subscribed = this.#ports.webhooks.all().filter((one) => one.enabled && one.eventTypes.includes(type));
    const event = make();
    this.#ports.audits.add(event);
    if (subscribed.length === 0) return;
    const body = Buffer.from(JSON.stringify(envelope(event, this.#ports.switches.get('delivery.form'))), 'utf8');
    const payload = { eventType: type, body, eventId: event.id, appId: event.appId };
    for (const webhook of subscribed) {
      if (this.#passes(webhook, event)) this.#deliver(webhook.id, payload);
    }
  }

  #passes(webhook: Webhook, event: TenantEvent): boolean {
    const app = this.#ports.apps.get(event.appId);
    const ownerId = webhook.ownerId ?? webhook.createdByUserId;
    // A webhook of level `user` tells of nothing that its owner may not see.
    if (webhook.level === 'user' && (app === undefined || !this.#ports.access.maySee(ownerId, app))) return false;
    return webhook.filter === undefined || parseEventFilter(webhook.filter, webhook.eventTypes)(event);
  }

  #deliver(webhookId: string, payload: Payload & { readonly appId: string }): void {
    const { faults, clock } = this.#ports;
    const fault = faults.takeForDelivery({ webhookId, appId: payload.appId, eventType: payload.eventType });
    const send = () => {
      void this.#ports.outside.run(() => this.#send(webhookId, payload));
    };
    if (fault === undefined || fault.kind === 'duplicate') send();
    if (fault?.kind === 'duplicate') send();
    if (fault?.kind === 'delay') clock.after(fault.ms, send);
    if (fault?.kind === 'reorder') this.#hold(webhookId, send, fault.ms);
    // What a `drop` hits is gone.
  }

  /** Keeps a delivery back until the next one is through, or for `ms` if none comes. */
  #hold(webhookId: string, send: () => void, ms: number): void {
    const held = this.#held.get(webhookId) ?? [];
    this.#held.set(webhookId, held);
    const cancel = this.#ports.clock.after(ms, () => release());
    const release = () => {
      if (!held.includes(release)) return;
      cancel();
      held.splice(held.indexOf(release), 1);
      send();
    };
    held.push(release);
  }

  async #send(webhookId: string, payload: Payload): Promise<void> {
    const webhook = this.#ports.webhooks.get(webhookId);
    if (webhook?.enabled !== true) return;
    const held = [...(this.#held.get(webhookId) ?? [])];
    await sendDelivery(this.#ports, webhook, payload);
    for (const release of held) release();
  }
}

/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. Qlik keeps an audit
 * record of each event. Cascade does not read these records, but people may try scripts that do. This file keeps them.
 */

import type { Chance } from './chance.ts';
import type { Clock } from './clock.ts';
import type { TenantEvent } from './webhooks/event.ts';

/** The audits API shows an event for 90 days. */
const KEPT_MS = 90 * 24 * 3_600_000;
/**
 * The newest 100,000 events are kept. Older events are dropped in blocks of 10,000, so that the memory stays bounded.
 */
const KEPT_AT_LEAST = 100_000;
const BLOCK = 10_000;

/** One event with the id of its audit record. */
export interface Audit {
  readonly id: string;
  readonly seq: number;
  readonly event: TenantEvent;
}

/** The events of the last 90 days, fewer than 110,000. They include events that no webhook subscribes to. */
export class Audits {
  readonly #clock: Clock;
  readonly #chance: Chance;
  #audits: Audit[] = [];
  #seq = 0;

  constructor(clock: Clock, chance: Chance) {
    this.#clock = clock;
    this.#chance = chance;
  }

  add(event: TenantEvent): void {
    this.#seq += 1;
    this.#audits.push({ id: this.#chance.hexId(), seq: this.#seq, event });
    if (this.#audits.length >= KEPT_AT_LEAST + BLOCK) this.#audits = this.#audits.slice(BLOCK);
  }

  /** The newest events, `atMost` of them, in the order of time. */
  saved(atMost: number): readonly Audit[] {
    return this.#audits.slice(-atMost);
  }

  restore(audits: readonly Audit[]): void {
    this.#audits = [...audits];
    this.#seq = audits.at(-1)?.seq ?? 0;
  }

  /** The events of the last 90 days, oldest first. */
  all(): readonly Audit[] {
    const since = this.#clock.now() - KEPT_MS;
    return this.#audits.filter((audit) => audit.event.time >= since);
  }
}

/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. An alarm fires a trigger at certain times; one starts Cascade's sweep every 5 minutes. This file runs one
 * alarm.
 */

import { type AlarmConfig, nextFire } from './alarm-config.ts';

/** What an alarm needs from the host. */
export interface AlarmPorts {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Calls `work` after so many milliseconds. The returned function cancels that. */
  readonly later: (work: () => void, delayMs: number) => () => void;
  /** Fires the trigger and returns the HTTP status of the answer. */
  readonly fire: () => number;
  /** Removes the trigger, and with `rules` its rules too. */
  readonly remove: (what: 'trigger' | 'rules') => void;
}

/** Whether an alarm fires, and why not. `dateChanged` is epoch milliseconds. */
export interface AlarmStatus {
  readonly active: boolean;
  readonly dateChanged: number;
  readonly reason?: { readonly kind: 'AUTO'; readonly statusCode?: number; readonly message: string };
}

// If another try may help after a failure, the alarm tries again, at most 10 times. It waits 1 s before each of these
// tries; after an answer 429 it waits n² seconds before the nth.
const RETRIES = 10;
const RETRY_MS = 1_000;
/** The longest time that a timer of Node can wait: almost 25 days. */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * The alarm of one trigger. It fires the trigger on time. After a failure it tries again, or switches itself off. If
 * all tries fail, it waits for its next time, as OpenWhisk's package does; but if the last answer was a 429, it
 * switches itself off.
 */
export class Alarm {
  readonly config: AlarmConfig;
  readonly #ports: AlarmPorts;
  #status: AlarmStatus;
  #fires = 0;
  #pending = new Set<() => void>();

  constructor(config: AlarmConfig, ports: AlarmPorts) {
    this.config = config;
    this.#ports = ports;
    this.#status = { active: true, dateChanged: ports.now() };
    this.#schedule(nextFire(config, ports.now()));
  }

  get status(): AlarmStatus {
    return this.#status;
  }

  /**
   * Stops firing until `resume`.
   *
   * @param reason - given if the alarm switches itself off.
   */
  pause(reason?: AlarmStatus['reason']): void {
    for (const cancel of this.#pending) cancel();
    this.#pending.clear();
    this.#status = { active: false, dateChanged: this.#ports.now(), ...(reason && { reason }) };
  }

  /** Fires again from now on. The alarm does not make up for the times when it was paused. */
  resume(): void {
    if (this.#status.active) return;
    this.#status = { active: true, dateChanged: this.#ports.now() };
    this.#schedule(nextFire(this.config, this.#ports.now()));
  }

  #later(work: () => void, delayMs: number): void {
    const cancel = this.#ports.later(() => {
      this.#pending.delete(cancel);
      work();
    }, delayMs);
    this.#pending.add(cancel);
  }

  #schedule(instant: number | undefined): void {
    if (instant === undefined) return;
    const delayMs = instant - this.#ports.now();
    if (delayMs > LONGEST_TIMER_MS) this.#later(() => this.#schedule(instant), LONGEST_TIMER_MS);
    else this.#later(() => this.#tick(instant), Math.max(0, delayMs));
  }

  #tick(instant: number): void {
    // A timer may come early. With `Math.max` the alarm does not fire for the same instant again.
    this.#schedule(nextFire(this.config, Math.max(instant, this.#ports.now())));
    this.#attempt(0);
  }

  #attempt(retries: number): void {
    const status = this.#ports.fire();
    const failure = `receiving a ${status} status code when firing the trigger`;
    if (status < 400) this.#countFire();
    else if (isFinal(status)) this.#switchOff(failure, status);
    else if (retries < RETRIES) this.#retry(retries + 1, status);
    else if (status === 429) this.#switchOff(`continuously ${failure}`, status);
    else this.#countFire();
  }

  #retry(n: number, status: number): void {
    this.#later(() => this.#attempt(n), status === 429 ? RETRY_MS * n ** 2 : RETRY_MS);
  }

  /**
   * Counts a fire, even one that failed in all tries. If it was the last one, this switches the alarm off, and may
   * remove the trigger (`deleteAfterFire`).
   */
  #countFire(): void {
    const { config } = this;
    this.#fires += 1;
    if (config.feed === 'once') {
      this.#switchOff('firing once');
      const { deleteAfterFire } = config;
      if (deleteAfterFire !== 'false') this.#ports.remove(deleteAfterFire === 'rules' ? 'rules' : 'trigger');
    } else if (nextFire(config, this.#ports.now()) === undefined) {
      this.#switchOff(`firing last scheduled ${config.feed === 'alarm' ? 'cron' : 'interval'} trigger`);
    } else if (config.feed === 'alarm' && this.#fires === config.maxTriggers) {
      this.#switchOff('reaching max triggers');
    }
  }

  #switchOff(cause: string, statusCode?: number): void {
    const message = `Automatically disabled after ${cause}`;
    this.pause({ kind: 'AUTO', ...(statusCode !== undefined && { statusCode }), message });
  }
}

/** Whether a retry cannot help after a failure with this status. */
const isFinal = (status: number): boolean => status < 500 && ![408, 409, 429].includes(status);

import { type AlarmConfig, nextFire } from './alarm-config.ts';

/** What an alarm needs from the host. */
export interface AlarmPorts {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Does `work` after so many milliseconds, unless the returned function is called before. */
  readonly later: (work: () => void, delayMs: number) => () => void;
  /** Fires the trigger and tells the HTTP status that the fire was answered with. */
  readonly fire: () => number;
  /** Removes the trigger, and with `rules` its rules too. */
  readonly remove: (what: 'trigger' | 'rules') => void;
}

/** Whether an alarm fires, and if not why; instants in epoch milliseconds. */
export interface AlarmStatus {
  readonly active: boolean;
  readonly dateChanged: number;
  readonly reason?: { readonly kind: 'AUTO'; readonly statusCode?: number; readonly message: string };
}

const RETRIES = 10;
const RETRY_MS = 1_000;
/** Timers of Node take no more. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** One trigger's feed: it fires on time, tries a failed fire again, and switches itself off when that is of no use. */
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

  /** Stops firing until `resume`, for a reason of the host's own if one is given. */
  pause(reason?: AlarmStatus['reason']): void {
    for (const cancel of this.#pending) cancel();
    this.#pending.clear();
    this.#status = { active: false, dateChanged: this.#ports.now(), ...(reason === undefined ? {} : { reason }) };
  }

  /** Fires again from now on. */
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
    // A timer may come early, and then the same instant must not come twice.
    this.#schedule(nextFire(this.config, Math.max(instant, this.#ports.now())));
    this.#attempt(0);
  }

  #attempt(retried: number): void {
    const status = this.#ports.fire();
    if (status < 400) this.#fired();
    else if (isFinal(status)) {
      this.#switchOff(`Automatically disabled after receiving a ${status} status code when firing the trigger`, status);
    } else this.#retry(retried + 1, status);
  }

  #retry(n: number, status: number): void {
    if (n <= RETRIES) this.#later(() => this.#attempt(n), status === 429 ? RETRY_MS * n ** 2 : RETRY_MS);
    else if (status === 429) {
      const message = `Automatically disabled after continuously receiving a ${status} status code when firing the trigger`;
      this.#switchOff(message, status);
    } else this.#fired();
  }

  /** Whether that was the last fire. */
  #fired(): void {
    const { config } = this;
    this.#fires += 1;
    if (config.feed === 'once') this.#firedOnce(config.deleteAfterFire);
    else if (nextFire(config, this.#ports.now()) === undefined) {
      const what = config.feed === 'alarm' ? 'cron' : 'interval';
      this.#switchOff(`Automatically disabled after firing last scheduled ${what} trigger`);
    } else if (config.feed === 'alarm' && this.#fires === config.maxTriggers) {
      this.#switchOff('Automatically disabled after reaching max triggers');
    }
  }

  #firedOnce(deleteAfterFire: 'false' | 'true' | 'rules'): void {
    this.#switchOff('Automatically disabled after firing once');
    if (deleteAfterFire !== 'false') this.#ports.remove(deleteAfterFire === 'rules' ? 'rules' : 'trigger');
  }

  #switchOff(message: string, statusCode?: number): void {
    this.pause({ kind: 'AUTO', ...(statusCode === undefined ? {} : { statusCode }), message });
  }
}

/** Whether trying again cannot help. */
const isFinal = (status: number): boolean => status >= 400 && status < 500 && ![408, 409, 429].includes(status);

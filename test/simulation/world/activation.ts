import type { Container } from './containers.ts';
import type { Faults } from './faults.ts';
import { latencyMs } from './latency.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** What an answer comes to: a value, or what is thrown. */
export type Answer<T> = { readonly value: T } | { readonly error: Error };

/** One call of an activation to the world. */
export interface Call<T> {
  /** What it does to the world when it arrives there, and what is answered. */
  readonly effect: () => Answer<T>;
  /** How long the caller waits, ms, and what it has then. */
  readonly timeoutMs: number;
  readonly onTimeout: () => Answer<T>;
  /** How long it takes to arrive, if that matters. */
  readonly sendMs?: number;
  /** True of what changes the world: a crash after it is tried (see `crash`). */
  readonly isWrite: boolean;
}

/** An activation that is to end for ever does so before or after what one of its calls does. */
export type Crash = 'before' | 'after';

export interface ActivationPorts {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly random: Random;
  /** Told of each call that changes the world, when it did; true: the caller ends here. */
  readonly isEndAfter: (activation: Activation) => boolean;
}

/**
 * How likely an activation that is to crash does so at a call: anywhere in its work, and mostly at a call that changes
 * something.
 */
const CRASH_AT = { write: 0.3, read: 0.06 };
const FARTHEST_CLOCK_MS = 5 * 60_000;
/** What has a sender waiting is ended on time: past a minute the platform itself would answer. */
const SENDER_WAITS_MS = 60_000;
const LONGEST_STALL_MS = 5 * 60_000;

/** Which run of which action it is, and where. */
export interface ActivationPlan {
  readonly name: string;
  readonly id: string;
  readonly limitMs: number;
  readonly container: Container;
}

/** One run of an action in its container: its clock, its time limit, its end at any of its calls. */
export class Activation {
  readonly id: string;
  readonly name: string;
  readonly deadline: number;
  /** World time. */
  readonly startedAt: number;
  isDead = false;
  /** What the lists of whole tenants and of apps showed it, by `tenant` or `tenant/app`; undefined if one failed. */
  readonly lists = new Map<string, Set<string> | undefined>();
  /** Calls whose answer it has not had. */
  inFlight = 0;
  readonly #ports: ActivationPorts;
  readonly #crash: Crash | undefined;
  readonly container: Container;
  readonly #onDeath: () => void;

  constructor({ name, id, limitMs, container }: ActivationPlan, ports: ActivationPorts, onDeath: () => void) {
    this.name = name;
    this.id = id;
    this.container = container;
    this.#ports = ports;
    this.#onDeath = onDeath;
    const { faults, random, scheduler } = ports;
    this.startedAt = scheduler.now;
    this.#crash = crashOf(faults);
    this.deadline = this.now() + limitMs;
    const isJumping = faults.strikes('clock-jump');
    const [afterMs, jumpMs] = [random.between(1, 5_000), random.between(-FARTHEST_CLOCK_MS, FARTHEST_CLOCK_MS)];
    if (isJumping) {
      scheduler.after(afterMs, () => {
        // To somewhere else, and never further off than a clock may be: a container lives for hours.
        container.clockOffset = jumpMs;
      });
    }
    this.#limit(limitMs);
  }

  get label(): string {
    return `${this.name}#${this.id}`;
  }

  /** The container's clock. */
  now(): number {
    return this.#ports.scheduler.now + this.container.clockOffset;
  }

  die(): void {
    if (this.isDead) return;
    this.isDead = true;
    this.#onDeath();
  }

  sleep(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#ports.scheduler.after(Math.max(0, durationMs), () => this.#goOn(resolve));
    });
  }

  call<T>(call: Call<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.isDead) return;
      const crash = this.#crashAt(call);
      if (crash !== undefined) this.#ports.faults.count(crash === 'before' ? 'crash-before' : 'crash-after');
      if (crash === 'before') return this.die();
      this.inFlight += 1;
      this.#send(call, crash === 'after', (answer) => {
        this.inFlight -= 1;
        if ('error' in answer) reject(answer.error);
        else resolve(answer.value);
      });
    });
  }

  #crashAt({ isWrite }: Pick<Call<unknown>, 'isWrite'>): Crash | undefined {
    if (this.#crash === undefined) return undefined;
    return this.#ports.random.chance(isWrite ? CRASH_AT.write : CRASH_AT.read) ? this.#crash : undefined;
  }

  #send<T>(call: Call<T>, isCrashing: boolean, settle: (answer: Answer<T>) => void): void {
    const { scheduler, random, faults, isEndAfter } = this.#ports;
    const sendMs = call.sendMs ?? latencyMs(random);
    const answerMs = latencyMs(random);
    const stallMs = faults.strikes('stalled') ? random.between(10_000, LONGEST_STALL_MS) : 0;
    const isInTime = sendMs + answerMs <= call.timeoutMs;
    if (!isInTime) scheduler.after(call.timeoutMs + stallMs, () => this.#goOn(() => settle(call.onTimeout())));
    scheduler.after(sendMs, () => {
      const answer = call.effect();
      if (isCrashing || (call.isWrite && isEndAfter(this))) return this.die();
      if (isInTime) scheduler.after(answerMs + stallMs, () => this.#goOn(() => settle(answer)));
    });
  }

  #goOn(resume: () => void): void {
    if (!this.isDead) this.#ports.scheduler.wake(resume);
  }

  /** The platform ends it at its limit, a long one now and then late: then the whole machine had stood still. */
  #limit(limitMs: number): void {
    const { scheduler, random } = this.#ports;
    const lateMs = random.chance(0.2) && limitMs > SENDER_WAITS_MS ? random.between(0, LONGEST_STALL_MS) : 0;
    scheduler.after(limitMs + lateMs, () => this.die());
  }
}

function crashOf(faults: Faults): Crash | undefined {
  const [isBefore, isAfter] = [faults.draws('crash-before'), faults.draws('crash-after')];
  if (isAfter) return 'after';
  return isBefore ? 'before' : undefined;
}

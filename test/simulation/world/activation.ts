import type { Container } from './containers.ts';
import type { Faults } from './faults.ts';
import { latencyMs } from './latency.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** The result of a call: a value, or an error that is thrown. */
export type Answer<T> = { readonly value: T } | { readonly error: Error };

/** One call of an activation to the world. */
export interface Call<T> {
  /** Changes the world when the call arrives, and returns the answer. */
  readonly effect: () => Answer<T>;
  /** How long the caller waits, in ms. After that it has the answer of `onTimeout`. */
  readonly timeoutMs: number;
  readonly onTimeout: () => Answer<T>;
  /** How long the call takes to arrive, in ms; drawn if absent. */
  readonly sendMs?: number;
  /** Whether the call changes the world. Crashes are more likely at such calls. */
  readonly isWrite: boolean;
}

/** When an activation crashes: before or after the effect of one of its calls. */
export type Crash = 'before' | 'after';

export interface ActivationPorts {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly random: Random;
  /** Called after each call that changed the world. If it returns true, the caller ends here. */
  readonly isEndAfter: (activation: Activation) => boolean;
}

/**
 * For an activation that is to crash: how likely it crashes at a call. It may crash anywhere, and mostly at a call that
 * changes something.
 */
const CRASH_AT = { write: 0.3, read: 0.06 };
const FARTHEST_CLOCK_MS = 5 * 60_000;
/** An action for which a sender waits is ended on time. After a minute the platform itself would answer. */
const SENDER_WAITS_MS = 60_000;
const LONGEST_STALL_MS = 5 * 60_000;

/** Identifies the run of an action, and says in which container it runs. */
export interface ActivationPlan {
  readonly name: string;
  readonly id: string;
  readonly limitMs: number;
  readonly container: Container;
}

/**
 * One run of an action in its container. It has the container's clock and a time limit, and may end at any of its
 * calls.
 */
export class Activation {
  readonly id: string;
  readonly name: string;
  readonly deadline: number;
  /** World time. */
  readonly startedAt: number;
  isDead = false;
  /** The ids that lists showed to the activation, by `tenant` or `tenant/app`; undefined if the list failed. */
  readonly lists = new Map<string, Set<string> | undefined>();
  /** How many calls have no answer yet. */
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
        // The new offset replaces the old one. A container lives for hours, and its clock must never be further off
        // than a clock may be.
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

  /**
   * The platform ends the activation at its limit. Now and then it ends one with a long limit late, as if the whole
   * machine had stood still.
   */
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

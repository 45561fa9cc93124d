/*
 * The simulated tenant (an imitation of Qlik Cloud for `npm start` and tests) has a clock of its own. So tests can let
 * hours pass in a moment, and decide when. Timers wait for the time of this clock, not for that of the machine.
 */

import { setImmediate as afterPresentWork } from 'node:timers/promises';
import { TimerHeap } from './timer-heap.ts';

/**
 * How time passes. `real`: as on this machine. A number: that many times as fast. `hand`: only when somebody calls
 * `advance`.
 */
export type Pace = 'real' | 'hand' | number;

const GREATEST_FACTOR = 1_000_000;

/** Whether `value` is a pace: a factor is above 0 and at most 1,000,000. */
export function isPace(value: unknown): value is Pace {
  return value === 'real' || value === 'hand' || (typeof value === 'number' && value > 0 && value <= GREATEST_FACTOR);
}

/** Time as the tenant sees it. */
export interface Clock {
  readonly pace: Pace;
  /** True if time stands still because nobody has called `release` so far. */
  readonly isHeld: boolean;
  /** Now, in whole milliseconds since the Unix epoch. Time never goes back. */
  now(): number;
  /** Now in epoch ms, with a fraction; for measurements only. */
  preciseNow(): number;
  /**
   * Calls `work` once when `ms` milliseconds of this clock have passed; with 0, as soon as the present work is done. At
   * pace `hand` it also waits for `advance`. The returned function cancels that, and so does `close`.
   */
  after(ms: number, work: () => void): Cancel;
  /**
   * Moves time forward by `ms`. It does all work that becomes due, in order and each at its time, and then resolves.
   * Before each piece of work and at the end it waits for `quiet` of the settings.
   */
  advance(ms: number): Promise<void>;
  /**
   * Lets time pass, if the clock is held. First it does all work that became due, in order and each at its time; at
   * pace `hand` it leaves that to `advance`.
   */
  release(): void;
  /** The time as it is now, for the state file. */
  saved(): SavedClock;
  /** Forgets all waiting work, and accepts no new work. */
  close(): void;
}
/** Cancels work that has not begun. */
export type Cancel = () => void;

/** The time of a clock when its state was saved, in epoch ms. */
export interface SavedClock {
  readonly now: number;
  /** The time of the machine at the same moment. */
  readonly machineNow: number;
}

/** How a clock is started. */
export interface ClockSettings {
  /** `advance` waits for this before each piece of work, for example until webhooks are answered. */
  readonly quiet?: () => Promise<void>;
  /** Called after each piece of work. */
  readonly served?: () => void;
  /**
   * A saved clock, from which this one continues. At pace `real`, time has passed since then. At other paces it stood
   * still.
   */
  readonly from?: SavedClock | undefined;
  /** True: time stands still until somebody calls `release`. */
  readonly isHeld?: boolean;
}

/** At pace `hand`, time begins at this moment, so that results do not depend on today's date. */
const HAND_STARTS_AT = Date.parse('2026-11-21T07:00:00.000Z');
/** A day: the longest timer that is set on the machine. Node's timers overflow beyond 24 days. */
const LONGEST_SLEEP_MS = 24 * 3_600_000;

/**
 * Starts a clock. It begins now; at pace `hand`, at 2026-11-21T07:00:00.000Z; with `from`, where the saved clock was.
 */
export function startClock(pace: Pace, settings: ClockSettings = {}): Clock {
  return new TenantClock(pace, settings);
}

/** Resolves after `ms` milliseconds by `clock`. If the clock is closed before, it never resolves. */
export function wait(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve));
}

/** `epochMs` as ISO 8601 in UTC with milliseconds; undefined stays undefined. */
export function isoTime(epochMs: number): string;
export function isoTime(epochMs: number | undefined): string | undefined;
export function isoTime(epochMs: number | undefined): string | undefined {
  return epochMs === undefined ? undefined : new Date(epochMs).toISOString();
}

class TenantClock implements Clock {
  readonly pace: Pace;
  readonly #factor: number;
  readonly #quiet: () => Promise<void>;
  readonly #served: () => void;
  readonly #timers = new TimerHeap();
  /** The tenant's time at the machine's time `#since`. */
  #origin: number;
  #since = machineNow();
  /**
   * The time at which the clock stands while it is held or does work. Otherwise the latest time that anybody has read.
   */
  #seen: number;
  /** True while due work is done. Until it is done, time stands at the moment at which the present work was due. */
  #isServing = false;
  /** While the clock is held, time stands still. */
  #isHeld: boolean;
  #alarm: NodeJS.Timeout | undefined;
  #moves: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(pace: Pace, { quiet = async () => undefined, served = () => undefined, from, isHeld }: ClockSettings) {
    this.pace = pace;
    this.#factor = pace === 'hand' ? 0 : pace === 'real' ? 1 : pace;
    this.#quiet = quiet;
    this.#served = served;
    this.#isHeld = isHeld ?? false;
    const start = pace === 'hand' ? HAND_STARTS_AT : this.#since;
    const missed = from === undefined || pace !== 'real' ? 0 : Math.max(0, this.#since - from.machineNow);
    this.#origin = (from?.now ?? start) + missed;
    this.#seen = Math.floor(from?.now ?? start);
  }

  now(): number {
    this.#seen = Math.floor(this.preciseNow());
    return this.#seen;
  }

  preciseNow(): number {
    return this.#isServing || this.#isHeld ? this.#seen : Math.max(this.#seen, this.#passed());
  }

  after(ms: number, work: () => void): Cancel {
    if (this.#isClosed) return () => undefined;
    const timer = this.#timers.add(this.now() + ms, work);
    if (this.#timers.peek() === timer) this.#setAlarm();
    return () => {
      timer.work = undefined;
    };
  }

  advance(ms: number): Promise<void> {
    const moved = this.#moves.then(() => this.#move(ms));
    this.#moves = moved.catch(() => undefined);
    return moved;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    // At pace `hand`, nothing happens by itself, not even work that is due now.
    if (this.#factor > 0 && !this.#isClosed) this.#ring();
  }

  saved(): SavedClock {
    return { now: this.now(), machineNow: machineNow() };
  }

  close(): void {
    this.#isClosed = true;
    this.#timers.clear();
    clearTimeout(this.#alarm);
  }

  /** Moves time forward for `advance`: does the work that becomes due, one piece after another. */
  async #move(ms: number): Promise<void> {
    const until = this.now() + ms;
    this.#isServing = true;
    try {
      await this.#quiet();
      while (this.#serveNext(until)) {
        await afterPresentWork();
        await this.#quiet();
      }
      this.#seen = until;
    } finally {
      this.#goOn();
    }
  }

  /** Does the work that has become due while the machine's time passed. */
  #ring(): void {
    if (this.#isServing || this.#isHeld) return;
    const until = this.#passed();
    this.#isServing = true;
    try {
      while (this.#serveNext(until));
    } finally {
      this.#isServing = false;
      this.#setAlarm();
    }
  }

  /** Does the next piece of work that is due by `until`, at its own time. False if there is none. */
  #serveNext(until: number): boolean {
    const timer = this.#timers.take(until);
    if (timer === undefined) return false;
    this.#seen = Math.max(this.#seen, timer.due);
    timer.work?.();
    this.#served();
    return true;
  }

  /** Lets time pass again, from the time at which it stands. */
  #goOn(): void {
    this.#isServing = false;
    this.#origin = this.#seen;
    this.#since = machineNow();
    this.#setAlarm();
  }

  /** Sets a timer of the machine for the next piece of work. */
  #setAlarm(): void {
    clearTimeout(this.#alarm);
    const next = this.#timers.peek();
    if (next === undefined || this.#isServing || this.#isHeld || this.#isClosed || this.#factor === 0) return;
    const ms = Math.max(0, (next.due - this.#passed()) / this.#factor);
    this.#alarm = setTimeout(() => this.#ring(), Math.min(Math.ceil(ms), LONGEST_SLEEP_MS));
  }

  /** The tenant's time, if time has passed evenly since `#since`. */
  #passed(): number {
    return this.#origin + (machineNow() - this.#since) * this.#factor;
  }
}

function machineNow(): number {
  return performance.timeOrigin + performance.now();
}

/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. Its journal records
 * calls, reloads and deliveries, so that tests and people can see what happened.
 */

import type { Clock } from './clock.ts';

/**
 * One thing that happened in the tenant, at `at` (epoch ms). The fields that depend on `kind` are in
 * docs/simulated-tenant.md.
 */
export interface JournalEntry {
  readonly seq: number;
  readonly at: number;
  readonly kind: 'request' | 'reload' | 'delivery';
  readonly [field: string]: unknown;
}

/** The journal in the state file. */
export interface SavedJournal {
  readonly last: number;
  readonly entries: readonly JournalEntry[];
}

/** The journal keeps at least this many entries. It drops older entries in blocks, so that the memory stays bounded. */
const JOURNAL_KEEPS = 100_000;
const BLOCK = 10_000;

/**
 * What has happened in the tenant, numbered from 1 without gaps; old entries are dropped. Readers can wait for the next
 * one.
 */
export class Journal {
  readonly #clock: Clock;
  readonly #wall: Clock;
  readonly #added: () => void;
  readonly #waiting = new Set<() => void>();
  #entries: JournalEntry[] = [];
  #last = 0;

  /**
   * @param wall - the machine's clock, by which readers wait.
   * @param added - called after each entry about a reload or a delivery, because the tenant's state has changed then.
   */
  constructor(clock: Clock, wall: Clock, added: () => void = () => undefined) {
    this.#clock = clock;
    this.#wall = wall;
    this.#added = added;
  }

  /** The number of the newest entry, and the newest entries, `atMost` of them. */
  saved(atMost: number): SavedJournal {
    return { last: this.#last, entries: this.#entries.slice(-atMost) };
  }

  restore({ last, entries }: SavedJournal): void {
    this.#last = last;
    this.#entries = [...entries];
  }

  /** The number of the newest entry; 0 if there is none. */
  get last(): number {
    return this.#last;
  }

  /** Adds an entry with the next number and the present time, and wakes the readers. */
  add(kind: JournalEntry['kind'], fields: Readonly<Record<string, unknown>>): void {
    this.#last += 1;
    this.#entries.push({ seq: this.#last, at: this.#clock.now(), kind, ...fields });
    if (this.#entries.length >= JOURNAL_KEEPS + BLOCK) this.#entries = this.#entries.slice(BLOCK);
    if (kind !== 'request') this.#added();
    for (const wake of this.#waiting) wake();
  }

  /** The kept entries with a number above `after`, oldest first. */
  since(after: number): readonly JournalEntry[] {
    const first = this.#entries[0]?.seq ?? 1;
    return this.#entries.slice(Math.max(0, after + 1 - first));
  }

  /**
   * The same as `since`. But if there are no such entries, it waits for the next one, at most `waitMs` of the machine's
   * time.
   */
  async sinceOrWait(after: number, waitMs: number): Promise<readonly JournalEntry[]> {
    if (this.#last <= after && waitMs > 0) await this.#next(waitMs);
    return this.since(after);
  }

  #next(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#wall.after(waitMs, () => wake());
      const wake = () => {
        this.#waiting.delete(wake);
        cancel();
        resolve();
      };
      this.#waiting.add(wake);
    });
  }
}

import type { Clock } from './clock.ts';

/** One thing that happened in the tenant. Its other fields depend on `kind` (docs/simulated-tenant.md). */
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

/** The journal keeps this many entries at least, and drops older ones in blocks. */
const JOURNAL_KEEPS = 100_000;
const BLOCK = 10_000;

/** All that happened, numbered from 1 without gaps. Readers can wait for more. */
export class Journal {
  readonly #clock: Clock;
  readonly #wall: Clock;
  readonly #added: () => void;
  readonly #waiting = new Set<() => void>();
  #entries: JournalEntry[] = [];
  #last = 0;

  /** Readers wait in the machine's time, `wall`. The journal calls `added` after each entry that is not a request: a request alone changes nothing. */
  constructor(clock: Clock, wall: Clock, added: () => void = () => undefined) {
    this.#clock = clock;
    this.#wall = wall;
    this.#added = added;
  }

  /** The number of the newest entry, and the newest `atMost` entries. */
  saved(atMost: number): SavedJournal {
    return { last: this.#last, entries: this.#entries.slice(-atMost) };
  }

  restore({ last, entries }: SavedJournal): void {
    this.#last = last;
    this.#entries = [...entries];
  }

  /** Number of the newest entry, 0 if there is none. */
  get last(): number {
    return this.#last;
  }

  /** Adds an entry, with the next number and the present time in epoch ms, and wakes the readers. */
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

  /** As `since`, but if there are none it waits for the next, up to `waitMs` of the machine's time. */
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

const FAILURES = 5;
const LOCKED_MS = 5 * 60_000;
const MAX_NAMES = 10_000;

/** Locks a name from an address for five minutes after five failed logins, as CouchDB does (db-auth-06). */
export class Lockout {
  readonly #now: () => number;
  readonly #failures = new Map<string, { count: number; lastAt: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  isLocked(name: string, address: string): boolean {
    const failed = this.#failures.get(key(name, address));
    if (failed === undefined) return false;
    if (this.#now() - failed.lastAt < LOCKED_MS) return failed.count >= FAILURES;
    this.#failures.delete(key(name, address));
    return false;
  }

  failed(name: string, address: string): void {
    const count = (this.#failures.get(key(name, address))?.count ?? 0) + 1;
    this.#failures.delete(key(name, address));
    this.#failures.set(key(name, address), { count, lastAt: this.#now() });
    // Made-up names must not fill the memory: the oldest goes.
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > MAX_NAMES && oldest !== undefined) this.#failures.delete(oldest);
  }

  succeeded(name: string, address: string): void {
    this.#failures.delete(key(name, address));
  }
}

const key = (name: string, address: string): string => JSON.stringify([name, address]);

import { createHash } from 'node:crypto';

/** One effect on the world. */
export interface TraceLine {
  /** World time, ISO 8601. */
  readonly at: string;
  /** `action#activation`, or `tenant`, `person`, `world`. */
  readonly actor: string;
  readonly op: string;
  /** What it was done to: a document, an app, a reload, an action. */
  readonly id: string;
  readonly rev?: string;
  /** As it was, and as it is since, or what was answered. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/** What happened, in order: always as a hash, and line by line if somebody reads it. */
export class Trace {
  readonly #write: ((line: TraceLine) => void) | undefined;
  readonly #now: () => number;
  readonly #hash = createHash('sha1');
  lines = 0;

  constructor(now: () => number, write?: (line: TraceLine) => void) {
    this.#now = now;
    this.#write = write;
  }

  get hash(): string {
    return this.#hash.copy().digest('hex');
  }

  add(actor: string, op: string, id: string, more: Pick<TraceLine, 'rev' | 'before' | 'after'> = {}): void {
    this.lines += 1;
    this.#hash.update(`${this.#now()} ${actor} ${op} ${id} ${more.rev ?? ''} ${JSON.stringify(more.after)}\n`);
    this.#write?.({ at: new Date(this.#now()).toISOString(), actor, op, id, ...more });
  }
}

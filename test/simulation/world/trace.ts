import { createHash } from 'node:crypto';

/** One effect on the world. */
export interface TraceLine {
  /** World time, ISO 8601. */
  readonly at: string;
  /** `action#activation`, or `tenant`, `person`, `world`. */
  readonly actor: string;
  readonly op: string;
  /** What the effect is on: a document, an app, a reload or an action. */
  readonly id: string;
  readonly rev?: string;
  /** The state before. `after` is the state after the effect, or an answer. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/** What happened, in order: always as a hash, and also line by line if somebody reads the lines. */
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

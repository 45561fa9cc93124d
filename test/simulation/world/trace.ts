import { hashOf } from './random.ts';

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

/** What happened, in order: always as a hash, and line by line where somebody reads it. */
export class Trace {
  readonly #write: ((line: TraceLine) => void) | undefined;
  readonly #now: () => number;
  #hash = hashOf('');
  lines = 0;

  constructor(now: () => number, write?: (line: TraceLine) => void) {
    this.#now = now;
    this.#write = write;
  }

  get hash(): string {
    return this.#hash.toString(16).padStart(8, '0');
  }

  add(actor: string, op: string, id: string, more: Pick<TraceLine, 'rev' | 'before' | 'after'> = {}): void {
    this.lines += 1;
    this.#hash = hashOf(`${this.#now()} ${actor} ${op} ${id} ${more.rev ?? ''}\n`, this.#hash);
    this.#write?.({ at: new Date(this.#now()).toISOString(), actor, op, id, ...more });
  }
}

import type {
  CouchPort,
  DuePage,
  NewDocument,
  Refused,
  StoredDocument,
  Written,
} from '../../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../../src/core/cascade-error.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { isStorable } from '../../support/is-storable.ts';

interface Kept {
  readonly document: StoredDocument;
  readonly json: string;
}

/** Told of each write: what the document was, and is. */
export type OnWrite = (actor: string, before: StoredDocument | undefined, after: StoredDocument) => void;

/** What one database does: each document atomic, revs that count generations, nothing else. */
export class StoreModel {
  /** How often anything was written. */
  writes = 0;
  /** How often anything was read. */
  reads = 0;
  readonly #kept = new Map<string, Kept>();
  readonly #due = new Map<string, number>();
  readonly #onWrite: OnWrite;

  constructor(onWrite: OnWrite) {
    this.#onWrite = onWrite;
  }

  /** A look from outside of the world. */
  peek(id: string): StoredDocument | undefined {
    return this.#kept.get(id)?.document;
  }

  all(): readonly StoredDocument[] {
    return [...this.#kept.values()].map(({ document }) => document);
  }

  get(id: string): StoredDocument | undefined {
    const kept = this.#kept.get(id);
    return kept === undefined ? undefined : (JSON.parse(kept.json) as StoredDocument);
  }

  put(actor: string, document: NewDocument): Written {
    if (!isStorable(document)) return ILL_FORMED;
    const kept = this.#kept.get(document._id);
    if (document._rev !== kept?.document._rev) return { kind: 'conflict' };
    const generation = Number.parseInt(kept?.document._rev ?? '0', 10) + 1;
    this.writes += 1;
    const rev = `${generation}-${this.writes.toString(16).padStart(8, '0')}`;
    const json = JSON.stringify({ ...document, _rev: rev });
    const stored = JSON.parse(json) as StoredDocument;
    this.#kept.set(document._id, { document: stored, json });
    if (typeof stored['dueAt'] === 'number') this.#due.set(stored._id, stored['dueAt']);
    else this.#due.delete(stored._id);
    this.#onWrite(actor, kept?.document, stored);
    return { kind: 'stored', rev };
  }

  range(prefix: string, { limit, after }: { limit: number; after?: string }): readonly StoredDocument[] {
    return [...this.#kept.keys()]
      .filter((id) => id.startsWith(prefix) && (after === undefined || id > after))
      .sort()
      .slice(0, limit)
      .flatMap((id) => this.get(id) ?? []);
  }

  due({ from, until, limit }: Parameters<CouchPort['due']>[0]): DuePage {
    const ids = [...this.#due]
      .filter(([, dueAt]) => dueAt >= from && dueAt <= until)
      .sort(([a, dueA], [b, dueB]) => dueA - dueB || (a < b ? -1 : 1))
      .slice(0, limit)
      .map(([id]) => id);
    return { documents: ids.flatMap((id) => this.get(id) ?? []), isFull: ids.length === limit };
  }

  /** When anything is due at all. */
  dueIds(): readonly string[] {
    return [...this.#due.keys()];
  }
}

/** What a real CouchDB says to text that is no Unicode: nothing of the request is stored (db-ours-06). */
export const ILL_FORMED: Refused = { kind: 'refused', message: 'invalid UTF-8 JSON (simulated)', isForGood: true };

export const unavailable = (why: string): CascadeError =>
  new CascadeError('STORE_UNAVAILABLE', `The simulated store gave no answer (${why}).`);

export const refused = (): CascadeError =>
  new CascadeError('STORE_REFUSED', 'The simulated store refused the request.');

/** The store's clock as one client knows it: the last answer's `Date`, cut to seconds, and a stopwatch. */
export class StoreClock {
  readonly #world: () => number;
  readonly #offset: number;
  #lead: number | undefined;

  /** @param offset - of the store's clock from the world's, ms. */
  constructor(world: () => number, offset: number) {
    this.#world = world;
    this.#offset = offset;
  }

  /** An answer's `Date` was read. */
  heard(): void {
    const date = Math.floor((this.#world() + this.#offset) / 1_000) * 1_000;
    this.#lead = date - this.#world();
  }

  now(): EpochMs | undefined {
    return this.#lead === undefined ? undefined : ((this.#world() + this.#lead) as EpochMs);
  }
}

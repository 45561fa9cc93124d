import type {
  CouchPort,
  DuePage,
  HistoryPort,
  NewDocument,
  Refused,
  StoredDocument,
  Written,
} from '../../src/clients/couchdb/couchdb-port.ts';

/** The store's answer if a text is not Unicode. It stores nothing of the request (db-ours-06). */
export const ILL_FORMED: Refused = {
  kind: 'refused',
  message: 'invalid UTF-8 JSON (simulated)',
  isForGood: true,
};

/**
 * Whether CouchDB accepts a document's texts (db-ours-06). It refuses half of a surrogate pair. `JSON.stringify` writes
 * such a half as an escape, and a whole pair as it is.
 */
export const isStorable = (document: object): boolean => !/(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(JSON.stringify(document));

interface Kept {
  readonly document: StoredDocument;
  readonly json: string;
}

export interface StoreModelOptions {
  /** Called after each write with the writer, and the document before and after the write. */
  readonly onWrite?: (writer: string, before: StoredDocument | undefined, after: StoredDocument) => void;
  /** Returns the text that follows the generation in the rev of the nth write. */
  readonly suffixOf: (write: number) => string;
}

/**
 * The only imitation of a CouchDB database in the tests. Each write of a document is atomic, and revs count
 * generations. It has neither time nor faults. `memoryCouch` and the simulation add them.
 */
export class StoreModel {
  /** How many documents were written. */
  writes = 0;
  /** How many requests read documents. */
  reads = 0;
  readonly #kept = new Map<string, Kept>();
  readonly #due = new Map<string, number>();
  readonly #purged = new Map<string, StoredDocument>();
  readonly #options: StoreModelOptions;

  constructor(options: StoreModelOptions) {
    this.#options = options;
  }

  /** Returns the stored document itself. No caller may change it. */
  peek(id: string): StoredDocument | undefined {
    return this.#kept.get(id)?.document;
  }

  /** Returns every stored document, in the order of creation. */
  all(): readonly StoredDocument[] {
    return [...this.#kept.values()].map(({ document }) => document);
  }

  get(id: string): StoredDocument | undefined {
    const kept = this.#kept.get(id);
    return kept === undefined ? undefined : (JSON.parse(kept.json) as StoredDocument);
  }

  put(writer: string, document: NewDocument): Written {
    if (!isStorable(document)) return ILL_FORMED;
    const before = this.peek(document._id);
    if (before === undefined && document._rev !== undefined && this.#purged.has(document._id)) {
      // A real CouchDB creates the document anew, at generation 2 (fact db-differs-07). Our client takes that for a
      // conflict.
      const anew = this.keep({ ...document, _rev: `2-${this.#options.suffixOf(this.writes)}` });
      this.#options.onWrite?.(writer, undefined, anew);
      return { kind: 'conflict' };
    }
    if (document._rev !== before?._rev) return { kind: 'conflict' };
    this.writes += 1;
    const rev = `${Number.parseInt(before?._rev ?? '0', 10) + 1}-${this.#options.suffixOf(this.writes)}`;
    const after = this.keep({ ...document, _rev: rev });
    this.#options.onWrite?.(writer, before, after);
    return { kind: 'stored', rev };
  }

  /** Stores a document with its own rev, whatever is stored now. */
  keep(document: StoredDocument): StoredDocument {
    const json = JSON.stringify(document);
    const stored = JSON.parse(json) as StoredDocument;
    this.#kept.set(stored._id, { document: stored, json });
    if (typeof stored['dueAt'] === 'number') this.#due.set(stored._id, stored['dueAt']);
    else this.#due.delete(stored._id);
    return stored;
  }

  /** Removes the documents that still have these revs, and leaves no tombstones. @returns their ids. */
  purge(documents: readonly { readonly _id: string; readonly _rev: string }[]): readonly string[] {
    return documents.flatMap(({ _id, _rev }) => {
      const document = this.peek(_id);
      if (document === undefined || document._rev !== _rev) return [];
      this.#purged.set(_id, document);
      this.#kept.delete(_id);
      this.#due.delete(_id);
      return [_id];
    });
  }

  /** Returns the stored document, or its last state if it was purged. */
  lastKnown(id: string): StoredDocument | undefined {
    return this.peek(id) ?? this.#purged.get(id);
  }

  range(prefix: string, { limit, after }: { limit: number; after?: string }): readonly StoredDocument[] {
    return [...this.#kept.keys()]
      .filter((id) => id.startsWith(prefix) && (after === undefined || id > after))
      .sort()
      .slice(0, limit)
      .flatMap((id) => this.get(id) ?? []);
  }

  due({ from, until, limit, isBrief }: Parameters<CouchPort['due']>[0]): DuePage {
    const ids = [...this.#due]
      .filter(([, dueAt]) => dueAt >= from && dueAt <= until)
      .sort(([a, dueA], [b, dueB]) => dueA - dueB || (a < b ? -1 : 1))
      .slice(0, limit)
      .map(([id]) => id);
    const found = ids.flatMap((id) => this.get(id) ?? []);
    const documents = isBrief === true ? found.map(briefly) : found;
    return { documents, isFull: ids.length === limit };
  }

  latest(
    field: Parameters<HistoryPort['latest']>[0],
    { from, before, limit }: Parameters<HistoryPort['latest']>[1],
  ): readonly StoredDocument[] {
    const instantOf = (document: StoredDocument): number => Number(document[field]);
    return this.all()
      .filter((document) => typeof document[field] === 'number' && instantOf(document) >= from)
      .sort((a, b) => instantOf(b) - instantOf(a) || (a._id < b._id ? 1 : -1))
      .slice(before.length, before.length + limit)
      .flatMap(({ _id }) => this.get(_id) ?? []);
  }

  ofRun(root: string): readonly StoredDocument[] {
    return this.all()
      .filter((document) => document['root'] === root)
      .flatMap(({ _id }) => this.get(_id) ?? []);
  }

  /** Returns the ids of all documents with a due time, past or future. */
  dueIds(): readonly string[] {
    return [...this.#due.keys()];
  }
}

const briefly = ({ _id, _rev, dueAt, state }: StoredDocument): StoredDocument =>
  state === undefined ? { _id, _rev, dueAt } : { _id, _rev, dueAt, state };

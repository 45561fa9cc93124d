import type { EpochMs } from '../../core/units.ts';

/** What is put: an id, the rev that it replaces (never on a creation, always on an update: fact db-differs-07), fields. */
export interface NewDocument {
  readonly _id: string;
  readonly _rev?: string;
  readonly [field: string]: unknown;
}

/** A document as the store has it; its fields are unknown until a reader of src/ledger looked at them. */
export interface StoredDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly [field: string]: unknown;
}

/** What came of writing one document. */
export type Written =
  | { readonly kind: 'stored'; readonly rev: string }
  /**
   * Not written: it exists already, or its rev is another one. Also told where the store's answer is not one generation
   * after the rev sent: the document had been purged, and is nobody's (fact db-differs-07).
   */
  | { readonly kind: 'conflict' }
  | Refused;

/** Certainly not stored, for a reason of this document's alone. */
export interface Refused {
  readonly kind: 'refused';
  readonly message: string;
  /** True if the document itself is at fault (too large, ill-formed text): the same write is refused for ever. */
  readonly isForGood: boolean;
}

/** Documents of the due index, and whether there may be more. */
export interface DuePage {
  readonly documents: readonly StoredDocument[];
  /** True if the page was full. A short page is the end only of what was asked. */
  readonly isFull: boolean;
}

/**
 * What the ledger needs of a CouchDB database. Each call is one request, sent once, bounded in time. `bulk` may be
 * more; so may `many`, `range` and `due`, if the answer to one would be larger than 4 MiB. A document that is so large alone
 * comes as id and rev only.
 *
 * Each fails with CascadeError STORE_UNAVAILABLE if there is no answer or a 5xx (a write may then be stored or not),
 * and STORE_REFUSED if the store refuses the whole request (credential, missing database, body too large): nothing is stored.
 */
export interface CouchPort {
  /**
   * The store's clock by its last answer's `Date` (whole seconds, cut) and a stopwatch since; undefined before any answer.
   * The only clock of leases and of `dueAt` (ledger.md §1).
   */
  now(): EpochMs | undefined;
  get(id: string): Promise<StoredDocument | undefined>;
  /** Creates (no `_rev`) or updates (by `_rev`) one document. */
  put(document: NewDocument): Promise<Written>;
  /**
   * Writes several, not atomically: one outcome for each, in their order. An empty list asks nothing.
   *
   * CouchDB refuses a whole request for one bad document (400 for ill-formed text, 413 for one that is too large); it is
   * then written in parts, so that only the bad document is refused (write-apart.ts), and only after a request of its own
   * was refused, too. If a proxy refuses bulks themselves, each document goes by itself.
   */
  bulk(documents: readonly NewDocument[]): Promise<readonly Written[]>;
  /** Reads several by id, in their order; undefined for one that is missing or deleted. An empty list asks nothing. */
  many(ids: readonly string[]): Promise<readonly (StoredDocument | undefined)[]>;
  /** Documents whose ids begin with `prefix`, in the order of their ids' bytes, at most `limit`, from `after` (exclusive) on. */
  range(
    prefix: string,
    options: { readonly limit: number; readonly after?: string },
  ): Promise<readonly StoredDocument[]>;
  /** Documents with a numeric `dueAt` from `from` to `until`, both inclusive, sooner first, at most `limit`. */
  due(range: { readonly from: EpochMs; readonly until: EpochMs; readonly limit: number }): Promise<DuePage>;
  /** Names the server and this life of the database: another one means another store (fact db-differs-02). */
  identity(): Promise<string>;
}

import type { EpochMs } from '../../core/units.ts';
import type { HistoryInstant } from './indexes.ts';

/** A document to be written. `_rev` is the rev that it replaces: none to create, always one to update (fact db-differs-07). */
export interface NewDocument {
  readonly _id: string;
  readonly _rev?: string;
  readonly [field: string]: unknown;
}

/** A document from the store; its fields are unknown until a reader in src/ledger has checked them. */
export interface StoredDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly [field: string]: unknown;
}

/** The outcome of writing one document. */
export type Written =
  | { readonly kind: 'stored'; readonly rev: string }
  /**
   * Not written: it already exists, or has another rev. Also if the new rev is not one generation after the rev sent: the
   * document had been purged (fact db-differs-07).
   */
  | { readonly kind: 'conflict' }
  | Refused;

/** Certainly not stored, for a reason that concerns this document only. */
export interface Refused {
  readonly kind: 'refused';
  readonly message: string;
  /** True if its content is the reason (too large, ill-formed text): the same write would always be refused. */
  readonly isForGood: boolean;
}

/** Documents of the due index, and whether there may be more. */
export interface DuePage {
  readonly documents: readonly StoredDocument[];
  /** True if the page was full. A page that is not full ends the range that was asked for. */
  readonly isFull: boolean;
}

/**
 * What the ledger needs from a CouchDB database. Each call is one request, sent once, with a time limit. `bulk` may take
 * several; so may `many`, `range` and `due` if one answer would exceed 4 MiB. A document that alone exceeds it is read as id
 * and rev only.
 *
 * Each fails with CascadeError STORE_UNAVAILABLE if there is no answer or a 5xx (a write may then be stored or not),
 * and STORE_REFUSED if the store refuses the whole request (credential, missing database, body too large): nothing is stored.
 */
export interface CouchPort extends HistoryPort {
  /**
   * The store's clock: the last answer's `Date` (whole seconds) and a stopwatch since; undefined before the first answer.
   * Leases and `dueAt` use no other clock (docs/ledger.md, law 5).
   */
  now(): EpochMs | undefined;
  get(id: string): Promise<StoredDocument | undefined>;
  /** Creates (no `_rev`) or updates (by `_rev`) one document. */
  put(document: NewDocument): Promise<Written>;
  /**
   * Writes several, not atomically: one outcome for each, in their order. An empty list sends nothing.
   *
   * CouchDB refuses a whole request for one bad document (400 for ill-formed text, 413 for one that is too large). Then the
   * bulk is written in parts (write-apart.ts), so that only the bad document is refused, and only after a request of its
   * own was refused, too. If a proxy refuses bulks themselves, each document is written alone.
   */
  bulk(documents: readonly NewDocument[]): Promise<readonly Written[]>;
  /** Reads several by id, in their order; undefined for one that is missing or deleted. An empty list sends nothing. */
  many(ids: readonly string[]): Promise<readonly (StoredDocument | undefined)[]>;
  /** Documents whose ids begin with `prefix`, in the order of their ids' bytes, at most `limit`, from `after` (exclusive) on. */
  range(
    prefix: string,
    options: { readonly limit: number; readonly after?: string },
  ): Promise<readonly StoredDocument[]>;
  /** Documents with a numeric `dueAt` from `from` to `until`, both inclusive, sooner first, at most `limit`. */
  due(range: { readonly from: EpochMs; readonly until: EpochMs; readonly limit: number }): Promise<DuePage>;
  /** Identifies the server and this life of the database: another identity is another store (fact db-differs-02). */
  identity(): Promise<string>;
}

/** Where the reads of the past go on. */
export interface HistoryPage {
  /** Nothing older than this is read. */
  readonly from: EpochMs;
  /** What was read before this page, in its order; empty for the first page. */
  readonly before: readonly StoredDocument[];
  readonly limit: number;
}

/**
 * Reads the past by its indexes, without reading the whole ledger. It needs no right to write. Each fails as the calls of
 * `CouchPort`; STORE_REFUSED also if an index is missing.
 */
export interface HistoryPort {
  /**
   * Documents with a numeric `field`, the latest first. A document that is written between two pages may come twice.
   *
   * @returns fewer than `limit` only at the end.
   */
  latest(field: HistoryInstant, page: HistoryPage): Promise<readonly StoredDocument[]>;
  /** The orders with this `root`, in no order. */
  ofRun(root: string): Promise<readonly StoredDocument[]>;
}

/*
 * The ledger, Cascade's memory, is a database in CouchDB. This file says what Cascade needs from it.
 */

import type { EpochMs } from '../../core/units.ts';
import type { HistoryInstant } from './indexes.ts';

/**
 * A document to be written. `_rev` is the rev (CouchDB's name of a version) that it replaces. A new document has no `_rev`; an
 * update always has one (fact db-differs-07).
 */
export interface NewDocument {
  readonly _id: string;
  readonly _rev?: string;
  readonly [field: string]: unknown;
}

/** A document from the store. Its fields are unknown until a reader in src/ledger has checked them. */
export interface StoredDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly [field: string]: unknown;
}

/** The outcome of writing one document. */
export type Written =
  | { readonly kind: 'stored'; readonly rev: string }
  /**
   * Somebody else wrote the document: it exists, or its rev is not the rev sent. CouchDB has stored nothing. But if the
   * document had been purged, CouchDB may have stored it as a new one (fact db-differs-07), and that counts as a conflict,
   * too.
   */
  | { readonly kind: 'conflict' }
  | Refused;

/** The document is certainly not stored, for a reason that need not concern other documents. */
export interface Refused {
  readonly kind: 'refused';
  readonly message: string;
  /** True if the document's content is the reason (too large, ill-formed text): the same write would always be refused. */
  readonly isForGood: boolean;
}

/** Which documents that are due to read. */
export interface DueRange {
  readonly from: EpochMs;
  readonly until: EpochMs;
  readonly limit: number;
  /** True to read `_id`, `_rev`, `dueAt` and `state` only. That takes one request for 10,000 documents, which have about 2 MB. */
  readonly isBrief?: boolean;
}

/** Documents that are due, and whether there may be more of them. */
export interface DuePage {
  readonly documents: readonly StoredDocument[];
  /** True if the page is full: there may be more documents. False if there are no more in the range that was asked for. */
  readonly isFull: boolean;
}

/**
 * What the ledger needs from a CouchDB database. Most calls send one request. `identity` sends two, `bulk` may send several,
 * and so may a read if one answer would exceed 4 MiB, or if a kept connection was dead. If a single document exceeds 4 MiB,
 * only its id and rev are read (`due` adds its `dueAt`). Each request has a time limit.
 *
 * A call fails with CascadeError STORE_UNAVAILABLE if there is no answer or a 5xx; a write may then be stored or not. It fails
 * with STORE_REFUSED if CouchDB refuses the whole request (credential, missing database, body too large); nothing is stored.
 */
export interface CouchPort extends HistoryPort {
  /**
   * The time by CouchDB's clock: the `Date` of its last answer (whole seconds) plus the time since that answer. It is undefined
   * until CouchDB has answered once. Leases and `dueAt` go by this clock (docs/ledger.md, law 5).
   */
  now(): EpochMs | undefined;
  get(id: string): Promise<StoredDocument | undefined>;
  /** Creates one document (if it has no `_rev`), or updates it. */
  put(document: NewDocument): Promise<Written>;
  /**
   * Writes several documents, not atomically. It returns one outcome for each, in their order. An empty list sends nothing.
   *
   * CouchDB refuses a whole request for one bad document (400 for ill-formed text, 413 for a document that is too large). Then
   * the bulk is written in smaller parts (write-apart.ts), so that only the bad document is refused. If a proxy refuses every
   * bulk, each document is written alone.
   */
  bulk(documents: readonly NewDocument[]): Promise<readonly Written[]>;
  /** Reads documents by id, in the order of `ids`; undefined for a missing or deleted one. An empty list sends nothing. */
  many(ids: readonly string[]): Promise<readonly (StoredDocument | undefined)[]>;
  /**
   * Documents whose ids begin with `prefix`, in the order of their ids' bytes, at most `limit`, from `after` (exclusive)
   * on.
   */
  range(
    prefix: string,
    options: { readonly limit: number; readonly after?: string },
  ): Promise<readonly StoredDocument[]>;
  /** Documents with a numeric `dueAt` from `from` to `until`, both inclusive, the earliest first, at most `limit`. */
  due(range: DueRange): Promise<DuePage>;
  /**
   * A text that changes if the server is another one, or if the database was deleted and created again (fact
   * db-differs-02).
   */
  identity(): Promise<string>;
}

/** Which page of the history to read. */
export interface HistoryPage {
  /** Older documents are left out. */
  readonly from: EpochMs;
  /** The documents of the pages that were already read, in their order. The list is empty for the first page. */
  readonly before: readonly StoredDocument[];
  readonly limit: number;
}

/**
 * Reads the ledger's history by indexes, so it need not read the whole ledger. It needs no right to write. A call fails as a
 * call of `CouchPort` does, and with STORE_REFUSED also if an index is missing.
 */
export interface HistoryPort {
  /**
   * Documents with a numeric `field`, the latest first. A document that somebody writes between two pages may come twice.
   *
   * @returns fewer than `limit` only at the end.
   */
  latest(field: HistoryInstant, page: HistoryPage): Promise<readonly StoredDocument[]>;
  /** The orders of one run: the documents with this `root`. They are not sorted. */
  ofRun(root: string): Promise<readonly StoredDocument[]>;
}

/*
 * The ledger, Cascade's memory, is a database in CouchDB. This file says what Cascade needs from that database. Actions
 * and commands work with these calls. http-couchdb.ts makes them over HTTP, and tests replace them.
 */

import type { EpochMs } from '../../core/units.ts';
import type { HistoryInstant } from './indexes.ts';

/**
 * A document to be written. `_rev` is the rev (CouchDB's name of a version) that it replaces. A new document has no
 * `_rev`; an update always has one (fact db-differs-07).
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
   * Somebody else wrote the document: it exists already, or its rev is not the rev sent. CouchDB has stored nothing.
   *
   * One exception: somebody purged the document, and CouchDB stored the update as a new document (fact db-differs-07).
   * That counts as a conflict, too.
   */
  | { readonly kind: 'conflict' }
  | Refused;

/** The document is certainly not stored, for a reason that need not concern other documents. */
export interface Refused {
  readonly kind: 'refused';
  readonly message: string;
  /**
   * True if the document's content is the reason (too large, ill-formed text): the same write would always be refused.
   */
  readonly isForGood: boolean;
}

/** Which documents to read by their `dueAt`: the time at which their unfinished work is due. */
export interface DueRange {
  readonly from: EpochMs;
  readonly until: EpochMs;
  readonly limit: number;
  /** True to read `_id`, `_rev`, `dueAt` and `state` only. One request reads 10,000 documents so, about 2 MB. */
  readonly isBrief?: boolean;
}

/** Documents that are due, and whether there may be more of them. */
export interface DuePage {
  readonly documents: readonly StoredDocument[];
  /**
   * True if the page is full: there may be more documents. False if there are no more in the range that was asked for.
   */
  readonly isFull: boolean;
}

/**
 * What the ledger needs from a CouchDB database. Most calls send one request. `identity` sends two; `bulk` and a read
 * may send several, as for a long list. If a single document exceeds 4 MiB, only its id and rev are read (`due` adds
 * its `dueAt`). Each request has a time limit.
 *
 * A call fails with CascadeError STORE_UNAVAILABLE if there is no clear answer, such as none at all or a 5xx. A write
 * may then be stored or not. A call fails with STORE_REFUSED if CouchDB refuses a whole request, as for a wrong
 * credential, a missing database or a missing index. That request stored nothing.
 */
export interface CouchPort extends HistoryPort {
  /**
   * The time by CouchDB's clock: the `Date` of its last answer (whole seconds) plus the time since that answer. It is
   * undefined until CouchDB has answered once. The actions go by this clock, because the clocks of their machines may
   * differ (docs/ledger.md, law 5).
   */
  now(): EpochMs | undefined;
  get(id: string): Promise<StoredDocument | undefined>;
  /** Creates one document (if it has no `_rev`), or updates it. */
  put(document: NewDocument): Promise<Written>;
  /**
   * Writes several documents, not atomically. It returns one outcome for each, in their order. An empty list sends
   * nothing.
   *
   * CouchDB refuses a whole request for one bad document (400 for ill-formed text, 413 for a document that is too
   * large). Then the bulk is written in smaller parts (write-apart.ts), so that only the bad document is refused. If a
   * proxy refuses the bulks whatever they contain, each document is written alone.
   */
  bulk(documents: readonly NewDocument[]): Promise<readonly Written[]>;
  /**
   * Reads documents by id, in the order of `ids`; undefined for a missing or deleted one. An empty list sends nothing.
   */
  many(ids: readonly string[]): Promise<readonly (StoredDocument | undefined)[]>;
  /**
   * Documents whose ids begin with `prefix`, in the order of their ids' bytes, at most `limit`, from `after`
   * (exclusive) on.
   */
  range(
    prefix: string,
    options: { readonly limit: number; readonly after?: string },
  ): Promise<readonly StoredDocument[]>;
  /** Documents with a numeric `dueAt` from `from` to `until`, both inclusive, the earliest first, at most `limit`. */
  due(range: DueRange): Promise<DuePage>;
  /**
   * A text that changes if the server is another one, or if the database was deleted and created again (fact
   * db-differs-02). The sweep (it runs every five minutes and takes up what was left undone) then stops with an alert,
   * because nobody knows what the present database has forgotten.
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
 * Reads the ledger's history for people: which reloads ended, and what followed from them. It uses indexes, so it need
 * not read the whole ledger. It needs no right to write. A call fails as a call of `CouchPort` does.
 */
export interface HistoryPort {
  /**
   * Documents with a numeric `field`, the latest first. A document that somebody writes between two pages may come
   * twice.
   *
   * @returns fewer than `limit` only at the end.
   */
  latest(field: HistoryInstant, page: HistoryPage): Promise<readonly StoredDocument[]>;
  /**
   * The orders of one run: the documents with this `root`, not sorted. A run is all that followed from one reload, and
   * an order is one reload that Cascade owes in it.
   */
  ofRun(root: string): Promise<readonly StoredDocument[]>;
}

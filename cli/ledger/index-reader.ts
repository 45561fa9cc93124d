/*
 * `cascade runs` shows the newest history first, and mostly needs no more than that. So this file reads the documents
 * of the ledger (Cascade's memory in CouchDB) from the latest back in time, page by page, until the caller has enough.
 */

import type { HistoryPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { HistoryInstant } from '../../src/clients/couchdb/indexes.ts';
import type { EpochMs } from '../../src/core/units.ts';

/** In documents. Such a page has some hundred kB, and takes a moment over a slow line. */
const LARGEST_PAGE = 500;
const BEGINNING = 0 as EpochMs;

/**
 * Reads the documents with one field, such as `endedAt`, from the latest time back, by CouchDB's index of that field.
 * Each page is twice as large as the one before, up to 500 documents.
 */
export class IndexReader {
  readonly #store: HistoryPort;
  readonly #field: HistoryInstant;
  readonly #read: StoredDocument[] = [];
  #isAtEnd = false;
  #nextSize: number;

  /** @param firstPage - how many documents the first page has. If it is more than 500, the page has 500. */
  constructor(store: HistoryPort, field: HistoryInstant, firstPage: number) {
    this.#store = store;
    this.#field = field;
    this.#nextSize = firstPage;
  }

  async nextPage(): Promise<readonly StoredDocument[]> {
    const limit = Math.min(this.#nextSize, LARGEST_PAGE);
    const page = await this.#store.latest(this.#field, { from: BEGINNING, before: this.#read, limit });
    this.#read.push(...page);
    this.#isAtEnd = page.length < limit;
    this.#nextSize = 2 * limit;
    return page;
  }

  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  get count(): number {
    return this.#read.length;
  }

  /** Documents with a later time than this were all read. Before the first page, this is later than any time. */
  get reached(): EpochMs {
    if (this.#isAtEnd) return BEGINNING;
    const last = this.#read.at(-1)?.[this.#field];
    return typeof last === 'number' ? (last as EpochMs) : (Number.POSITIVE_INFINITY as EpochMs);
  }
}

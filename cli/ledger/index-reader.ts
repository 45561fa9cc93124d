import type { HistoryPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { HistoryInstant } from '../../src/clients/couchdb/indexes.ts';
import type { EpochMs } from '../../src/core/units.ts';

const PAGE = 500;
const BEGINNING = 0 as EpochMs;

/** Reads one index of the history from its latest instant back, page by page. */
export class IndexReader {
  readonly #store: HistoryPort;
  readonly #field: HistoryInstant;
  readonly #read: StoredDocument[] = [];
  #isAtEnd = false;

  constructor(store: HistoryPort, field: HistoryInstant) {
    this.#store = store;
    this.#field = field;
  }

  async nextPage(): Promise<readonly StoredDocument[]> {
    const page = await this.#store.latest(this.#field, { from: BEGINNING, before: this.#read, limit: PAGE });
    this.#read.push(...page);
    this.#isAtEnd = page.length < PAGE;
    return page;
  }

  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  get count(): number {
    return this.#read.length;
  }

  /** All documents with a later instant were read. */
  get reached(): EpochMs {
    if (this.#isAtEnd) return BEGINNING;
    const last = this.#read.at(-1)?.[this.#field];
    return typeof last === 'number' ? (last as EpochMs) : (Number.POSITIVE_INFINITY as EpochMs);
  }
}

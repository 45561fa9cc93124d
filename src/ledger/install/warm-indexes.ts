import { DUE_INDEX, HISTORY_INDEXES } from '../../clients/couchdb/indexes.ts';
import { CascadeError } from '../../core/cascade-error.ts';
import type { AskedStore } from './ask-store.ts';

/** With 15 seconds each, ten minutes for each index. */
const MOST_TRIES = 40;

/** No document has more: a query of an index always has both bounds (fact db-differs-04). */
const NEVER = 9e15;

/** Who waits while an index is built. */
export interface Waiting {
  /** Gets a sentence before it takes long. */
  readonly say: (sentence: string) => void;
  /** Ends the waiting between two questions, each of which may take 15 seconds. */
  readonly signal?: AbortSignal;
}

/**
 * Asks each index of the ledger for a document. CouchDB builds an index only then, and answers when it is built. So a large
 * ledger's first sweep and first `cascade runs` do not have to wait for that.
 *
 * @returns a sentence about each index that is still not built; CouchDB goes on with it.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED; the signal's reason if it is aborted.
 */
export async function warmIndexes(asked: AskedStore, { say, signal }: Waiting): Promise<readonly string[]> {
  const late: string[] = [];
  for (const { name, fields } of [DUE_INDEX, ...HISTORY_INDEXES]) {
    const onWait = (tried: number): void => {
      signal?.throwIfAborted();
      if (tried === 1) say(waitText(name));
    };
    if (!(await isBuilt(asked, fields[0], onWait))) late.push(lateText(name));
  }
  return late;
}

async function isBuilt({ ask }: AskedStore, field: string, onWait: (tried: number) => void): Promise<boolean> {
  const selector = { [field]: { $gte: 0, $lte: NEVER } };
  const query = { selector, sort: [{ [field]: 'asc' }], fields: ['_id'], limit: 1 };
  for (let tried = 1; tried <= MOST_TRIES; tried += 1) {
    try {
      await ask('POST', '_find', [200], query);
      return true;
    } catch (error) {
      if (!(error instanceof CascadeError && error.code === 'STORE_UNAVAILABLE')) throw error;
    }
    // If CouchDB does not answer this either, it is not the index.
    await ask('GET', '', [200]);
    onWait(tried);
  }
  return false;
}

const waitText = (name: string): string =>
  `CouchDB builds the index ${name} of the ledger. In a large ledger that takes minutes, once. Deployment waits for it.`;

const lateText = (name: string): string =>
  `the index ${name} is still being built (until then, cascade runs and the sweep may get no answer)`;

import { isJsonObject } from '../../src/core/json-fields.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { RawDocument } from '../model/documents.ts';
import { type Ask, entriesIn, isDocument, StoreStatus, selectorSince } from './first-load.ts';

/** The number of a change. CouchDB counts the changes of a database, and gives each a number. */
export type Sequence = number | string;

/** Some changes of documents that the page shows, as the store gave them in one answer. */
export interface Changes {
  /** Each document as it is now. A deleted one has `_deleted`. */
  readonly documents: readonly RawDocument[];
  /** The number of the last change that the store looked at. The next question begins after it. */
  readonly until: Sequence;
  /** Whether there may be more changes already: this answer is as long as an answer can be. */
  readonly isFull: boolean;
}

/** The most changes in one answer. */
const AT_ONCE = 1_000;
/**
 * How long the store waits for a change before it answers without one. Proxies often end requests that take a minute.
 */
const PATIENCE_MS = 25_000;

/**
 * Asks the store (the CouchDB of the ledger, Cascade's memory) what has changed. The replica calls this again and
 * again, so that the page is live.
 *
 * @param from - the number of the change after which to look.
 * @param since - ends of reloads, and orders (reloads that Cascade owes), are left out if they are older than this
 *   instant.
 * @param isPatient - whether to wait for a change if there is none: at most 25 s.
 * @throws StoreStatus if the store answers with an error, or as CouchDB would not. Another error if it gives no answer,
 *   or one that is no JSON.
 */
export async function changesAfter(ask: Ask, from: Sequence, since: EpochMs, isPatient: boolean): Promise<Changes> {
  const query = new URLSearchParams({
    ...{ filter: '_selector', include_docs: 'true', since: String(from), limit: String(AT_ONCE) },
    ...(isPatient && { feed: 'longpoll', timeout: String(PATIENCE_MS) }),
  });
  const answer = await ask(`/_changes?${query}`, { selector: selectorSince(since) });
  const until = isJsonObject(answer) ? answer['last_seq'] : undefined;
  if (typeof until !== 'number' && typeof until !== 'string')
    throw new StoreStatus(200, 'POST _changes, without last_seq');
  const rows = entriesIn(answer, 'results');
  const documents = rows.flatMap((row) => (isJsonObject(row) && isDocument(row['doc']) ? [row['doc']] : []));
  return { documents, until, isFull: rows.length >= AT_ONCE };
}

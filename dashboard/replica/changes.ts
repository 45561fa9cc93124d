import { isJsonObject } from '../../src/core/json-fields.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { RawDocument } from '../model/documents.ts';
import { type Ask, entriesIn, isDocument, StoreStatus, selectorSince } from './first-load.ts';

/** A number that the store gave to a change. */
export type Sequence = number | string;

/** Some changes of documents that the page shows. */
export interface Changes {
  /** Each as it is now; deleted ones, too. */
  readonly documents: readonly RawDocument[];
  /** The number of the last change that was looked at. */
  readonly until: Sequence;
  /** Whether there may be more. */
  readonly isFull: boolean;
}

const AT_ONCE = 1_000;
/** An answer without changes comes after this time: proxies often end requests that take a minute. */
const PATIENCE_MS = 25_000;

/**
 * Asks the store what has changed.
 *
 * @param from - the number of the change after which to look.
 * @param since - history before this instant is left out.
 * @param isPatient - whether to wait for a change if there is none: at most 25 s.
 */
export async function changesAfter(ask: Ask, from: Sequence, since: EpochMs, isPatient: boolean): Promise<Changes> {
  const query = new URLSearchParams({
    ...{ filter: '_selector', include_docs: 'true', since: String(from), limit: String(AT_ONCE) },
    ...(isPatient && { feed: 'longpoll', timeout: String(PATIENCE_MS) }),
  });
  const answer = await ask(`/_changes?${query}`, { selector: selectorSince(since) });
  const until = isJsonObject(answer) ? answer['last_seq'] : undefined;
  if (typeof until !== 'number' && typeof until !== 'string')
    throw new StoreStatus(200, 'GET _changes, without last_seq');
  const rows = entriesIn(answer, 'results');
  const documents = rows.flatMap((row) => (isJsonObject(row) && isDocument(row['doc']) ? [row['doc']] : []));
  return { documents, until, isFull: rows.length >= AT_ONCE };
}

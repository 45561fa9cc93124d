import { CascadeError } from '../../core/cascade-error.ts';
import { definedFields } from '../../core/defined-fields.ts';
import { storeUnavailable } from './couch-answer.ts';
import type { HistoryPort, StoredDocument } from './couchdb-port.ts';
import type { HistoryInstant } from './indexes.ts';
import { readFound } from './read-documents.ts';
import { type AskPage, type ListRequest, type PageSize, readInPages } from './read-in-pages.ts';

/** A limit for lists that are read to their end. */
const ALL = 1_000_000;

/** Later than any time in a document, in milliseconds. A query needs both bounds of its range (fact db-differs-04). */
const NEVER = 9e15;

/**
 * Reads the history of the ledger (Cascade's memory in CouchDB) by its indexes, for `cascade runs` and the action
 * `chains`, for example. It reads a long list in pages, because Cascade reads at most 4 MiB of an answer.
 */
export function historyReads(ask: AskPage, size: PageSize): HistoryPort {
  const read = (
    limit: number,
    rest: (before: readonly StoredDocument[]) => Question,
  ): Promise<readonly StoredDocument[]> =>
    readInPages<StoredDocument>(limit, size, {
      next: (count, before) => ask(find(rest(before), count), readFound),
      async tooLarge(before) {
        const question = rest(before);
        const fields = ['_id', '_rev', ...Object.keys(question.sort)];
        return (await ask(find(question, 1, fields), readFound))?.items ?? [];
      },
    });
  return {
    latest: (field, { from, before, limit }) => read(limit, (own) => latestOf(field, from, [...before, ...own])),
    ofRun: (root) => read(ALL, ({ length }) => ({ selector: { root }, sort: { root: 'asc' }, skip: length })),
  };
}

/** A query of an index, without its limit. */
interface Question {
  readonly selector: object;
  readonly sort: object;
  readonly skip: number;
}

/**
 * Asks for the documents that follow `before`. It starts at the time of the last document of `before`, and skips as
 * many documents as `before` has at that time.
 */
function latestOf(field: HistoryInstant, from: number, before: readonly StoredDocument[]): Question {
  const last = before.at(-1)?.[field];
  const until = typeof last === 'number' ? last : NEVER;
  const skip = before.length - 1 - before.findLastIndex((document) => document[field] !== last);
  return { selector: { [field]: { $gte: from, $lte: until } }, sort: { [field]: 'desc' }, skip };
}

/** Makes the request of a query. It sorts by the field, which makes CouchDB use the field's index (fact db-find-06). */
function find({ selector, sort, skip }: Question, limit: number, fields?: readonly string[]): ListRequest {
  const json = { selector, sort: [sort], skip, limit, ...definedFields({ fields }) };
  return { what: 'the history', method: 'POST', path: '_find', json, unavailable: historyUnavailable };
}

/**
 * The error of a query without a clear answer. If CouchDB took too long or answered an error, the message has a likely
 * reason: CouchDB brings an index up to date before it answers, and continues to do so after the time limit.
 */
function historyUnavailable(what: string, problem: string): CascadeError {
  const failure = storeUnavailable(what, problem);
  if (!/\bwithin\b|^answered/.test(problem)) return failure;
  const advice = 'Perhaps it is bringing an index of a large ledger up to date, which takes minutes after an upgrade.';
  return new CascadeError('STORE_UNAVAILABLE', `${failure.message} ${advice}`);
}

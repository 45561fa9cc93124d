import { CascadeError } from '../../core/cascade-error.ts';
import { definedFields } from '../../core/defined-fields.ts';
import { storeUnavailable } from './couch-answer.ts';
import type { HistoryPort, StoredDocument } from './couchdb-port.ts';
import type { HistoryInstant } from './indexes.ts';
import { readFound } from './read-documents.ts';
import { type AskPage, type ListRequest, type PageSize, readInPages } from './read-in-pages.ts';

/** More orders than a run has. */
const ALL = 1_000_000;

/** An instant that no document reaches: a query of an index always has both bounds (fact db-differs-04). */
const NEVER = 9e15;

/** Reads the past by its indexes, in pages that fit into an answer. */
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

/** What an index is asked for. */
interface Question {
  readonly selector: object;
  readonly sort: object;
  readonly skip: number;
}

/** The documents that come after those of `before`: from the last one's instant on, without those that have the same one. */
function latestOf(field: HistoryInstant, from: number, before: readonly StoredDocument[]): Question {
  const last = before.at(-1)?.[field];
  const until = typeof last === 'number' ? last : NEVER;
  const skip = before.length - 1 - before.findLastIndex((document) => document[field] !== last);
  return { selector: { [field]: { $gte: from, $lte: until } }, sort: { [field]: 'desc' }, skip };
}

/** Sorting by a field makes CouchDB use the field's index (fact db-find-06). */
function find({ selector, sort, skip }: Question, limit: number, fields?: readonly string[]): ListRequest {
  const json = { selector, sort: [sort], skip, limit, ...definedFields({ fields }) };
  return { what: 'the history', method: 'POST', path: '_find', json, unavailable: historyUnavailable };
}

/** CouchDB brings an index up to date before it answers. It goes on with that if nobody waits any more. */
function historyUnavailable(what: string, problem: string): CascadeError {
  const failure = storeUnavailable(what, problem);
  if (!/\bwithin\b|^answered/.test(problem)) return failure;
  const advice = 'Perhaps it is bringing an index of a large ledger up to date, which takes minutes after an upgrade.';
  return new CascadeError('STORE_UNAVAILABLE', `${failure.message} ${advice}`);
}

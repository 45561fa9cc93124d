import type { CouchPort, StoredDocument } from './couchdb-port.ts';
import { readByIds, readRange, readStubs } from './read-documents.ts';
import { dueRead } from './read-due.ts';
import { type AskList, type AskPage, type ListRequest, type PageSize, readInPages } from './read-in-pages.ts';

/** So many documents are asked for before any answer was weighed: usual lists fit. */
const FIRST_PAGE = 200;

/** Behind every id with a prefix, in the order of bytes (fact db-all-docs-03). */
const LAST = '\ufff0';

/**
 * The reads of lists, in pages that fit. A document that is too large for an answer of its own comes as id and rev alone
 * (and `dueAt`, if it is asked for by that), so that its reader refuses it as none of ours and it blocks no other.
 */
export function listReads(ask: AskList): Pick<CouchPort, 'many' | 'range' | 'due'> {
  const size: PageSize = { most: FIRST_PAGE };
  const asPage: AskPage = async (request, read) => {
    const sized = await ask(request);
    return sized === undefined ? undefined : { items: read(sized.answer), bytes: sized.bytes };
  };
  const stubs = async (request: ListRequest): Promise<readonly StoredDocument[]> =>
    (await asPage(request, readStubs))?.items ?? [];

  const lists: Pick<CouchPort, 'many' | 'range'> = {
    many: (ids) =>
      readInPages<StoredDocument | undefined>(ids.length, size, {
        next(count, { length }) {
          const part = ids.slice(length, length + count);
          return asPage(byIds(part, true), (answer) => readByIds(part, answer));
        },
        async tooLarge({ length }) {
          const [stub] = await stubs(byIds(ids.slice(length, length + 1), false));
          return [stub];
        },
      }),
    range(prefix, { limit, after: first }) {
      const from = (before: readonly StoredDocument[]): string | undefined => before.at(-1)?._id ?? first;
      const behind = (after: string | undefined, documents: readonly StoredDocument[], count: number) =>
        documents.filter(({ _id }) => _id !== after).slice(0, count);
      return readInPages<StoredDocument>(limit, size, {
        next(count, before) {
          const after = from(before);
          return asPage(inRange(prefix, after, count, true), (answer) => behind(after, readRange(answer), count));
        },
        async tooLarge(before) {
          const after = from(before);
          return behind(after, await stubs(inRange(prefix, after, 1, false)), 1);
        },
      });
    },
  };
  return { ...lists, due: dueRead({ ask: asPage, many: lists.many, size }) };
}

const byIds = (keys: readonly string[], areWhole: boolean): ListRequest => ({
  what: '_all_docs',
  method: 'POST',
  path: `_all_docs?include_docs=${areWhole}`,
  json: { keys },
});

function inRange(prefix: string, after: string | undefined, count: number, areWhole: boolean): ListRequest {
  // Both bounds belong to the range: one more than asked, of which `after` itself is left out.
  const bounds = {
    startkey: after ?? prefix,
    endkey: `${prefix}${LAST}`,
    limit: after === undefined ? count : count + 1,
  };
  const given = Object.entries({ include_docs: areWhole, ...bounds });
  const query = given.map(([name, value]) => `${name}=${encodeURIComponent(JSON.stringify(value))}`).join('&');
  return { what: `the list of ${prefix}… documents`, method: 'GET', path: `_all_docs?${query}` };
}

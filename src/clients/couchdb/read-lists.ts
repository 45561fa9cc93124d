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
      return readInPages<StoredDocument>(limit, size, {
        next: (count, before) => asPage(inRange(prefix, from(before), count, true), readRange),
        async tooLarge(before) {
          const [stub] = await stubs(inRange(prefix, from(before), 1, false));
          // The one that was too large may be gone by now, and this one fit: it is read by its id.
          return stub === undefined ? [] : (await lists.many([stub._id])).flatMap((found) => found ?? []);
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

/** The next id behind `after`, in the order of bytes (fact db-all-docs-01): CouchDB's bounds belong to the range (-02). */
const behind = (after: string): string => `${after}\u0000`;

function inRange(prefix: string, after: string | undefined, limit: number, areWhole: boolean): ListRequest {
  // The document `after` itself is never in the answer: it may be too large, and its reader has it already.
  const bounds = { startkey: after === undefined ? prefix : behind(after), endkey: `${prefix}${LAST}`, limit };
  const given = Object.entries({ include_docs: areWhole, ...bounds });
  const query = given.map(([name, value]) => `${name}=${encodeURIComponent(JSON.stringify(value))}`).join('&');
  return { what: `the list of ${prefix}… documents`, method: 'GET', path: `_all_docs?${query}` };
}

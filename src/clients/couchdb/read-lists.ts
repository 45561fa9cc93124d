import type { CouchPort, HistoryPort, StoredDocument } from './couchdb-port.ts';
import { readByIds, readRange, readStubs } from './read-documents.ts';
import { dueRead } from './read-due.ts';
import { historyReads } from './read-history.ts';
import { type AskList, type AskPage, type ListRequest, type PageSize, readInPages } from './read-in-pages.ts';

/** How many documents the first page has: usual lists fit into it. */
const FIRST_PAGE = 200;

/** In the order of bytes, it comes after every id with the same prefix (fact db-all-docs-03). */
const LAST = '\ufff0';

/**
 * Reads lists, in pages that fit. A document that is too large even alone is read as id and rev only (the read of due
 * documents adds its `dueAt`). Its reader then refuses it as malformed, and it blocks no other document.
 */
export function listReads(ask: AskList): Pick<CouchPort, 'many' | 'range' | 'due'> & HistoryPort {
  const size: PageSize = { most: FIRST_PAGE };
  const asPage: AskPage = async (request, read) => {
    const answer = await ask(request);
    return answer && { items: read(answer), bytes: answer.bytes };
  };
  const stubs = async (request: ListRequest): Promise<readonly StoredDocument[]> =>
    (await asPage(request, readStubs))?.items ?? [];

  const many: CouchPort['many'] = (ids) =>
    readInPages<StoredDocument | undefined>(ids.length, size, {
      next(count, { length }) {
        const part = ids.slice(length, length + count);
        return asPage(byIds(part, true), (answer) => readByIds(part, answer));
      },
      async tooLarge({ length }) {
        const [stub] = await stubs(byIds(ids.slice(length, length + 1), false));
        return [stub];
      },
    });
  const range: CouchPort['range'] = (prefix, { limit, after: first }) => {
    const from = (before: readonly StoredDocument[]): string | undefined => before.at(-1)?._id ?? first;
    return readInPages<StoredDocument>(limit, size, {
      next: (count, before) => asPage(inRange(prefix, from(before), count, true), readRange),
      async tooLarge(before) {
        const [stub] = await stubs(inRange(prefix, from(before), 1, false));
        // The document that was too large may be gone by now, and this one may fit: so it is read by its id.
        return stub === undefined ? [] : (await many([stub._id])).flatMap((found) => found ?? []);
      },
    });
  };
  return { many, range, due: dueRead({ ask: asPage, many, size }), ...historyReads(asPage, size) };
}

const byIds = (keys: readonly string[], areWhole: boolean): ListRequest => ({
  what: '_all_docs',
  method: 'POST',
  path: `_all_docs?include_docs=${areWhole}`,
  json: { keys },
});

/** The next id after `id` in the order of bytes (fact db-all-docs-01): CouchDB's ranges include their bounds (-02). */
const nextAfter = (id: string): string => `${id}\u0000`;

function inRange(prefix: string, after: string | undefined, limit: number, areWhole: boolean): ListRequest {
  // The document `after` is never asked for again: it may be too large, and its reader has it already.
  const bounds = { startkey: after === undefined ? prefix : nextAfter(after), endkey: `${prefix}${LAST}`, limit };
  const given = Object.entries({ include_docs: areWhole, ...bounds });
  const query = given.map(([name, value]) => `${name}=${encodeURIComponent(JSON.stringify(value))}`).join('&');
  return { what: `the list of ${prefix}… documents`, method: 'GET', path: `_all_docs?${query}` };
}

import type { CouchPort, HistoryPort, StoredDocument } from './couchdb-port.ts';
import { readByIds, readRange, readStubs } from './read-documents.ts';
import { dueRead } from './read-due.ts';
import { historyReads } from './read-history.ts';
import { type AskList, type AskPage, type ListRequest, type PageSize, readInPages } from './read-in-pages.ts';

/** How many documents the first page asks for at most. Usual lists fit into one page. */
const FIRST_PAGE = 200;

/**
 * If an id of Cascade's begins with `prefix`, it sorts before `prefix + LAST`, because such an id is ASCII, and CouchDB
 * sorts ids by bytes (fact db-all-docs-03).
 */
const LAST = '\ufff0';

/**
 * Makes the functions by which actions and commands read several documents: by id, by a prefix of the id, by what is
 * due, and by the history. They read a long list in pages, because Cascade reads at most 4 MiB of an answer.
 *
 * If a single document is too large for that, only its id and its rev (CouchDB's name of a version) are read; `due`
 * adds its `dueAt`. Whoever reads this document then finds it malformed. The other documents are read as usual.
 */
export function listReads(ask: AskList): Pick<CouchPort, 'many' | 'range' | 'due'> & HistoryPort {
  const size: PageSize = { most: FIRST_PAGE };
  const asPage: AskPage = async (request, read) => {
    const answer = await ask(request);
    return answer && { items: read(answer), bytes: answer.bytes };
  };
  /** Reads the stubs of documents: only id and rev, not the content. */
  const stubs = async (request: ListRequest): Promise<readonly StoredDocument[]> =>
    (await asPage(request, readStubs))?.items ?? [];

  const many: CouchPort['many'] = (ids) =>
    readInPages<StoredDocument | undefined>(ids.length, size, {
      next(count, { length: done }) {
        const part = ids.slice(done, done + count);
        return asPage(byIds(part, true), (answer) => readByIds(part, answer));
      },
      async tooLarge({ length: done }) {
        const [stub] = await stubs(byIds(ids.slice(done, done + 1), false));
        return [stub];
      },
    });
  const range: CouchPort['range'] = (prefix, { limit, after }) => {
    const lastRead = (before: readonly StoredDocument[]): string | undefined => before.at(-1)?._id ?? after;
    return readInPages<StoredDocument>(limit, size, {
      next: (count, before) => asPage(inRange(prefix, lastRead(before), count, true), readRange),
      async tooLarge(before) {
        const [stub] = await stubs(inRange(prefix, lastRead(before), 1, false));
        // If somebody has just deleted the large document, this is the document after it. That one may fit into an
        // answer.
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

/**
 * The first text after `id` in the order of bytes (fact db-all-docs-01). A range that begins with this text leaves `id`
 * out.
 */
const nextAfter = (id: string): string => `${id}\u0000`;

function inRange(prefix: string, after: string | undefined, limit: number, areWhole: boolean): ListRequest {
  // CouchDB's ranges include their bounds (fact db-all-docs-02). The document `after` must stay out: it may be too
  // large.
  const bounds = { startkey: after === undefined ? prefix : nextAfter(after), endkey: `${prefix}${LAST}`, limit };
  const given = Object.entries({ include_docs: areWhole, ...bounds });
  const query = given.map(([name, value]) => `${name}=${encodeURIComponent(JSON.stringify(value))}`).join('&');
  return { what: `the list of ${prefix}… documents`, method: 'GET', path: `_all_docs?${query}` };
}

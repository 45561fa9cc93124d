import { storeUnavailable } from './couch-answer.ts';
import type { CouchPort, DuePage, StoredDocument } from './couchdb-port.ts';
import { readFound } from './read-documents.ts';
import { type Page, type PageSize, readPage } from './read-in-pages.ts';
import type { AskPage, ListRequest } from './read-lists.ts';

type DueRange = Parameters<CouchPort['due']>[0];

/** What the list of what is due is read with. */
export interface DueReads {
  readonly ask: AskPage;
  readonly many: CouchPort['many'];
  readonly size: PageSize;
}

/**
 * The read of what is due: in one request if the answer is not too large. Else it lists ids, then reads the documents by
 * their ids. So a document that leaves the range meanwhile hides no other, however many are due in one millisecond.
 */
export function dueRead(reads: DueReads): CouchPort['due'] {
  return async function due(range) {
    const whole = await inOne(range, reads);
    if (whole !== undefined) return whole;
    const { documents: stubs, isFull } = await listed(range, reads);
    const found = await reads.many(stubs.map(({ _id }) => _id));
    // A full list ends at its last one: what moved behind that comes with the next page.
    const until = isFull ? dueAtOf(stubs.at(-1)) : range.until;
    const documents = stubs
      .flatMap((stub, index) => asItIsNow(stub, found[index]) ?? [])
      .filter(isIn(range.from, until));
    // All of them left the range, so that the same list now has others.
    if (isFull && documents.length === 0) return due(range);
    return { documents: documents.sort((a, b) => dueAtOf(a) - dueAtOf(b)), isFull };
  };
}

/** The list in one answer; undefined if it does not fit. */
async function inOne(range: DueRange, { ask, size }: DueReads): Promise<DuePage | undefined> {
  const next = (count: number): Promise<Page<StoredDocument> | undefined> => ask(dueFrom(range, count), readFound);
  for (;;) {
    const count = Math.max(1, Math.min(range.limit, size.most));
    const documents = (await readPage(count, size, next))?.items;
    if (documents === undefined) return undefined;
    if (documents.length < count || count === range.limit)
      return { documents, isFull: documents.length >= range.limit };
    if (size.most < range.limit) return undefined;
  }
}

/** What the documents are due by, without the rest of them; fewer than asked for if even that is too large. */
async function listed(range: DueRange, { ask }: DueReads): Promise<DuePage> {
  for (let limit = range.limit; limit > 0; limit = Math.floor(limit / 2)) {
    const page = await ask(dueFrom(range, limit, ['_id', '_rev', 'dueAt']), readFound);
    if (page !== undefined) return { documents: page.items, isFull: page.items.length >= limit };
  }
  throw storeUnavailable('_find', 'gave an answer that is too large');
}

/** A document that is too large for an answer comes by its id without `dueAt`. */
const asItIsNow = (stub: StoredDocument, found: StoredDocument | undefined): StoredDocument | undefined =>
  found?._rev === stub._rev ? { ...stub, ...found } : found;

const isIn = (from: number, until: number) => (document: StoredDocument) =>
  dueAtOf(document) >= from && dueAtOf(document) <= until;

/** NaN for one that is not due. */
const dueAtOf = (document: StoredDocument | undefined): number =>
  typeof document?.['dueAt'] === 'number' ? document['dueAt'] : Number.NaN;

function dueFrom({ from, until }: DueRange, limit: number, fields?: readonly string[]): ListRequest {
  const json = {
    selector: { dueAt: { $gte: from, $lte: until } },
    // Sorting by it also has the index on it used (fact db-find-06); naming the index is no fact of ours.
    sort: [{ dueAt: 'asc' }],
    limit,
    ...(fields !== undefined && { fields }),
  };
  return { what: '_find', method: 'POST', path: '_find', json };
}

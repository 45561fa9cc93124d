import { storeUnavailable } from './couch-answer.ts';
import type { CouchPort, DuePage, StoredDocument } from './couchdb-port.ts';
import { readFound } from './read-documents.ts';
import { type AskPage, type ListRequest, type PageSize, readPage, type SizedPage } from './read-in-pages.ts';

type DueRange = Parameters<CouchPort['due']>[0];

/** So often a list is asked for whose documents all leave the range before they are read. */
const MOST_TRIES = 10;

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
  return async (range) => {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const page = await readOnce(range, reads);
      // All of them left the range while they were read, so that the same list now has others.
      if (!page.isFull || page.documents.length > 0) return page;
    }
    throw storeUnavailable(
      '_find',
      `listed documents ${MOST_TRIES} times that are not due as they are read, in answer`,
    );
  };
}

async function readOnce(range: DueRange, reads: DueReads): Promise<DuePage> {
  const first = await firstPage(range, reads);
  if ('isFull' in first) return first;
  const { documents: stubs, isFull } = await listed(range, reads);
  const found = await read(stubs, first.documents, reads);
  // A full list ends at its last one: what moved behind that comes with the next page.
  const until = isFull ? dueAtOf(stubs.at(-1)) : range.until;
  const documents = found.filter(isIn(range.from, until));
  return { documents: documents.sort((a, b) => dueAtOf(a) - dueAtOf(b)), isFull };
}

/** The list, if it fits into one answer; else without `isFull` its beginning, which may be empty. */
async function firstPage(
  range: DueRange,
  { ask, size }: DueReads,
): Promise<DuePage | { readonly documents: readonly StoredDocument[] }> {
  const next = (count: number): Promise<SizedPage<StoredDocument> | undefined> => ask(dueFrom(range, count), readFound);
  for (;;) {
    const count = Math.max(1, Math.min(range.limit, size.most));
    const documents = (await readPage(count, size, next))?.items;
    if (documents === undefined) return { documents: [] };
    if (documents.length < count || count === range.limit)
      return { documents, isFull: documents.length >= range.limit };
    if (size.most < range.limit) return { documents };
  }
}

/** The documents as they are now, in the order of their stubs; without those that are gone. */
async function read(
  stubs: readonly StoredDocument[],
  known: readonly StoredDocument[],
  { many }: DueReads,
): Promise<StoredDocument[]> {
  const latest = new Map(known.map((document) => [document._id, document]));
  const unread = stubs.filter(({ _id, _rev }) => latest.get(_id)?._rev !== _rev).map(({ _id }) => _id);
  for (const [index, document] of (await many(unread)).entries()) {
    const id = unread[index] ?? '';
    if (document === undefined) latest.delete(id);
    else latest.set(id, document);
  }
  return stubs.flatMap((stub) => asItIsNow(stub, latest.get(stub._id)) ?? []);
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

/*
 * A document of the ledger (Cascade's memory in CouchDB) with unfinished work has a `dueAt`, a time. The sweep (it runs
 * every five minutes and takes up what was left undone) asks for the documents that are due. CouchDB's answer may be
 * larger than the 4 MiB that Cascade reads. This file then reads the documents in parts.
 */

import { definedFields } from '../../core/defined-fields.ts';
import { storeUnavailable } from './couch-answer.ts';
import type { CouchPort, DuePage, DueRange, StoredDocument } from './couchdb-port.ts';
import { readFound } from './read-documents.ts';
import { type AskPage, type ListRequest, type PageSize, readPage } from './read-in-pages.ts';

/**
 * How often the list is read at most. It is read anew if all its documents left the range before they were read.
 */
const MOST_TRIES = 10;

/** The fields of a stub: the part of a document that is read if the whole document need not or cannot be read. */
const STUB: readonly string[] = ['_id', '_rev', 'dueAt'];
/** The fields that are read if the caller needs no more, as to count documents (`isBrief`). */
const BRIEF: readonly string[] = [...STUB, 'state'];

/** What the read of due documents needs. */
export interface DueReads {
  readonly ask: AskPage;
  readonly many: CouchPort['many'];
  readonly size: PageSize;
}

/**
 * Makes the function that reads the documents whose `dueAt` is in a range of times. Usually it sends one request. If
 * the documents do not fit into one answer (4 MiB), it lists their stubs, and then reads the documents by id. A stub is
 * the id, the `dueAt` and the rev (CouchDB's name of a version) of a document.
 *
 * Why not in pages by `dueAt`? Many documents may be due in the same millisecond, and documents may leave the range
 * between two pages. In both cases a page could miss a document that is due.
 */
export function dueRead(reads: DueReads): CouchPort['due'] {
  return async (range) => {
    if (range.isBrief === true) return listed(range, reads, BRIEF);
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const page = await readOnce(range, reads);
      // Full but empty: every listed document left the range before it was read. So the list now has others.
      if (!page.isFull || page.documents.length > 0) return page;
    }
    throw storeUnavailable(
      '_find',
      `listed documents ${MOST_TRIES} times that were no longer due when they were read, in answer`,
    );
  };
}

async function readOnce(range: DueRange, reads: DueReads): Promise<DuePage> {
  const first = await firstPage(range, reads);
  if ('isFull' in first) return first;
  const { documents: stubs, isFull } = await listed(range, reads);
  const found = await read(stubs, first.documents, reads);
  // A full list ends at the `dueAt` of its last stub. A document that has moved to a later time belongs to the next
  // page.
  const until = isFull ? dueAtOf(stubs.at(-1)) : range.until;
  const documents = found.filter((document) => dueAtOf(document) >= range.from && dueAtOf(document) <= until);
  return { documents: documents.sort((a, b) => dueAtOf(a) - dueAtOf(b)), isFull };
}

/**
 * The whole list, if it fits into one answer. Otherwise its beginning, perhaps empty; the result then has no `isFull`.
 */
async function firstPage(
  range: DueRange,
  { ask, size }: DueReads,
): Promise<DuePage | { readonly documents: readonly StoredDocument[] }> {
  for (;;) {
    const count = Math.max(1, Math.min(range.limit, size.most));
    const documents = (await readPage(count, size, () => ask(dueFrom(range, count), readFound)))?.items;
    if (documents === undefined) return { documents: [] };
    if (documents.length < count || count === range.limit)
      return { documents, isFull: documents.length >= range.limit };
    // The page is full, so more may follow. The loop asks again if the whole list now seems to fit into one answer.
    if (size.most < range.limit) return { documents };
  }
}

/** The documents as they are now, in the order of their stubs. Documents that are gone are left out. */
async function read(
  stubs: readonly StoredDocument[],
  known: readonly StoredDocument[],
  { many }: DueReads,
): Promise<StoredDocument[]> {
  const latest = new Map<string, StoredDocument | undefined>(known.map((document) => [document._id, document]));
  const unread = stubs.filter(({ _id, _rev }) => latest.get(_id)?._rev !== _rev).map(({ _id }) => _id);
  for (const [index, document] of (await many(unread)).entries()) latest.set(unread[index] ?? '', document);
  return stubs.flatMap((stub) => withDueAt(stub, latest.get(stub._id)) ?? []);
}

/**
 * The stubs of the documents that are due. It returns fewer than `limit` if even the stubs are too large for an answer.
 */
async function listed(range: DueRange, { ask }: DueReads, fields = STUB): Promise<DuePage> {
  for (let limit = range.limit; limit > 0; limit = Math.floor(limit / 2)) {
    const page = await ask(dueFrom(range, limit, fields), readFound);
    if (page !== undefined) return { documents: page.items, isFull: page.items.length >= limit };
  }
  throw storeUnavailable('_find', 'gave an answer that is too large');
}

/** If a document is too large for an answer, `many` reads its id and rev only. Then its `dueAt` comes from the stub. */
const withDueAt = (stub: StoredDocument, found: StoredDocument | undefined): StoredDocument | undefined =>
  found?._rev === stub._rev ? { ...stub, ...found } : found;

/** NaN for a document that is not due. */
const dueAtOf = (document: StoredDocument | undefined): number =>
  typeof document?.['dueAt'] === 'number' ? document['dueAt'] : Number.NaN;

function dueFrom({ from, until }: DueRange, limit: number, fields?: readonly string[]): ListRequest {
  const json = {
    selector: { dueAt: { $gte: from, $lte: until } },
    // CouchDB uses the index because the query sorts by its field (fact db-find-06).
    sort: [{ dueAt: 'asc' }],
    limit,
    ...definedFields({ fields }),
  };
  return { what: '_find', method: 'POST', path: '_find', json };
}

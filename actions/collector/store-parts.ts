/*
 * The sweep, which runs every 5 minutes, may have to read or write thousands of documents. This file splits such reads
 * and writes into requests that CouchDB takes.
 */

import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';

/** The most documents in one request. They usually have a few hundred kB. */
const MOST_AT_ONCE = 200;

/** Cuts a list into parts of at most 200, one for each request to the store. */
export const partsOf = <T>(list: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(list.length / MOST_AT_ONCE) }, (_, index) =>
    list.slice(index * MOST_AT_ONCE, (index + 1) * MOST_AT_ONCE),
  );

/** Reads documents by their ids; an id that has no document is not in the map. */
export async function documentsById(
  ids: readonly string[],
  store: Pick<CouchPort, 'many'>,
): Promise<ReadonlyMap<string, StoredDocument>> {
  const documents = new Map<string, StoredDocument>();
  for (const part of partsOf([...new Set(ids)])) {
    for (const document of await store.many(part)) if (document !== undefined) documents.set(document._id, document);
  }
  return documents;
}

/*
 * Commands read many documents of the ledger, Cascade's memory in CouchDB. One malformed document must not stop a
 * command. So this file reads the others, and says which ones it left out.
 */

import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { readOrLog, SILENT } from '../../src/ledger/bad-document.ts';
import { counted } from '../terminal.ts';

/** A page usually has some MB at most, and takes some seconds over a slow line. */
const PAGE = 1_000;
/** How many documents of one type are read by default. More would be hundreds of megabytes, to print twenty lines. */
const MOST_DOCUMENTS = 50_000;

type Reader<T> = (document: StoredDocument) => T;

/** Documents of one type. */
export interface Documents<T> {
  readonly found: readonly T[];
  /** The ids of malformed documents: Cascade does not write such documents. */
  readonly malformed: readonly string[];
  /** True if there are more documents than were read. */
  readonly isCut: boolean;
}

/**
 * Reads the documents whose ids begin with `prefix`, page by page. If a document is malformed, only its id is returned.
 *
 * @param most - the most documents that are read, 50,000 by default.
 */
export async function readDocuments<T>(
  store: Pick<CouchPort, 'range'>,
  prefix: string,
  read: Reader<T>,
  most = MOST_DOCUMENTS,
): Promise<Documents<T>> {
  const { add, ...sorted } = sorting(read);
  return { isCut: await eachDocument(store, prefix, most, add), ...sorted };
}

/**
 * Makes two lists, and a function that adds each document to one of them: to `found` as `read` returns it, or to
 * `malformed`.
 */
export function sorting<T>(read: Reader<T>) {
  const found: T[] = [];
  const malformed: string[] = [];
  const add = (document: StoredDocument): void => {
    const one = readable(document, read);
    if (one === undefined) malformed.push(document._id);
    else found.push(one);
  };
  return { found, malformed, add };
}

/**
 * Visits the documents whose ids begin with `prefix`, in the order of their ids.
 *
 * @returns true if there are more than `most` documents. It visits only `most`.
 */
export async function eachDocument(
  store: Pick<CouchPort, 'range'>,
  prefix: string,
  most: number,
  visit: (document: StoredDocument) => void,
): Promise<boolean> {
  for (let after: string | undefined, left = most; ; ) {
    // If `most` documents were visited, one more document is read, to see whether there is one.
    const limit = left === 0 ? 1 : Math.min(PAGE, left);
    const page = await store.range(prefix, { limit, ...(after !== undefined && { after }) });
    if (left === 0) return page.length > 0;
    page.forEach(visit);
    if (page.length < limit) return false;
    left -= page.length;
    after = page.at(-1)?._id;
  }
}

/** A document as `read` returns it; undefined if the document is missing or malformed. */
export const readable = <T>(document: StoredDocument | undefined, read: Reader<T>): T | undefined =>
  readOrLog(document, read, SILENT);

/**
 * A sentence about the malformed documents of a type that were left out. The list is empty if there are none.
 *
 * @param ids - the ids of the malformed documents.
 */
export function leftOutText(type: string, ids: readonly string[]): readonly string[] {
  if (ids[0] === undefined) return [];
  return [
    `Left out, as they are not what this version of Cascade writes: ${counted(ids.length, type)}, the first is ${ids[0]}.`,
  ];
}

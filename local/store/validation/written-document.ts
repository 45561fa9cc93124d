/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. A function
 * `validate_doc_update` can refuse a write. This file finds out what such a function gets to see: the old document and
 * the new one. A rev is CouchDB's name of a version; a leaf is a rev that no later one follows.
 */

import type PouchDB from 'pouchdb-core';
import type { PouchDocument } from 'pouchdb-core';
import { isJsonObject } from '../../../src/core/json-fields.ts';
import type { CheckedDocument } from '../documents/check-document.ts';
import { toStoreError } from '../store-error.ts';

/** What a write does to the document that is there. */
export type WriteKind =
  | { readonly kind: 'change'; readonly oldDoc: PouchDocument | null }
  /**
   * The write names a rev that is no leaf (no current rev), or it names none although the document exists. CouchDB
   * refuses such a write before it asks a function.
   */
  | { readonly kind: 'conflict' }
  /** With `new_edits: false`: the database has this rev already. Nothing is written. */
  | { readonly kind: 'known' };

/**
 * Finds out what a write changes.
 *
 * @param isEdit - false for `new_edits: false`: the write is a copy of a rev from another database.
 */
export async function writeKindOf(pouch: PouchDB, document: CheckedDocument, isEdit: boolean): Promise<WriteKind> {
  const leaves = await leavesOf(pouch, document._id);
  const rev = document['_rev'];
  if (!isEdit) return copyKindOf(pouch, document, leaves);
  if (rev === undefined) {
    const isThere = leaves.some(({ _deleted: isDeleted }) => isDeleted !== true);
    return isThere ? { kind: 'conflict' } : { kind: 'change', oldDoc: null };
  }
  const oldDoc = leaves.find(({ _rev }) => _rev === rev);
  return oldDoc === undefined ? { kind: 'conflict' } : { kind: 'change', oldDoc };
}

/**
 * What the write of a copy changes: `known` if the database has the copy's rev. Otherwise the old document is the
 * newest of the copy's earlier revs that is a leaf here. It is null if none is.
 */
async function copyKindOf(
  pouch: PouchDB,
  { _id, ...document }: CheckedDocument,
  leaves: readonly PouchDocument[],
): Promise<WriteKind> {
  const [own = '', ...earlier] = pathOf(document);
  const missing: Readonly<Record<string, unknown>> = { ...(await pouch.revsDiff({ [_id]: [own] })) };
  if (!Object.hasOwn(missing, _id)) return { kind: 'known' };
  const found = earlier.map((rev) => leaves.find(({ _rev }) => _rev === rev)).find((leaf) => leaf !== undefined);
  return { kind: 'change', oldDoc: found ?? null };
}

/** The rev of a copy, and the earlier ones that the copy names, newest first. */
function pathOf({ _rev: rev, _revisions: revisions }: Readonly<Record<string, unknown>>): readonly string[] {
  if (!isJsonObject(revisions)) return [String(rev)];
  return (revisions['ids'] as string[]).map((id, index) => `${Number(revisions['start']) - index}-${id}`);
}

async function leavesOf(pouch: PouchDB, id: string): Promise<readonly PouchDocument[]> {
  try {
    return (await pouch.get(id, { open_revs: 'all' })).flatMap(({ ok }) => ok ?? []);
  } catch (error) {
    if (toStoreError(error).status === 404) return [];
    throw error;
  }
}

/** A document as CouchDB shows it to a function: with its revs, and without the bytes of its attachments. */
export function shownDocument(document: CheckedDocument): object {
  const { _rev: rev, _revisions: revisions, _attachments: attachments } = document;
  const [start = '0', id] = rev === undefined ? [] : String(rev).split('-');
  return {
    ...document,
    _revisions: revisions ?? { start: Number(start), ids: id === undefined ? [] : [id] },
    ...(isJsonObject(attachments) && { _attachments: stubsOf(attachments) }),
  };
}

const stubsOf = (attachments: object): object =>
  Object.fromEntries(
    Object.entries(attachments).map(([name, { data, ...attachment }]) => [
      name,
      data === undefined ? attachment : { ...attachment, stub: true, length: Buffer.byteLength(data, 'base64') },
    ]),
  );

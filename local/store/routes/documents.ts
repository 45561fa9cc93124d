/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. This file answers
 * requests about one document. A rev is CouchDB's name of a version of a document.
 */

import type { PouchDocument } from 'pouchdb-core';
import { type DatabaseCall, type DocumentCall, jsonReply, type StoreReply } from '../call.ts';
import { checkId, checkRev } from '../documents/check-document.ts';
import { writeDocument } from '../documents/write-documents.ts';
import { flagsIn } from '../outside-values.ts';
import { parseStored, readObject, readPostedObject } from '../read-body.ts';
import { conflict, StoreError } from '../store-error.ts';

/**
 * `GET /db/id`: reads a document. With `open_revs` it reads the revs that the query lists, or all leaves: the current
 * revs. A document in conflict has several leaves.
 */
export async function getDocument({ id, database, query, request }: DocumentCall): Promise<StoreReply> {
  checkId(id);
  const { meta, ...flags } = flagsIn(query, 'revs', 'revs_info', 'conflicts', 'latest', 'attachments', 'meta');
  const options = { ...flags, ...(meta && { conflicts: true, revs_info: true }) };
  const leaves = query.get('open_revs');
  if (leaves !== null) {
    const open_revs = readOpenRevs(leaves);
    return jsonReply(await database.run((pouch) => pouch.get(id, { ...options, open_revs })));
  }
  const rev = query.get('rev');
  const document = await database.run((pouch) =>
    pouch.get(id, rev === null ? options : { ...options, rev: checkRev(rev) }),
  );
  const etag = `"${document._rev}"`;
  if (request.headers['if-none-match'] === etag) return { status: 304, body: '', headers: { etag } };
  return jsonReply(ordered(document), 200, { etag });
}

function readOpenRevs(text: string): 'all' | readonly string[] {
  if (text === 'all') return text;
  const revs: unknown = parseStored(text);
  if (!Array.isArray(revs)) throw new StoreError(400, 'open_revs must be a list of revs, or all');
  return revs.map(checkRev);
}

/** The document with `_id` and `_rev` first, where people expect them. */
const ordered = ({ _id, _rev, ...rest }: PouchDocument): object => ({ _id, _rev, ...rest });

/** The rev that a request names, in its query or in `If-Match`. */
export function namedRev({ query, request }: DatabaseCall): string | undefined {
  const rev = query.get('rev') ?? request.headers['if-match']?.replaceAll('"', '');
  return rev === undefined ? undefined : checkRev(rev);
}

/** `PUT /db/id`: writes a document. An `_id` in the body is ignored, as in CouchDB. */
export async function putDocument(call: DocumentCall): Promise<StoreReply> {
  const body = await readObject(call.request);
  const rev = namedRev(call);
  const document = { ...body, _id: checkId(call.id), ...(rev === undefined ? {} : { _rev: rev }) };
  const row = await writeDocument(call, document, call.query.get('new_edits') !== 'false');
  // CouchDB answers a deletion by PUT with 200, like a DELETE, and a deletion by POST or _bulk_docs with 201.
  return writtenReply(row, body['_deleted'] === true ? 200 : 201);
}

/** `POST /db`: writes a document with the id in its body, or with a new id. */
export const postDocument = async (call: DatabaseCall): Promise<StoreReply> =>
  writtenReply(await writeDocument(call, await readPostedObject(call.request)), 201);

/** `DELETE /db/id?rev=`: deletes a document. Without a rev, the answer is a conflict if the document exists. */
export async function deleteDocument(call: DocumentCall): Promise<StoreReply> {
  const { id, database } = call;
  const rev = namedRev(call);
  if (rev === undefined) {
    await database.run((pouch) => pouch.get(checkId(id)));
    throw conflict();
  }
  return writtenReply(await writeDocument(call, { _id: id, _rev: rev, _deleted: true }), 200);
}

/** The answer to a write of one document. */
export const writtenReply = (
  { id, rev }: { readonly id: string; readonly rev: string | undefined },
  status: 200 | 201,
): StoreReply => jsonReply({ ok: true, id, rev }, status, { etag: `"${rev}"` });

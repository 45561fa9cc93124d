import type { PouchDocument } from 'pouchdb-core';
import { type DatabaseCall, type StoreReply, storeJson } from '../call.ts';
import { checkId, checkRev } from '../documents/check-document.ts';
import { writeDocument, writeDocuments } from '../documents/write-documents.ts';
import { parseStored, readObject, readPostedObject } from '../read-body.ts';
import { badStoreRequest, conflict } from '../wire-error.ts';

const FLAGS = ['revs', 'revs_info', 'conflicts', 'latest', 'attachments'] as const;

/** `GET /db/id`, with `open_revs` too. */
export async function getDocument(call: DatabaseCall, id: string): Promise<StoreReply> {
  checkId(id);
  const flags = Object.fromEntries(FLAGS.map((flag) => [flag, call.query.get(flag) === 'true']));
  if (call.query.get('meta') === 'true') Object.assign(flags, { conflicts: true, revs_info: true });
  const openRevs = call.query.get('open_revs');
  if (openRevs !== null) return getLeaves(call, id, { ...flags, open_revs: readOpenRevs(openRevs) });
  const rev = call.query.get('rev');
  const document = await call.database.run((pouch) =>
    pouch.get(id, rev === null ? flags : { ...flags, rev: checkRev(rev) }),
  );
  const etag = `"${document._rev}"`;
  if (call.request.headers['if-none-match'] === etag) return { status: 304, body: '', headers: { etag } };
  return storeJson(200, ordered(document), { etag });
}

async function getLeaves(
  call: DatabaseCall,
  id: string,
  options: { readonly open_revs: unknown },
): Promise<StoreReply> {
  return storeJson(200, await call.database.run((pouch) => pouch.get(id, options)));
}

function readOpenRevs(text: string): 'all' | readonly string[] {
  if (text === 'all') return text;
  const revs: unknown = parseStored(text);
  if (!Array.isArray(revs)) throw badStoreRequest('open_revs must be a list of revs, or all');
  return revs.map((rev) => checkRev(String(rev)));
}

/** `_id` and `_rev` first, as people expect to read it. */
const ordered = ({ _id, _rev, ...rest }: PouchDocument): object => ({ _id, _rev, ...rest });

/** The rev a request names, in its query or `If-Match`. */
export function namedRev({ query, request }: DatabaseCall): string | undefined {
  const rev = query.get('rev') ?? request.headers['if-match']?.replaceAll('"', '');
  return rev === undefined ? undefined : checkRev(rev);
}

/** `PUT /db/id`; an `_id` in the body that is another is dropped, as by CouchDB. */
export async function putDocument(call: DatabaseCall, id: string): Promise<StoreReply> {
  const body = await readObject(call.request);
  const rev = namedRev(call);
  const document = { ...body, _id: checkId(id), ...(rev === undefined ? {} : { _rev: rev }) };
  const row = await writeDocument(call, document, call.query.get('new_edits') !== 'false');
  // Whoever deletes by PUT is answered as by DELETE; POST and bulks answer 201 all the same.
  return written(row, body['_deleted'] === true ? 200 : 201);
}

/** `POST /db`. */
export async function postDocument(call: DatabaseCall): Promise<StoreReply> {
  const [row] = await writeDocuments(call, [await readPostedObject(call.request)]);
  if (row === undefined || 'refusal' in row) throw row?.refusal ?? conflict();
  return written(row, 201);
}

/** `DELETE /db/id?rev=`. */
export async function deleteDocument(call: DatabaseCall, id: string): Promise<StoreReply> {
  const rev = namedRev(call);
  if (rev === undefined) {
    await call.database.run((pouch) => pouch.get(checkId(id)));
    throw conflict();
  }
  return written(await writeDocument(call, { _id: id, _rev: rev, _deleted: true }), 200);
}

const written = ({ id, rev }: { readonly id: string; readonly rev: string }, status: 200 | 201): StoreReply =>
  storeJson(status, { ok: true, id, rev }, { etag: `"${rev}"` });

/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. An attachment is a
 * file that belongs to a document. This file answers requests about attachments. A rev is CouchDB's name of a version
 * of a document.
 */

import { type DocumentCall, jsonReply, type StoreReply } from '../call.ts';
import { checkId } from '../documents/check-document.ts';
import { readBytes } from '../read-body.ts';
import { StoreError, toStoreError } from '../store-error.ts';
import { validateWrites } from '../validation/validate-writes.ts';
import { namedRev, writtenReply } from './documents.ts';

const missing = (): StoreError => new StoreError(404, 'Document is missing attachment');

/** `GET /db/id/name`: reads an attachment. */
export async function getAttachment(call: DocumentCall): Promise<StoreReply> {
  const { id, attachment: name, request } = call;
  return call.database.run(async (pouch) => {
    const rev = namedRev(call);
    const options = rev === undefined ? {} : { rev };
    const attachment = (await pouch.get(checkId(id), options))._attachments?.[name];
    if (attachment === undefined) throw missing();
    const etag = `"${attachment.digest.replace(/^md5-/, '')}"`;
    if (request.headers['if-none-match'] === etag) return { status: 304, body: '', headers: { etag } };
    const body = await pouch.getAttachment(id, name, options);
    return { status: 200, body, headers: { 'content-type': attachment.content_type, etag } };
  });
}

/**
 * `PUT /db/id/name?rev=`: writes an attachment. Without a rev, the document is created; if it exists, the answer is a
 * conflict.
 */
export async function putAttachment(call: DocumentCall): Promise<StoreReply> {
  const { id, attachment: name, database, request } = call;
  checkOwner(id);
  if (name.startsWith('_')) throw new StoreError(400, `Attachment name '${name}' is not allowed`);
  const body = await readBytes(request);
  const type = request.headers['content-type'] ?? 'application/octet-stream';
  const rev = namedRev(call);
  await demandConsent(call, rev, (attachments) => ({
    ...attachments,
    [name]: { content_type: type, stub: true, length: body.length },
  }));
  const row = await database.write((pouch) => pouch.putAttachment(id, name, rev ?? null, body, type));
  return writtenReply({ id, rev: row.rev }, 201);
}

/** `DELETE /db/id/name?rev=`: deletes an attachment. */
export async function deleteAttachment(call: DocumentCall): Promise<StoreReply> {
  const { id, attachment: name, database } = call;
  checkOwner(id);
  // Without a rev the answer is a conflict: no document has an empty one.
  const named = namedRev(call) ?? '';
  await demandConsent(call, named, ({ [name]: _, ...others }) => others);
  const { rev } = await database.write(async (pouch) => {
    const document = await pouch.get(id);
    if (document._attachments?.[name] === undefined) throw missing();
    return pouch.removeAttachment(id, name, named);
  });
  return jsonReply({ ok: true, id, rev });
}

/**
 * Checks that a document may have attachments.
 *
 * @throws StoreError 400 for a design document or a local document: here these have none.
 */
function checkOwner(id: string): void {
  if (checkId(id).startsWith('_')) throw new StoreError(400, 'Only ordinary documents have attachments here');
}

/**
 * Asks the database's validation functions, which can refuse a write, about the document as it will be.
 *
 * @throws StoreError if one of them refuses the document. If there are functions, also if the rev is not current.
 */
async function demandConsent(
  call: DocumentCall,
  rev: string | undefined,
  change: (attachments: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
): Promise<void> {
  const { id, database } = call;
  const document =
    rev === undefined ? undefined : await database.run((pouch) => pouch.get(id, { rev })).catch(ifMissing);
  const changed = { ...document, _id: id, ...(rev !== undefined && { _rev: rev }) };
  const [verdict] = await validateWrites(
    call,
    [{ ...changed, _attachments: change(document?._attachments ?? {}) }],
    true,
  );
  if (verdict instanceof StoreError) throw verdict;
}

function ifMissing(error: unknown): undefined {
  if (toStoreError(error).status !== 404) throw error;
}

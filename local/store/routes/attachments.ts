import { type DocumentCall, jsonReply, type StoreReply } from '../call.ts';
import { checkId } from '../documents/check-document.ts';
import { readBytes } from '../read-body.ts';
import { StoreError } from '../store-error.ts';
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

/** `PUT /db/id/name?rev=`: writes an attachment. Without a rev, the document is created. */
export async function putAttachment(call: DocumentCall): Promise<StoreReply> {
  const { id, attachment: name, database, request } = call;
  if (checkId(id).startsWith('_')) throw new StoreError(400, 'Only ordinary documents have attachments here');
  if (name.startsWith('_')) throw new StoreError(400, `Attachment name '${name}' is not allowed`);
  const body = await readBytes(request);
  const type = request.headers['content-type'] ?? 'application/octet-stream';
  const rev = namedRev(call) ?? null;
  const row = await database.write((pouch) => pouch.putAttachment(id, name, rev, body, type));
  return writtenReply({ id, rev: row.rev }, 201);
}

/** `DELETE /db/id/name?rev=`: deletes an attachment. */
export async function deleteAttachment(call: DocumentCall): Promise<StoreReply> {
  const { id, attachment: name, database } = call;
  const named = namedRev(call) ?? '';
  const { rev } = await database.write(async (pouch) => {
    const document = await pouch.get(checkId(id));
    if (document._attachments?.[name] === undefined) throw missing();
    return pouch.removeAttachment(id, name, named);
  });
  return jsonReply({ ok: true, id, rev });
}

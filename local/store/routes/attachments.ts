import { type DatabaseCall, type StoreReply, storeJson } from '../call.ts';
import { checkId } from '../documents/check-document.ts';
import { demandWriter } from '../documents/write-documents.ts';
import { readBytes } from '../read-body.ts';
import { badStoreRequest, missing } from '../wire-error.ts';
import { namedRev } from './documents.ts';

/** `GET /db/id/name`. */
export async function getAttachment(call: DatabaseCall, id: string, name: string): Promise<StoreReply> {
  return call.database.run(async (pouch) => {
    const rev = namedRev(call);
    const options = rev === undefined ? {} : { rev };
    const attachment = (await pouch.get(checkId(id), options))._attachments?.[name];
    if (attachment === undefined) throw missing('Document is missing attachment');
    const etag = `"${attachment.digest.replace(/^md5-/, '')}"`;
    if (call.request.headers['if-none-match'] === etag) return { status: 304, body: '', headers: { etag } };
    const body = await pouch.getAttachment(id, name, options);
    return { status: 200, body, headers: { 'content-type': attachment.content_type, etag } };
  });
}

/** `PUT /db/id/name?rev=`; without a rev the document is created. */
export async function putAttachment(call: DatabaseCall, id: string, name: string): Promise<StoreReply> {
  demandWriter(call);
  if (checkId(id).startsWith('_')) throw badStoreRequest('Only ordinary documents have attachments here');
  if (name.startsWith('_')) throw badStoreRequest(`Attachment name '${name}' is not allowed`);
  const body = await readBytes(call.request);
  const type = call.request.headers['content-type'] ?? 'application/octet-stream';
  const rev = namedRev(call) ?? null;
  const { rev: next } = await call.database.write((pouch) => pouch.putAttachment(id, name, rev, body, type));
  return storeJson(201, { ok: true, id, rev: next }, { etag: `"${next}"` });
}

/** `DELETE /db/id/name?rev=`. */
export async function deleteAttachment(call: DatabaseCall, id: string, name: string): Promise<StoreReply> {
  demandWriter(call);
  const rev = namedRev(call) ?? '';
  const { rev: next } = await call.database.write(async (pouch) => {
    const document = await pouch.get(checkId(id));
    if (document._attachments?.[name] === undefined) throw missing('Document is missing attachment');
    return pouch.removeAttachment(id, name, rev);
  });
  return storeJson(200, { ok: true, id, rev: next });
}

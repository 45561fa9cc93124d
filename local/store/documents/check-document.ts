/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. PouchDB does the
 * storing. Some malformed documents would make PouchDB end the process, so this file checks each document first.
 */

import { isJsonObject, type JsonObject } from '../../../src/core/json-fields.ts';
import { MAX_DOCUMENT_BYTES } from '../read-body.ts';
import { invalidMember, StoreError } from '../store-error.ts';

/** A document that was checked by `checkStoreDocument`. */
export type CheckedDocument = Record<string, unknown> & { readonly _id: string };

// The pattern of a rev, CouchDB's name of a version of a document: `3-917fa2381192822767f010b95b45325b`. It begins with
// a number, the generation. Only `_local` documents have generation 0.
const REV = /^(0|[1-9]\d{0,14})-[0-9A-Za-z]+$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const SPECIAL = new Set(['_id', '_rev', '_deleted', '_attachments', '_revisions']);
// A GET can add these members to a document. In a write the store ignores them, as CouchDB does.
const IGNORED = new Set(['_revs_info', '_conflicts', '_deleted_conflicts', '_local_seq']);

/**
 * Checks that a value is a rev.
 *
 * @throws StoreError 400 if it is none.
 */
export function checkRev(rev: unknown): string {
  if (typeof rev === 'string' && REV.test(rev)) return rev;
  throw new StoreError(400, 'Invalid rev format');
}

/**
 * Checks that a document can have this id.
 *
 * @throws StoreError 400 if it cannot.
 */
export function checkId(id: unknown): string {
  if (typeof id !== 'string' || id === '')
    throw new StoreError(400, 'Document id must be a string that is not empty', 'illegal_docid');
  if (id.startsWith('_') && !/^_(design|local)\/./.test(id)) {
    throw new StoreError(400, 'Only reserved document ids may start with underscore.', 'illegal_docid');
  }
  return id;
}

/**
 * Checks a document before it is written.
 *
 * @param isEdit - false for `new_edits: false`, which replication uses: the sender has chosen the rev.
 * @returns a copy without the members that are ignored.
 * @throws StoreError 400 if the document is malformed, 413 if it has more than 8,000,000 bytes without its attachments,
 *   412 for the stub of an attachment without a digest.
 */
export function checkStoreDocument(source: JsonObject, isEdit: boolean): CheckedDocument {
  const document: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(source)) {
    if (IGNORED.has(name) || (isEdit && name === '_revisions')) continue;
    if (name.startsWith('_') && !SPECIAL.has(name)) throw invalidMember(name);
    // `document[name] = value` would not store a member `__proto__`.
    Object.defineProperty(document, name, { value, enumerable: true, writable: true, configurable: true });
  }
  checkMembers(document, isEdit);
  checkSize(document);
  return { ...document, _id: checkId(document['_id']) };
}

function checkMembers(document: Record<string, unknown>, isEdit: boolean): void {
  const { _rev: rev, _deleted: deleted, _attachments: attachments } = document;
  // A copy from another database needs a rev, and generation 0 is refused for it.
  if (rev !== undefined || !isEdit) checkRev(isEdit || !String(rev).startsWith('0-') ? rev : undefined);
  if (deleted !== undefined && typeof deleted !== 'boolean') throw new StoreError(400, '_deleted must be a boolean');
  if (attachments !== undefined) checkAttachments(attachments);
  if (document['_revisions'] !== undefined) checkRevisions(document['_revisions'], rev as string);
}

function checkRevisions(revisions: unknown, rev: string): void {
  const { start, ids } = isJsonObject(revisions) ? revisions : {};
  const isList = Array.isArray(ids) && ids.length > 0 && ids.every((id) => typeof id === 'string' && id !== '');
  if (!isList || !Number.isSafeInteger(start) || (start as number) < ids.length || `${start}-${ids[0]}` !== rev) {
    throw new StoreError(400, '_revisions does not go with _rev');
  }
}

function checkAttachments(attachments: unknown): void {
  if (!isJsonObject(attachments)) throw new StoreError(400, '_attachments must be a JSON object');
  for (const [name, attachment] of Object.entries(attachments)) {
    if (name === '' || name.startsWith('_')) throw new StoreError(400, `Attachment name '${name}' is not allowed`);
    if (!isJsonObject(attachment)) throw new StoreError(400, `Attachment '${name}' must be a JSON object`);
    checkAttachment(name, attachment as Record<string, unknown>);
  }
}

function checkAttachment(name: string, attachment: Record<string, unknown>): void {
  attachment['content_type'] ??= 'application/octet-stream';
  if (typeof attachment['content_type'] !== 'string')
    throw new StoreError(400, `Attachment '${name}' has no content type`);
  if (attachment['stub'] === true) {
    if (typeof attachment['digest'] === 'string') return;
    throw new StoreError(412, `Attachment '${name}' is a stub without a digest`, 'missing_stub');
  }
  const { data } = attachment;
  if (typeof data !== 'string' || data.length % 4 !== 0 || !BASE64.test(data)) {
    throw new StoreError(400, `Attachment '${name}' is not base64`);
  }
}

function checkSize({ _attachments: _, ...document }: Record<string, unknown>): void {
  if (Buffer.byteLength(JSON.stringify(document)) > MAX_DOCUMENT_BYTES) {
    throw new StoreError(413, String(document['_id']), 'document_too_large');
  }
}

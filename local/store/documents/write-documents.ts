import { randomBytes } from 'node:crypto';
import type { PouchResult } from 'pouchdb-core';
import { isJsonObject } from '../../../src/core/json-fields.ts';
import { storePassword } from '../auth/passwords.ts';
import type { DatabaseCall } from '../call.ts';
import { isDatabaseAdmin, isServerAdmin, isWriter } from '../security.ts';
import { badStoreRequest, forbiddenUser, type StoreError, toWireError } from '../wire-error.ts';
import { type CheckedDocument, checkStoreDocument } from './check-document.ts';

/** What became of one document. */
export type WriteOutcome =
  | { readonly ok: true; readonly id: string; readonly rev: string }
  | { readonly id: string; readonly refusal: StoreError };

// PouchDB's own notes about indexes and purges.
const RESERVED = /^_local\/(_pouch_|mrviews$|purges$|compaction$)/;
const USER_ID = 'org.couchdb.user:';

/**
 * Checks and writes documents in one synced batch; a row is refused alone for a conflict or for want of a right.
 * With `isEdit` false (`new_edits: false`) only refused rows come back, as in CouchDB.
 *
 * @throws WireError when one is malformed or too large: then nothing is written.
 */
export async function writeDocuments(
  call: DatabaseCall,
  sources: readonly unknown[],
  isEdit = true,
): Promise<readonly WriteOutcome[]> {
  const documents = sources.map((source) => {
    if (!isJsonObject(source)) throw badStoreRequest('Document must be a JSON object');
    return checkStoreDocument('_id' in source ? source : { ...source, _id: randomBytes(16).toString('hex') }, isEdit);
  });
  const refusals = documents.map((document) => refusalOf(call, document));
  const allowed = documents.filter((_, index) => refusals[index] === undefined);
  const prepared = await Promise.all(allowed.map((document) => prepare(call, document)));
  const results = await call.database.write((pouch) => pouch.bulkDocs(prepared, { new_edits: isEdit }));
  if (!isEdit) return [...refusedRows(documents, refusals), ...results.map(toWritten)];
  let next = 0;
  return documents.map(({ _id: id }, index) => {
    const refusal = refusals[index];
    return refusal === undefined ? toWritten(results[next++] as PouchResult) : { id, refusal };
  });
}

/** Writes one document; throws its refusal. */
export async function writeDocument(
  call: DatabaseCall,
  source: unknown,
  isEdit = true,
): Promise<{ id: string; rev: string }> {
  const [written] = await writeDocuments(call, [source], isEdit);
  if (written !== undefined && 'refusal' in written) throw written.refusal;
  const { _id: id, _rev: rev } = source as CheckedDocument;
  return written ?? { id, rev: String(rev) };
}

/** Throws a 403 when the user may not write ordinary documents here. */
export function demandWriter({ user, database }: DatabaseCall): void {
  if (!isWriter(user, database.entry.security)) throw forbiddenUser('You may read this db but not write to it.');
}

function refusalOf({ user, database }: DatabaseCall, document: CheckedDocument): StoreError | undefined {
  const { name, security } = database.entry;
  const { _id: id } = document;
  if (RESERVED.test(id)) return forbiddenUser('This _local document is the store’s own.');
  if (id.startsWith('_local/')) return undefined;
  if (id.startsWith('_design/')) {
    if (!isDatabaseAdmin(user, security)) return forbiddenUser('You are not a db or server admin.');
    const asksMore = 'validate_doc_update' in document && security.writers === undefined;
    return asksMore ? forbiddenUser('This store runs no functions: name the writers in _security first.') : undefined;
  }
  if (name === '_users')
    return isServerAdmin(user) ? refusalOfUser(document) : forbiddenUser('Only administrators change users.');
  return isWriter(user, security) ? undefined : forbiddenUser('You may read this db but not write to it.');
}

function refusalOfUser(document: CheckedDocument): StoreError | undefined {
  const { _id: id, _deleted: isDeleted, name, type, roles, password } = document;
  if (isDeleted === true) return undefined;
  if (typeof name !== 'string' || id !== `${USER_ID}${name}`)
    return forbiddenUser('Doc ID must be of the form org.couchdb.user:name');
  if (type !== 'user') return forbiddenUser('doc.type must be user');
  if (!['string', 'undefined'].includes(typeof password)) return forbiddenUser('doc.password must be a string');
  const isList = Array.isArray(roles) && roles.every((role) => typeof role === 'string' && !role.startsWith('_'));
  return isList ? undefined : forbiddenUser('doc.roles must be a list of strings, none of which starts with _');
}

/** A user's password never reaches the disk. */
async function prepare({ database }: DatabaseCall, document: CheckedDocument): Promise<CheckedDocument> {
  const { password, ...rest } = document;
  if (database.entry.name !== '_users' || typeof password !== 'string') return document;
  return { ...rest, ...(await storePassword(password)) };
}

const refusedRows = (
  documents: readonly CheckedDocument[],
  refusals: readonly (StoreError | undefined)[],
): readonly WriteOutcome[] =>
  documents.flatMap(({ _id: id }, index) => {
    const refusal = refusals[index];
    return refusal === undefined ? [] : [{ id, refusal }];
  });

function toWritten(result: PouchResult): WriteOutcome {
  const { id, rev } = result;
  return result.ok && rev !== undefined ? { ok: true, id, rev } : { id, refusal: toWireError(result) };
}

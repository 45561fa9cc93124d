/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. This file writes
 * documents, with CouchDB's rules about who may write what.
 */

import { randomBytes } from 'node:crypto';
import type { PouchResult } from 'pouchdb-core';
import { isJsonObject, type JsonObject } from '../../../src/core/json-fields.ts';
import { storePassword } from '../auth/passwords.ts';
import type { DatabaseCall } from '../call.ts';
import { isTextList } from '../outside-values.ts';
import { demandAdmin, isServerAdmin } from '../security.ts';
import { StoreError, toStoreError } from '../store-error.ts';
import { validateWrites } from '../validation/validate-writes.ts';
import { type CheckedDocument, checkStoreDocument } from './check-document.ts';

/** The outcome of writing one document. */
export type WriteOutcome =
  | { readonly ok: true; readonly id: string; readonly rev: string }
  | { readonly id: string; readonly refusal: StoreError };

// The `_local` documents in which PouchDB and this store keep their own notes about indexes and purges.
const RESERVED = /^_local\/(_pouch_|mrviews$|purges$|purging$|compaction$)/;
const USER_ID = 'org.couchdb.user:';

/**
 * Checks documents, and writes them in one synced batch. If a document has a conflict, or the user may not write it,
 * only this document is refused.
 *
 * @param isEdit - false for `new_edits: false`, which replication uses: then only the refused documents are in the
 *   result, as in CouchDB.
 * @throws StoreError if one document is malformed or too large: then nothing is written. Also what the database throws.
 */
export async function writeDocuments(
  call: DatabaseCall,
  sources: readonly unknown[],
  isEdit = true,
): Promise<readonly WriteOutcome[]> {
  const documents = sources.map((source) => {
    if (!isJsonObject(source)) throw new StoreError(400, 'Document must be a JSON object');
    return checkStoreDocument('_id' in source ? source : { ...source, _id: randomBytes(16).toString('hex') }, isEdit);
  });
  const refusals = documents.map((document) => refusalOf(call, document));
  const permitted = documents.filter((_, index) => refusals[index] === undefined);
  const verdicts = new Map(zip(permitted, await validateWrites(call, permitted, isEdit)));
  const allowed = permitted.filter((document) => verdicts.get(document) === 'may');
  const written = await store(call, allowed, isEdit);
  const rows = documents.map((document, index): WriteOutcome | undefined => {
    const { _id: id } = document;
    const refusal = refusals[index] ?? verdicts.get(document);
    if (refusal instanceof StoreError) return { id, refusal };
    // PouchDB returns no rows for documents that it took with `new_edits: false`. Then `written` has only refusals.
    return isEdit ? written.shift() : undefined;
  });
  return [...rows, ...written].filter((row) => row !== undefined);
}

const zip = <A, B>(some: readonly A[], others: readonly B[]): readonly (readonly [A, B])[] =>
  some.map((one, index) => [one, others[index] as B]);

async function store(
  call: DatabaseCall,
  documents: readonly CheckedDocument[],
  isEdit: boolean,
): Promise<WriteOutcome[]> {
  if (documents.length === 0) return [];
  const { database } = call;
  const prepared = await Promise.all(documents.map((document) => prepare(call, document)));
  try {
    const results = await database.write((pouch) => pouch.bulkDocs(prepared, { new_edits: isEdit }));
    return results.map(outcomeOf);
  } finally {
    if (documents.some(({ _id }) => _id.startsWith('_design/'))) database.functions.forget();
  }
}

/**
 * Writes one document.
 *
 * @throws StoreError if the document is refused.
 */
export async function writeDocument(
  call: DatabaseCall,
  source: JsonObject,
  isEdit = true,
): Promise<{ readonly id: string; readonly rev: string }> {
  const [written] = await writeDocuments(call, [source], isEdit);
  if (written === undefined) return { id: String(source['_id']), rev: String(source['_rev']) };
  if ('refusal' in written) throw written.refusal;
  return written;
}

function refusalOf(call: DatabaseCall, document: CheckedDocument): StoreError | undefined {
  try {
    demandRight(call, document);
    return undefined;
  } catch (error) {
    return toStoreError(error);
  }
}

/**
 * Checks that the user may write the document.
 *
 * @throws StoreError 403 if not.
 */
function demandRight(call: DatabaseCall, document: CheckedDocument): void {
  const { _id: id } = document;
  if (RESERVED.test(id)) throw new StoreError(403, 'This _local document is the store’s own.');
  if (id.startsWith('_local/')) return;
  if (id.startsWith('_design/')) {
    demandAdmin(call);
    // The store runs this function by `node:vm`, from which a function can break out. So only the administrator may put
    // one.
    if ('validate_doc_update' in document && !isServerAdmin(call.user)) {
      throw new StoreError(403, 'Only the server’s administrator puts a validate_doc_update: this store runs it.');
    }
  } else if (call.database.entry.name === '_users') {
    if (!isServerAdmin(call.user)) throw new StoreError(403, 'Only administrators change users.');
    checkUser(document);
  }
}

/**
 * Checks that a document of `_users` is a user.
 *
 * @throws StoreError 403 if it is none.
 */
function checkUser(document: CheckedDocument): void {
  const { _id: id, _deleted: isDeleted, name, type, roles, password } = document;
  if (isDeleted === true) return;
  if (typeof name !== 'string' || id !== `${USER_ID}${name}`) {
    throw new StoreError(403, 'Doc ID must be of the form org.couchdb.user:name');
  }
  if (type !== 'user') throw new StoreError(403, 'doc.type must be user');
  if (!['string', 'undefined'].includes(typeof password)) throw new StoreError(403, 'doc.password must be a string');
  if (!isTextList(roles) || roles.some((role) => role.startsWith('_'))) {
    throw new StoreError(403, 'doc.roles must be a list of strings, none of which starts with _');
  }
}

/** Replaces a user's password by a key that is derived from it, so that the password does not reach the disk. */
async function prepare({ database }: DatabaseCall, document: CheckedDocument): Promise<CheckedDocument> {
  const { password, ...rest } = document;
  if (database.entry.name !== '_users' || typeof password !== 'string') return document;
  return { ...rest, ...(await storePassword(password)) };
}

function outcomeOf(result: PouchResult): WriteOutcome {
  const { id, rev } = result;
  return result.ok && rev !== undefined ? { ok: true, id, rev } : { id, refusal: toStoreError(result) };
}

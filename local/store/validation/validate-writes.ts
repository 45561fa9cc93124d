/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. A design document may
 * have a function `validate_doc_update`, which can refuse a write. This file asks the functions of a database about
 * writes.
 */

import type { DatabaseCall } from '../call.ts';
import type { CheckedDocument } from '../documents/check-document.ts';
import { conflict, type StoreError, toStoreError } from '../store-error.ts';
import type { ValidationFunction } from './validation-function.ts';
import { shownDocument, writeKindOf } from './written-document.ts';

/**
 * Whether a write may happen: `may`; or `known` if the database has this version already, so there is nothing to write;
 * or the error, which is a conflict or the refusal of a function.
 */
export type WriteVerdict = 'may' | 'known' | StoreError;

/**
 * Asks the `validate_doc_update` functions of the database about each document. They are not asked about `_design` and
 * `_local` documents, as in CouchDB.
 *
 * If an edit gets `may`, it names the rev that the functions saw, or none if they saw no document. So if the document
 * changes meanwhile, PouchDB refuses the edit.
 *
 * @param isEdit - false for `new_edits: false`: the documents are copies of revs from another database.
 * @returns the verdicts, in the order of the documents.
 */
export async function validateWrites(
  call: DatabaseCall,
  documents: readonly CheckedDocument[],
  isEdit: boolean,
): Promise<readonly WriteVerdict[]> {
  const { database } = call;
  const functions = await database.run((pouch) => database.functions.read(pouch));
  if (functions.length === 0) return documents.map(() => 'may');
  return Promise.all(documents.map((document) => verdictOn(call, document, isEdit, functions)));
}

const NOT_ASKED = /^_(design|local)\//;

async function verdictOn(
  call: DatabaseCall,
  document: CheckedDocument,
  isEdit: boolean,
  functions: readonly ValidationFunction[],
): Promise<WriteVerdict> {
  const { database, user } = call;
  if (NOT_ASKED.test(document._id)) return 'may';
  const write = await database.run((pouch) => writeKindOf(pouch, document, isEdit));
  if (write.kind === 'conflict') return conflict();
  if (write.kind === 'known') return 'known';
  const { name, security } = database.entry;
  const userCtx = { db: name, name: user.name, roles: user.roles };
  try {
    for (const each of functions) each.check([shownDocument(document), write.oldDoc, userCtx, security]);
    return 'may';
  } catch (error) {
    return toStoreError(error);
  }
}

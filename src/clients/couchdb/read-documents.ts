/*
 * Takes documents out of CouchDB's answers. CouchDB answers a read by id, a list and a query (`_find`) in different
 * forms. An answer in no such form, such as a proxy's page, is an error here, so that nobody takes it for an empty
 * list.
 */

import { isJsonObject, type JsonObject, objectOf } from '../../core/json-fields.ts';
import { type CouchAnswer, listIn, memberOf, storeRefused, storeUnavailable } from './couch-answer.ts';
import type { StoredDocument } from './couchdb-port.ts';

/**
 * The document in the answer to a read by id; undefined if the document is missing or deleted.
 *
 * @throws CascadeError STORE_REFUSED for a refusal, for example if the database is missing; STORE_UNAVAILABLE if the
 *   answer is not in CouchDB's form.
 */
export function readOne(answer: CouchAnswer): StoredDocument | undefined {
  const reason = memberOf(answer.json, 'reason');
  if (answer.status === 404 && (reason === 'missing' || reason === 'deleted')) return undefined;
  if (answer.status !== 200) throw storeRefused(answer);
  return documentOf(answer, answer.json);
}

/** The documents of `_all_docs` by keys, in the order of `ids`; undefined for a missing or deleted one. */
export function readByIds(ids: readonly string[], answer: CouchAnswer): readonly (StoredDocument | undefined)[] {
  const rows = rowsOf(answer, 'rows');
  if (rows.length !== ids.length || rows.some((row, index) => memberOf(row, 'key') !== ids[index])) {
    throw strange(answer);
  }
  return rows.map((row) => (isThere(row) ? documentOf(answer, row['doc']) : undefined));
}

/** The documents of a range of `_all_docs`. */
export const readRange = (answer: CouchAnswer): readonly StoredDocument[] =>
  rowsOf(answer, 'rows').map((row) => documentOf(answer, row['doc']));

/**
 * Id and rev (CouchDB's name of a version) of each row of `_all_docs`, without its document. Missing and deleted
 * documents are left out.
 */
export const readStubs = (answer: CouchAnswer): readonly StoredDocument[] =>
  rowsOf(answer, 'rows')
    .filter(isThere)
    .map((row) => documentOf(answer, { _id: memberOf(row, 'id'), _rev: memberOf(row['value'], 'rev') }));

/** The documents of `_find`. */
export const readFound = (answer: CouchAnswer): readonly StoredDocument[] =>
  rowsOf(answer, 'docs').map((document) => documentOf(answer, document));

/**
 * The server's `uuid` and the database's `instance_start_time` (facts db-server-02, db-databases-05). Together they
 * change if Cascade meets another server, or a database that was created again.
 */
export function readIdentity(server: CouchAnswer, life: CouchAnswer): string {
  for (const answer of [server, life]) if (answer.status !== 200) throw storeRefused(answer);
  return `${memberOf(server.json, 'uuid')}/${memberOf(life.json, 'instance_start_time')}`;
}

function rowsOf(answer: CouchAnswer, name: string): readonly JsonObject[] {
  if (answer.status !== 200) throw storeRefused(answer);
  const rows = listIn(answer.json, name);
  if (rows?.every(isJsonObject) !== true) throw strange(answer);
  return rows;
}

/** Whether a row of `_all_docs` is for a document that is neither missing nor deleted. */
const isThere = (row: JsonObject): boolean =>
  memberOf(row, 'error') !== 'not_found' && objectOf(row, 'value')['deleted'] !== true;

function documentOf(answer: CouchAnswer, document: unknown): StoredDocument {
  if (memberOf(document, '_id') === '' || memberOf(document, '_rev') === '') throw strange(answer);
  return document as StoredDocument;
}

const strange = ({ what, status }: CouchAnswer): Error =>
  storeUnavailable(what, `answered ${status}, but not as CouchDB does,`);

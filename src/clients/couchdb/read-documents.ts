import { isJsonObject, objectOf } from '../../core/json-fields.ts';
import { type CouchAnswer, listIn, memberOf, storeRefused, storeUnavailable } from './couch-answer.ts';
import type { StoredDocument } from './couchdb-port.ts';

/** A document by its id; undefined for one that is missing or deleted. A missing database is refused, not "missing". */
export function readOne(answer: CouchAnswer): StoredDocument | undefined {
  const reason = memberOf(answer.json, 'reason');
  if (answer.status === 404 && (reason === 'missing' || reason === 'deleted')) return undefined;
  if (answer.status !== 200) throw storeRefused(answer);
  return documentOf(answer, answer.json);
}

/** The rows of `_all_docs` by keys: one for each id, in their order. */
export function readByIds(ids: readonly string[], answer: CouchAnswer): readonly (StoredDocument | undefined)[] {
  const rows = rowsOf(answer, 'rows');
  if (rows.length !== ids.length) throw strange(answer);
  return rows.map((row, index) => {
    if (memberOf(row, 'key') !== ids[index]) throw strange(answer);
    if (memberOf(row, 'error') === 'not_found') return undefined;
    const value = isJsonObject(row) ? objectOf(row, 'value') : {};
    return value['deleted'] === true ? undefined : documentIn(answer, row);
  });
}

/** The documents of a range of `_all_docs`. */
export const readRange = (answer: CouchAnswer): readonly StoredDocument[] =>
  rowsOf(answer, 'rows').map((row) => documentIn(answer, row));

/** The rows of `_all_docs` without documents: id and rev alone; none for one that is missing or deleted. */
export const readStubs = (answer: CouchAnswer): readonly StoredDocument[] =>
  rowsOf(answer, 'rows').flatMap((row) => {
    const value = isJsonObject(row) ? objectOf(row, 'value') : {};
    const isThere = memberOf(row, 'error') === '' && value['deleted'] !== true;
    return isThere ? [documentOf(answer, { _id: memberOf(row, 'id'), _rev: memberOf(value, 'rev') })] : [];
  });

/** The documents of `_find`. */
export const readFound = (answer: CouchAnswer): readonly StoredDocument[] =>
  rowsOf(answer, 'docs').map((document) => documentOf(answer, document));

/** The server's `uuid` and the database's `instance_start_time` (facts db-server-02, db-databases-05). */
export function readIdentity(server: CouchAnswer, life: CouchAnswer): string {
  for (const answer of [server, life]) if (answer.status !== 200) throw storeRefused(answer);
  return `${memberOf(server.json, 'uuid')}/${memberOf(life.json, 'instance_start_time')}`;
}

function rowsOf(answer: CouchAnswer, name: string): readonly unknown[] {
  if (answer.status !== 200) throw storeRefused(answer);
  const rows = listIn(answer.json, name);
  if (rows === undefined) throw strange(answer);
  return rows;
}

const documentIn = (answer: CouchAnswer, row: unknown): StoredDocument =>
  documentOf(answer, isJsonObject(row) ? row['doc'] : undefined);

function documentOf(answer: CouchAnswer, document: unknown): StoredDocument {
  if (memberOf(document, '_id') === '' || memberOf(document, '_rev') === '') throw strange(answer);
  return document as StoredDocument;
}

const strange = ({ what, status }: CouchAnswer): Error =>
  storeUnavailable(what, `answered ${status}, but not what CouchDB would,`);

import { isJsonObject } from '../../core/json-fields.ts';
import { type CouchAnswer, memberOf, reasonIn, storeRefused, writeUnavailable } from './couch-answer.ts';
import type { NewDocument, Written } from './couchdb-port.ts';

/** Errors that are one document's own: it is certainly not stored. */
const REFUSALS = new Set([
  'forbidden',
  'unauthorized',
  'doc_validation',
  'document_too_large',
  'bad_request',
  'illegal_docid',
]);

/** What came of one `PUT`. */
export function readPut(document: NewDocument, answer: CouchAnswer): Written {
  const { what, status, json } = answer;
  if (status === 201) return storedAs(document, memberOf(json, 'rev'), what);
  if (status === 409) return { kind: 'conflict' };
  if (status < 300) throw writeUnavailable(what, `answered ${status}, which is not that all its nodes have it,`);
  const isItsOwn = [400, 403, 413].includes(status) && REFUSALS.has(memberOf(json, 'error')) && !isShutOut(json);
  if (isItsOwn) return { kind: 'refused', message: `CouchDB answered ${status}${reasonIn(json)}` };
  throw storeRefused(answer);
}

/** What came of each document of a `_bulk_docs`. */
export function readBulk(documents: readonly NewDocument[], answer: CouchAnswer): readonly Written[] {
  const { what, status, json } = answer;
  if (status >= 300) throw storeRefused(answer);
  const isWhole = status === 201 && Array.isArray(json) && json.length === documents.length;
  if (!isWhole) throw writeUnavailable(what, `answered ${status}, but not for each document,`);
  return documents.map((document, index) => readRow(document, json[index], what));
}

function readRow(document: NewDocument, row: unknown, what: string): Written {
  if (!isJsonObject(row) || row['id'] !== document._id) throw writeUnavailable(what, 'answered for another document');
  const error = memberOf(row, 'error');
  if (error === '') return storedAs(document, memberOf(row, 'rev'), what);
  if (error === 'conflict') return { kind: 'conflict' };
  if (REFUSALS.has(error)) return { kind: 'refused', message: `CouchDB refused it${reasonIn(row)}` };
  throw writeUnavailable(what, `answered${reasonIn(row)} for one document`);
}

/** Stored, if it is one generation after the rev sent: else the document had been purged (fact db-differs-07). */
function storedAs({ _rev: sent }: NewDocument, rev: string, what: string): Written {
  if (rev === '') throw writeUnavailable(what, 'answered without a rev');
  const isNext = sent === undefined || generationOf(rev) === generationOf(sent) + 1;
  return isNext ? { kind: 'stored', rev } : { kind: 'conflict' };
}

const generationOf = (rev: string): number => Number.parseInt(rev, 10);

/** Not a member at all (fact db-auth-09), or locked out (db-auth-06): no matter of the document. */
const isShutOut = (json: unknown): boolean => /not allowed to access|temporarily locked/.test(memberOf(json, 'reason'));

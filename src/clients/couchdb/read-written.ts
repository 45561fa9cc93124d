import { isJsonObject } from '../../core/json-fields.ts';
import { type CouchAnswer, memberOf, reasonIn, storeRefused, writeUnavailable } from './couch-answer.ts';
import type { NewDocument, Written } from './couchdb-port.ts';

/** Errors that are one document's own: it is certainly not stored. True if the document itself is at fault. */
const REFUSALS: ReadonlyMap<string, boolean> = new Map([
  ['forbidden', false],
  ['unauthorized', false],
  ['doc_validation', true],
  ['document_too_large', true],
  ['bad_request', true],
  ['illegal_docid', true],
]);

/** What a server, or a proxy before it, says to a request that is at fault as such (facts db-bulk-06, db-limits-02). */
const WHOLE_REFUSALS = new Set([400, 413]);

/** What came of one `PUT`. */
export function readPut(document: NewDocument, answer: CouchAnswer): Written {
  const { what, status, json } = answer;
  if (status === 201) return storedAs(document, memberOf(json, 'rev'), what);
  if (status === 409) return { kind: 'conflict' };
  if (status < 300) throw writeUnavailable(what, `answered ${status}, which is not that all its nodes have it,`);
  const isForGood = REFUSALS.get(memberOf(json, 'error'));
  if (isForGood === undefined || ![400, 403, 413].includes(status) || isShutOut(json)) throw storeRefused(answer);
  return { kind: 'refused', message: refusalOf(answer), isForGood };
}

/** Whether a bulk write was refused as a whole for what it holds: a part of it may be taken. */
export const isRefusedWhole = ({ status }: CouchAnswer): boolean => WHOLE_REFUSALS.has(status);

/** One document that CouchDB refused as a bulk of its own. */
export const refusedAlone = (answer: CouchAnswer): Written => ({
  kind: 'refused',
  message: refusalOf(answer),
  isForGood: true,
});

const refusalOf = ({ status, json }: CouchAnswer): string => `CouchDB answered ${status}${reasonIn(json)}`;

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
  const isForGood = REFUSALS.get(error);
  if (isForGood !== undefined) return { kind: 'refused', message: `CouchDB refused it${reasonIn(row)}`, isForGood };
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

/*
 * Reads CouchDB's answers to writes. A writer must know of each document whether it is stored, was changed by somebody
 * else, or was refused; and if it was refused, whether trying again can help.
 */

import { isJsonObject } from '../../core/json-fields.ts';
import { type CouchAnswer, memberOf, reasonIn, storeRefused, writeUnavailable } from './couch-answer.ts';
import type { NewDocument, Written } from './couchdb-port.ts';
import { type BulkAnswer, type RefusedBulk, refusedForGood } from './write-apart.ts';

/**
 * CouchDB's errors about one document, which is then not stored. The value is true if the document's content is the
 * reason.
 */
const REFUSALS: ReadonlyMap<string, boolean> = new Map([
  ['forbidden', false],
  ['unauthorized', false],
  ['doc_validation', true],
  ['document_too_large', true],
  ['bad_request', true],
  ['illegal_docid', true],
]);

/** 401: no credential; 404: no database; 407: a proxy wants a credential. CouchDB would refuse other documents, too. */
const NOT_FOR_ITS_DOCUMENTS = new Set([401, 404, 407]);

const TOO_LARGE = 413;

/** The outcome of one `PUT`. */
export function readPut(document: NewDocument, answer: CouchAnswer): Written {
  const { what, status, json } = answer;
  if (status === 201) return storedAs(document, memberOf(json, 'rev'), what);
  if (status === 409) return { kind: 'conflict' };
  if (status < 300) throw writeUnavailable(what, `answered ${status}, so perhaps not all its nodes have it,`);
  // A 413 may be a proxy's, without CouchDB's words.
  const isForGood = REFUSALS.get(memberOf(json, 'error')) ?? (status === TOO_LARGE || undefined);
  if (isForGood === undefined || ![400, 403, 413].includes(status) || isShutOut(json)) throw storeRefused(answer);
  return { kind: 'refused', message: refusalOf(answer), isForGood };
}

/**
 * The outcome of a `PUT` of one document, after a bulk write (`_bulk_docs`) of this document alone was refused for its
 * contents. If the `PUT` is refused for the contents, too, the document is refused for good.
 */
export const readPutAfter = (document: NewDocument, refusal: RefusedBulk, answer: CouchAnswer): Written =>
  isForContents(answer) ? refusedForGood(refusal) : readPut(document, answer);

/** The outcome of a bulk write (`_bulk_docs`): one for each document, or the refusal of the whole request. */
export function readBulk(documents: readonly NewDocument[], answer: CouchAnswer): BulkAnswer {
  const { status, json } = answer;
  // A 403 by CouchDB itself is about the writer; a 403 by a firewall is about the contents.
  const isForItsWriter = NOT_FOR_ITS_DOCUMENTS.has(status) || (status === 403 && isJsonObject(json));
  if (status >= 400 && !isForItsWriter) {
    return { kind: 'refused-bulk', message: refusalOf(answer), isForContents: isForContents(answer) };
  }
  return readRows(documents, answer);
}

/**
 * Whether a request was refused for the documents' contents: ill-formed text, a bad member (fact db-bulk-06), a
 * document that is too large (fact db-limits-02), or words in which a firewall suspects an attack.
 */
function isForContents({ status, json }: CouchAnswer): boolean {
  if (status === TOO_LARGE) return true;
  if (isJsonObject(json)) return status === 400 && REFUSALS.get(memberOf(json, 'error')) === true;
  return status === 400 || status === 403;
}

const refusalOf = ({ status, json }: CouchAnswer): string => `CouchDB answered ${status}${reasonIn(json)}`;

function readRows(documents: readonly NewDocument[], answer: CouchAnswer): readonly Written[] {
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

/**
 * The outcome of a write for which CouchDB gave a new rev, its name of a version. A rev begins with its generation, a
 * number: `3-917fa23`. The new rev's generation has to be one more than that of the rev sent. If it is not, somebody
 * had purged the document, and CouchDB stored it as a new one (fact db-differs-07).
 */
function storedAs({ _rev: sent }: NewDocument, rev: string, what: string): Written {
  if (rev === '') throw writeUnavailable(what, 'answered without a rev');
  const isNext = sent === undefined || generationOf(rev) === generationOf(sent) + 1;
  return isNext ? { kind: 'stored', rev } : { kind: 'conflict' };
}

const generationOf = (rev: string): number => Number.parseInt(rev, 10);

/**
 * Whether the user is the reason, not the document: not a member (fact db-auth-09), or locked out (fact db-auth-06).
 */
const isShutOut = (json: unknown): boolean => /not allowed to access|temporarily locked/.test(memberOf(json, 'reason'));

/*
 * Sorts CouchDB's answers: those that say clearly what happened, and those that leave it open. It also makes the errors
 * for people, with advice. The clients of CouchDB in this directory use it, and so does the installation of the ledger
 * (Cascade's memory in CouchDB).
 */

import { CascadeError } from '../../core/cascade-error.ts';
import { isJsonObject, textOf } from '../../core/json-fields.ts';
import { clipped } from '../../core/outside-text.ts';
import { visible } from '../../core/visible.ts';
import type { HttpExchange } from '../http-exchange.ts';

/** A clear answer: a 2xx with JSON, or a refusal. A proxy before CouchDB may have sent the refusal. */
export interface CouchAnswer {
  /** What was asked, for messages. */
  readonly what: string;
  readonly status: number;
  readonly json: unknown;
  /** Its `Date` header. */
  readonly date: string | null;
  /** The size of its body. */
  readonly bytes: number;
}

/** How much of CouchDB's own words a message repeats, in UTF-16 units, so that it stays readable. */
const LONGEST_REASON = 200;

/** The error of a read without a clear answer. */
export const storeUnavailable = (what: string, problem: string): CascadeError =>
  new CascadeError('STORE_UNAVAILABLE', `CouchDB ${problem} to ${what}. Try again later.`);

/** The error of a write without a clear answer. CouchDB may have stored the document all the same. */
export const writeUnavailable = (what: string, problem: string): CascadeError =>
  storeUnavailable(`${what}; the write may be stored or not`, problem);

/**
 * Returns the answer to a request, if it is a clear one. These are not clear: no answer at all, a 5xx, a proxy's 408, a
 * 429 (a rate limit, as of Cloudant), and a status below 300 without JSON, which CouchDB does not send.
 *
 * @param unavailable - makes the error; `writeUnavailable` for a write.
 * @throws CascadeError STORE_UNAVAILABLE if it is not clear.
 */
export function couchAnswerOf(what: string, answer: HttpExchange, unavailable = storeUnavailable): CouchAnswer {
  if (answer.kind === 'no-answer') throw unavailable(what, `gave ${answer.message}`);
  const { status, json, headers, bytes = 0 } = answer;
  if (status >= 500 || status === 429 || status === 408) throw unavailable(what, `answered ${status}`);
  // A value of CouchDB's configuration is a JSON string.
  if (status < 300 && typeof json !== 'object' && typeof json !== 'string')
    throw unavailable(what, `answered ${status} without JSON`);
  return { what, status, json, date: headers.get('date'), bytes };
}

/** The error of a request that CouchDB refused as a whole: the request stored nothing. */
export function storeRefused({ what, status, json }: CouchAnswer): CascadeError {
  const advice = isLockedOut(status, json)
    ? ` ${lockedOut('COUCHDB_URL')}`
    : (ADVICE_BY_ERROR[memberOf(json, 'error')] ?? ADVICE[status] ?? '');
  return new CascadeError('STORE_REFUSED', `CouchDB answered ${status}${reasonIn(json)} to ${what}.${advice}`);
}

/** Whether CouchDB refuses every login of this user for now, even with the right password (fact db-auth-06). */
export const isLockedOut = (status: number, json: unknown): boolean =>
  status === 403 && /\blocked\b/i.test(memberOf(json, 'reason'));

/** What a person can do if CouchDB has locked a user. */
export const lockedOut = (setting: string): string =>
  `CouchDB has locked the user of ${setting} after several failed logins: wait 5 minutes, and check the password in ${setting} before you try again.`;

/** Advice for a person who writes a password into the address of CouchDB. */
export const PERCENT_ENCODING =
  'Signs like @ : / ? # % in the password have to be percent-encoded: %40 %3A %2F %3F %23 %25.';

/** Advice by the answer's `error`. */
const ADVICE_BY_ERROR: Readonly<Record<string, string>> = {
  no_usable_index: ' An index of the ledger is missing: deploy again (or npm start), which installs it.',
};

/** Advice by the answer's status. */
const ADVICE: Readonly<Record<number, string>> = {
  401: ` Check user and password in COUCHDB_URL; the first ./build.sh deploy makes that user. ${PERCENT_ENCODING}`,
  403: ' The user of COUCHDB_URL needs the role of a writer (the database’s name and -writer); deployment gives it.',
  404: ' Check COUCHDB_URL and COUCHDB_DATABASE; deployment creates the database.',
};

/** CouchDB's own words about a failure, as ` (error: reason)`; "" if it gave none. */
export function reasonIn(json: unknown): string {
  const words = [memberOf(json, 'error'), memberOf(json, 'reason')].filter((word) => word !== '');
  return words.length === 0 ? '' : ` (${visible(clipped(words.join(': '), LONGEST_REASON))})`;
}

/** A text member of an answer; "" if there is none. */
export const memberOf = (json: unknown, name: string): string => (isJsonObject(json) ? (textOf(json, name) ?? '') : '');

/** The list that an answer has under `name`; undefined if it has none. */
export function listIn(json: unknown, name: string): readonly unknown[] | undefined {
  const list = isJsonObject(json) ? json[name] : undefined;
  return Array.isArray(list) ? list : undefined;
}

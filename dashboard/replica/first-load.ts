/*
 * A device that opens the dashboard for the first time has to load two weeks of documents from the store (the CouchDB
 * of the ledger, Cascade's memory). Replication, CouchDB's own way to copy a database, would bring the oldest first, in
 * small pages. So this file reads the documents itself: how things stand, then the history, the newest first. A person
 * sees something after the first page.
 */

import { isJsonObject } from '../../src/core/json-fields.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { PAGE_TYPES, type PageType, type RawDocument } from '../model/documents.ts';
import type { AccountProblem } from '../model/notices.ts';
import { accountProblemOf } from '../session/account-problem.ts';
import { basicOf, type Login } from '../session/login.ts';

/** The store answered with an error, or with something that CouchDB would not answer. */
export class StoreStatus extends Error {
  readonly status: number;
  /** Why the store refuses the account; undefined if it does not. */
  readonly account: AccountProblem | undefined;

  constructor(status: number, path: string, account?: AccountProblem) {
    super(`The store answered ${status} to ${path}.`);
    this.status = status;
    this.account = account;
  }
}

/**
 * The history: ends of reloads (events), and reloads that Cascade owes or owed because of them (orders). Their number
 * grows with each reload.
 */
const HISTORY = ['event', 'order'] as const satisfies readonly PageType[];
/**
 * The other types: they say how an app, a ticket and so on stands. The page loads all documents of these types, however
 * old they are.
 */
const STATE = PAGE_TYPES.filter((type) => !HISTORY.some((each) => each === type));

/**
 * Makes the selector (CouchDB's query) of what the page shows: how everything stands, and the history since an instant.
 * An id is a type alone, as `deployed`, or begins with its type and a colon. `;` is the character after `:`, so all ids
 * of a type are between `event:` and `event;`.
 */
export const selectorSince = (since: EpochMs): object => ({
  $or: [
    ...STATE.map((type) => ({ _id: { $gte: type, $lt: `${type};` } })),
    { _id: { $gt: 'event:', $lt: 'event;' }, endedAt: { $gte: since } },
    { _id: { $gt: 'order:', $lt: 'order;' }, createdAt: { $gte: since } },
  ],
});

/**
 * How each type of history is read: the time by which it is sorted, and the index of CouchDB that sorts by this time.
 * The index may have documents of the other type, too; `historyOf` leaves them out.
 */
const READS = [
  { type: 'event', field: 'endedAt', index: 'ended-at' },
  { type: 'order', field: 'createdAt', index: 'created-at' },
] as const;

/**
 * How many documents the first page has. It is small, so that a person sees something soon: a hundred runs, if each has
 * two ends and an order.
 */
const FIRST_PAGE = 300;
/** How many documents any later page has. */
const PAGE = 1_000;

/** Down to which instant the device has the history of each type. A type is absent until its first page is there. */
export type Reached = Readonly<Partial<Record<(typeof HISTORY)[number], EpochMs>>>;

/** A page of a first load. When the device has stored its documents, a later load can go on from `reached`. */
export interface LoadedPage {
  readonly documents: readonly RawDocument[];
  readonly reached: Reached;
}

/**
 * Asks the ledger's database a question: GET without a body, else POST. `path` is the part of the URL after the
 * database's name.
 *
 * @throws StoreStatus if the store answers with an error. Another error if it gives no answer, or one that is no JSON.
 */
export type Ask = (path: string, body?: object) => Promise<unknown>;

/**
 * A request with this option gets nothing from the browser's cache. The type is `object`, because Node's types do not
 * know this option, and a Node test runs this file, too.
 */
const UNCACHED: object = { cache: 'no-store' };

/** Makes the function that asks a database. @param signal - ends each request that is on its way. */
export const askWith =
  (databaseUrl: string, login: Login, signal: AbortSignal): Ask =>
  async (path, body) => {
    const headers = {
      authorization: basicOf(login),
      accept: 'application/json',
      'content-type': 'application/json',
    };
    const method = body === undefined ? 'GET' : 'POST';
    const response = await fetch(`${databaseUrl}${path}`, {
      method,
      headers,
      credentials: 'omit',
      ...UNCACHED,
      signal,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new StoreStatus(response.status, `${method} ${path}`, await accountProblemOf(response));
    return response.json();
  };

/** The store's database, as it says itself. */
export interface DatabaseState {
  /** The number of its last change. What changes later, `changesAfter` brings. */
  readonly last: number | string;
  /** When it was created (fact db-databases-05). Before CouchDB 3.3 this is `0` for all. */
  readonly life: unknown;
}

/** Asks the database for its state. @throws as `Ask`; StoreStatus also if the answer is none of CouchDB. */
export async function databaseState(ask: Ask): Promise<DatabaseState> {
  const info = await ask('');
  const { update_seq: last, instance_start_time: life } = isJsonObject(info) ? info : {};
  if (typeof last === 'number' || typeof last === 'string') return { last, life };
  throw new StoreStatus(200, 'GET, without update_seq');
}

/**
 * Reads what the page shows, page by page: first how everything stands, then the history, the newest first.
 *
 * @param since - history before this instant is left out.
 * @param reached - how far an earlier load came. If it read no history yet, everything is read again.
 * @throws as `Ask`.
 */
export async function* firstLoad(ask: Ask, since: EpochMs, reached: Reached = {}): AsyncGenerator<LoadedPage> {
  if (HISTORY.every((type) => reached[type] === undefined)) {
    for (const type of STATE) for await (const documents of stateOf(type, ask)) yield { documents, reached: {} };
  }
  const now: Partial<Record<(typeof HISTORY)[number], EpochMs>> = { ...reached };
  const reads = READS.map((read) => ({
    type: read.type,
    pages: historyOf(read, { since, until: now[read.type] }, ask),
  }));
  while (reads.length > 0) {
    // A page of each in turn, so that the newest ends come together with their orders.
    for (const read of [...reads]) {
      const { done, value } = await read.pages.next();
      if (done === true) {
        reads.splice(reads.indexOf(read), 1);
        continue;
      }
      now[read.type] = value.until;
      yield { documents: value.documents, reached: { ...now } };
    }
  }
}

/** How much of a first load is done, from 0 to 1: the part of the time that is read. The page's header shows it. */
export function partDone(reached: Reached, since: EpochMs, now: EpochMs): number {
  const until = Math.max(...HISTORY.map((type) => reached[type] ?? now));
  return Math.min(1, Math.max(0, (now - until) / (now - since)));
}

/** Reads all documents of a type in pages, in the order of their ids. */
async function* stateOf(type: PageType, ask: Ask): AsyncGenerator<readonly RawDocument[]> {
  for (let start: string = type; ; ) {
    const range = { start_key: start, end_key: `${type};`, limit: PAGE, include_docs: true };
    const rows = entriesIn(await ask('/_all_docs', { ...range, skip: start === type ? 0 : 1 }), 'rows');
    const documents = rows.flatMap((row) => (isJsonObject(row) && isDocument(row['doc']) ? [row['doc']] : []));
    yield documents;
    const last = documents.at(-1);
    if (rows.length < PAGE || last === undefined) return;
    start = last._id;
  }
}

/**
 * A time, in milliseconds, that is later than any document's. A query of an index always has both bounds (fact
 * db-differs-04).
 */
const NEVER = 9e15 as EpochMs;

interface HistoryRange {
  readonly since: EpochMs;
  /** Documents after this instant are left out; undefined if none is. */
  readonly until: EpochMs | undefined;
}

/**
 * Reads a history, the newest documents first. Each page begins at the time of the last document of the page before. So
 * it skips the documents of that time that were read already. It uses no bookmarks of CouchDB, because the embedded
 * store of `npm start` has none.
 *
 * @returns pages, each with the instant down to which everything is read.
 */
async function* historyOf(
  { type, field, index }: (typeof READS)[number],
  { since, until: from }: HistoryRange,
  ask: Ask,
): AsyncGenerator<{ readonly documents: readonly RawDocument[]; readonly until: EpochMs }> {
  for (let until = from ?? NEVER, skip = 0, limit = from === undefined ? FIRST_PAGE : PAGE; ; limit = PAGE) {
    // It sorts by the time alone. If it sorted by id, too, the embedded store would read the whole range for each page.
    const selector = { [field]: { $gte: since, $lte: until } };
    const query = { selector, sort: [{ [field]: 'desc' }], use_index: ['cascade-history', index], limit, skip };
    const found = entriesIn(await ask('/_find', query), 'docs').filter(isDocument);
    const documents = found.filter(({ _id }) => _id.startsWith(`${type}:`));
    const last = found.at(-1)?.[field];
    if (found.length < limit || typeof last !== 'number') {
      yield { documents, until: since };
      return;
    }
    skip = found.filter((document) => document[field] === last).length + (last === until ? skip : 0);
    until = last as EpochMs;
    yield { documents, until };
  }
}

/** Whether a value is a document as the store sends it. */
export const isDocument = (value: unknown): value is RawDocument =>
  isJsonObject(value) && typeof value['_id'] === 'string' && typeof value['_rev'] === 'string';

/** The list in a field of an answer; empty if there is none. */
export const entriesIn = (answer: unknown, field: string): readonly unknown[] => {
  const list = isJsonObject(answer) ? answer[field] : undefined;
  return Array.isArray(list) ? list : [];
};

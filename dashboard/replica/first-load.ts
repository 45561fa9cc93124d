import { isJsonObject } from '../../src/core/json-fields.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { PAGE_TYPES, type PageType, type RawDocument } from '../model/documents.ts';
import { basicOf, type Login } from '../session/login.ts';

/** The store did not do as asked. */
export class StoreStatus extends Error {
  readonly status: number;

  constructor(status: number, path: string) {
    super(`The store answered ${status} to ${path}.`);
    this.status = status;
  }
}

/** Documents whose number grows with time. All others are few: one for each app, ticket, channel … */
const HISTORY = ['event', 'order'] as const satisfies readonly PageType[];
/** Documents that only Cascade's own work needs. */
const UNSHOWN: readonly PageType[] = ['checkpoint', 'gate', 'hint', 'park', 'rate', 'started', 'tenant'];
const STATE = PAGE_TYPES.filter((type) => !UNSHOWN.includes(type) && !HISTORY.some((each) => each === type));

/** Selects what the page shows (`;` follows `:`, so all ids of a type are between these bounds): the state of everything, and the history since an instant. */
export const selectorSince = (since: EpochMs): object => ({
  $or: [
    ...STATE.map((type) => ({ _id: { $gte: type, $lt: `${type};` } })),
    { _id: { $gt: 'event:', $lt: 'event;' }, endedAt: { $gte: since } },
    { _id: { $gt: 'order:', $lt: 'order;' }, createdAt: { $gte: since } },
  ],
});

/** How the time-ordered indexes are read: by which field, and which documents of it count. Orders that have ended are in both. */
const READS = [
  { type: 'event', field: 'endedAt', index: 'ended-at' },
  { type: 'order', field: 'createdAt', index: 'created-at' },
] as const;

/** The first page is small, so that something is seen at once: a hundred runs, if each has two ends and an order. */
const FIRST_PAGE = 300;
const PAGE = 1_000;

/** Down to which instant each type's history is on the device. A type is absent until its first page is there. */
export type Reached = Readonly<Partial<Record<(typeof HISTORY)[number], EpochMs>>>;

/** A page of a first load. Once its documents are on the device, the load can go on from `reached`. */
export interface LoadedPage {
  readonly documents: readonly RawDocument[];
  readonly reached: Reached;
}

/** Asks the store's database; `path` begins behind the database's name. */
export type Ask = (path: string, body?: object) => Promise<unknown>;

/** The browser asks the store each time. Node's types do not know this, and Node's `fetch` keeps no answers. */
const UNCACHED: object = { cache: 'no-store' };

/** Makes the function that asks a database. @param signal - ends every request. */
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
    if (!response.ok) throw new StoreStatus(response.status, `${method} ${path}`);
    return response.json();
  };

/** Reads the number of the store's last change. What changes later is replicated from it on. */
export async function lastSequence(ask: Ask): Promise<number | string> {
  const info = await ask('');
  const sequence = isJsonObject(info) ? info['update_seq'] : undefined;
  if (typeof sequence === 'number' || typeof sequence === 'string') return sequence;
  throw new StoreStatus(200, 'GET, without update_seq');
}

/**
 * Reads what the page shows, page by page: the state of everything, then the history, the newest first. Replication would bring
 * the oldest first, and one small page at a time.
 *
 * @param since - the history before this instant is left out.
 * @param reached - how far an earlier load came; nothing if absent. If no history was read yet, all is read.
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
    // By turns, so that the newest ends and their orders come together.
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

/** The part of a first load that is done, from 0 to 1: how much of the time is read. */
export function partDone(reached: Reached, since: EpochMs, now: EpochMs): number {
  const until = Math.max(...HISTORY.map((type) => reached[type] ?? now));
  return Math.min(1, Math.max(0, (now - until) / (now - since)));
}

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

/** A later time than any document has. A query of an index always has both bounds (fact db-differs-04). */
const NEVER = 9e15 as EpochMs;

interface HistoryRange {
  readonly since: EpochMs;
  /** Later documents are left out; absent: none is. */
  readonly until: EpochMs | undefined;
}

/**
 * Reads a history, the newest documents first. A page begins at the time of the last document of the page before, and leaves
 * out as many documents as had that time. CouchDB's bookmarks would not outlive the tab, and the embedded store has none.
 *
 * @returns pages, each with the instant down to which everything is read.
 */
async function* historyOf(
  { type, field, index }: (typeof READS)[number],
  { since, until: from }: HistoryRange,
  ask: Ask,
): AsyncGenerator<{ readonly documents: readonly RawDocument[]; readonly until: EpochMs }> {
  for (let until = from ?? NEVER, skip = 0, limit = from === undefined ? FIRST_PAGE : PAGE; ; limit = PAGE) {
    // Not by the id, too: then the embedded store would read all of the range for each page.
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

/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. A client asks
 * `_changes` which documents were written. A feed is the answer to such a request; it may stay open. This file reads
 * the request's options.
 */

import { isJsonObject, type JsonObject } from '../../../src/core/json-fields.ts';
import type { DatabaseCall } from '../call.ts';
import { checkSelector } from '../documents/check-selector.ts';
import { countOption, flagsIn, isTextList } from '../outside-values.ts';
import { parseStored, readPostedObject } from '../read-body.ts';
import { StoreError, toStoreError } from '../store-error.ts';

const FEEDS = ['normal', 'longpoll', 'continuous'] as const;

/** What a `_changes` request asks for. */
export interface ChangesOptions {
  readonly feed: (typeof FEEDS)[number];
  /** PouchDB's options for each read of this feed. */
  readonly read: object;
  readonly since: number;
  /** The most changes to send. 0 counts as 1, as in CouchDB. */
  readonly limit: number;
  readonly isDescending: boolean;
  readonly includeDocs: boolean;
  /** The time between two empty lines; undefined if none are sent. */
  readonly heartbeatMs: number | undefined;
  /**
   * If there is no heartbeat, an open feed ends when this time has passed without a change. Default and maximum:
   * 60,000, as in CouchDB.
   */
  readonly timeoutMs: number;
}

const MAX_TIMEOUT_MS = 60_000;
/** The shortest heartbeat. A shorter one would be a busy loop that sends empty lines. */
const MIN_HEARTBEAT_MS = 50;

/**
 * Reads a request's options.
 *
 * @throws StoreError 400 if an option is malformed, or if `since` is not of this database; 404 and 501 for a filter
 *   that does not exist, or that this store does not run; 413 and 415 for the body.
 */
export async function readChangesOptions(call: DatabaseCall): Promise<ChangesOptions> {
  const { query } = call;
  const body = call.method === 'POST' ? await readPostedObject(call.request) : {};
  const asked = query.get('feed') ?? 'normal';
  const feed = FEEDS.find((each) => each === asked);
  if (feed === undefined) throw new StoreError(400, `No such feed: ${asked}`);
  const flags = flagsIn(query, 'include_docs', 'conflicts', 'attachments', 'descending');
  const { include_docs: includeDocs, descending } = flags;
  const read = {
    ...(await readFilter(call, body)),
    style: query.get('style') === 'all_docs' ? 'all_docs' : 'main_only',
    include_docs: includeDocs,
    conflicts: includeDocs && flags.conflicts,
    attachments: includeDocs && flags.attachments,
    descending,
  };
  return {
    feed,
    read,
    includeDocs,
    isDescending: descending,
    since: await readSince(call, body),
    limit: Math.max(1, numberIn(query, 'limit') ?? Number.MAX_SAFE_INTEGER),
    heartbeatMs: readHeartbeat(query),
    timeoutMs: Math.min(numberIn(query, 'timeout') ?? MAX_TIMEOUT_MS, MAX_TIMEOUT_MS),
  };
}

async function readSince({ query, request, database }: DatabaseCall, body: JsonObject): Promise<number> {
  const given = query.get('since') ?? body['since'] ?? request.headers['last-event-id'] ?? '0';
  // A client may send the number in quotes.
  const text = String(given).replace(/^"(.*)"$/, '$1');
  const { update_seq: now } = await database.run((pouch) => pouch.info());
  if (text === 'now') return now;
  const since = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  // With a sequence number that this database has not reached, the feed would wait in silence for changes that never
  // come.
  if (!(since <= now)) throw new StoreError(400, "Malformed sequence supplied in 'since' parameter.");
  return since;
}

function numberIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  return text === null ? undefined : countOption(name, /^\d{1,15}$/.test(text) ? Number(text) : undefined);
}

function readHeartbeat(query: URLSearchParams): number | undefined {
  const text = query.get('heartbeat');
  if (text === 'true') return MAX_TIMEOUT_MS;
  if (text === 'false') return undefined;
  const heartbeat = numberIn(query, 'heartbeat') ?? 0;
  return heartbeat === 0 ? undefined : Math.max(heartbeat, MIN_HEARTBEAT_MS);
}

async function readFilter({ query, database }: DatabaseCall, body: JsonObject): Promise<object> {
  const filter = query.get('filter');
  switch (filter) {
    case null:
      return {};
    case '_selector':
      return { filter, selector: checkSelector(body['selector']) };
    case '_doc_ids': {
      const list = query.get('doc_ids');
      const ids = list === null ? body['doc_ids'] : parseStored(list);
      if (!isTextList(ids)) throw new StoreError(400, '`doc_ids` must be a list of ids');
      return { doc_ids: ids };
    }
    case '_design':
      // PouchDB would run a text as code, so this is a function.
      return { filter: ({ _id }: { readonly _id: string }) => _id.startsWith('_design/') };
    default:
      return refuseDesignFilter(database, filter);
  }
}

/**
 * Refuses a filter that is a function of a design document. If there is no such function, the answer says so, as in
 * CouchDB.
 */
async function refuseDesignFilter(database: DatabaseCall['database'], filter: string): Promise<never> {
  const [design = '', name = ''] = filter.split('/');
  if (design === '' || name === '') throw new StoreError(400, 'filter must be of the form designname/filtername');
  const { filters } = await database.run((pouch) =>
    pouch.get(`_design/${design}`).catch((error: unknown) => {
      throw toStoreError(error);
    }),
  );
  if (!isJsonObject(filters) || !(name in filters)) throw new StoreError(404, `missing json key: ${name}`);
  throw new StoreError(501, 'This store runs no functions of design documents; use filter=_selector.');
}

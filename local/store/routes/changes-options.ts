import type { PouchChange } from 'pouchdb-core';
import { isJsonObject, type JsonObject } from '../../../src/core/json-fields.ts';
import type { DatabaseCall } from '../call.ts';
import { checkSelector } from '../documents/check-selector.ts';
import { readPostedObject } from '../read-body.ts';
import { badStoreRequest, missing, notHere, toWireError } from '../wire-error.ts';

export type FeedKind = 'normal' | 'longpoll' | 'continuous';

/** What a `_changes` request asks for. */
export interface ChangesOptions {
  readonly feed: FeedKind;
  /** PouchDB's options, the same for each read of this feed. */
  readonly read: object;
  readonly since: number;
  readonly limit: number;
  readonly isDescending: boolean;
  readonly includeDocs: boolean;
  /** Between two empty lines; absent = none. */
  readonly heartbeatMs: number | undefined;
  /** Silence after which a feed without heartbeat ends; at most and unless said otherwise 60,000. */
  readonly timeoutMs: number;
}

const MAX_TIMEOUT_MS = 60_000;
const MIN_HEARTBEAT_MS = 50;

/** Reads a request's options; throws 400 for what is malformed, a `since` of another database among it. */
export async function readChangesOptions(call: DatabaseCall): Promise<ChangesOptions> {
  const { query } = call;
  const body = call.method === 'POST' ? await readPostedObject(call.request) : {};
  const feed = query.get('feed') ?? 'normal';
  if (feed !== 'normal' && feed !== 'longpoll' && feed !== 'continuous') throw badStoreRequest(`No such feed: ${feed}`);
  const includeDocs = query.get('include_docs') === 'true';
  const isDescending = query.get('descending') === 'true';
  const read = {
    ...(await readFilter(call, body)),
    style: query.get('style') === 'all_docs' ? 'all_docs' : 'main_only',
    // A filter looks at the document, so PouchDB has to read it anyway.
    include_docs: includeDocs,
    conflicts: includeDocs && query.get('conflicts') === 'true',
    attachments: includeDocs && query.get('attachments') === 'true',
    descending: isDescending,
  };
  return {
    feed,
    read,
    includeDocs,
    isDescending,
    since: await readSince(call, body),
    limit: Math.max(1, whole('limit', query.get('limit')) ?? Number.MAX_SAFE_INTEGER),
    heartbeatMs: readHeartbeat(query.get('heartbeat')),
    timeoutMs: Math.min(whole('timeout', query.get('timeout')) ?? MAX_TIMEOUT_MS, MAX_TIMEOUT_MS),
  };
}

async function readSince({ query, request, database }: DatabaseCall, body: JsonObject): Promise<number> {
  const text = String(query.get('since') ?? body['since'] ?? request.headers['last-event-id'] ?? '0').replace(
    /^"(.*)"$/,
    '$1',
  );
  const { update_seq: now } = await database.run((pouch) => pouch.info());
  if (text === 'now') return now;
  const since = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  // One from the future would wait in silence for ever.
  if (!(since <= now)) throw badStoreRequest("Malformed sequence supplied in 'since' parameter.");
  return since;
}

function whole(name: string, text: string | null): number | undefined {
  if (text === null) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw badStoreRequest(`Invalid value for ${name}: a whole number is needed`);
  return Number(text);
}

function readHeartbeat(text: string | null): number | undefined {
  if (text === 'true') return MAX_TIMEOUT_MS;
  if (text === 'false') return undefined;
  const heartbeat = whole('heartbeat', text);
  return heartbeat === undefined || heartbeat === 0 ? undefined : Math.max(heartbeat, MIN_HEARTBEAT_MS);
}

async function readFilter(call: DatabaseCall, body: JsonObject): Promise<object> {
  const filter = call.query.get('filter');
  if (filter === null) return {};
  if (filter === '_selector') return { filter: '_selector', selector: checkSelector(body['selector']) };
  if (filter === '_doc_ids') return { doc_ids: readDocIds(call, body) };
  // PouchDB takes a function for the filter, where it would run a text.
  if (filter === '_design') return { filter: ({ _id }: { readonly _id: string }) => _id.startsWith('_design/') };
  return refuseDesignFilter(call, filter);
}

function readDocIds({ query }: DatabaseCall, body: JsonObject): readonly string[] {
  const inQuery = query.get('doc_ids');
  const ids = inQuery === null ? body['doc_ids'] : parseList(inQuery);
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string')) {
    throw badStoreRequest('`doc_ids` must be a list of ids');
  }
  return ids;
}

function parseList(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Functions that users send are never run; a design document that does not exist is told as CouchDB does. */
async function refuseDesignFilter({ database }: DatabaseCall, filter: string): Promise<never> {
  const [design = '', name = ''] = filter.split('/');
  if (design === '' || name === '') throw badStoreRequest('filter must be of the form designname/filtername');
  const document = await database.run((pouch) =>
    pouch.get(`_design/${design}`).catch((error: unknown) => {
      throw toWireError(error);
    }),
  );
  const filters = document['filters'];
  if (!isJsonObject(filters) || !(name in filters)) throw missing(`missing json key: ${name}`);
  throw notHere('This store runs no functions of design documents; use filter=_selector.');
}

/** A change as it is sent: without the document that only the filter needed. */
export function toRow({ seq, id, changes, deleted, doc }: PouchChange, includeDocs: boolean): object {
  return { seq, id, changes, ...(deleted === true ? { deleted } : {}), ...(includeDocs ? { doc } : {}) };
}

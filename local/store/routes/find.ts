import { isJsonObject, type JsonObject } from '../../../src/core/json-fields.ts';
import { type DatabaseCall, type StoreReply, storeJson } from '../call.ts';
import { checkSelector } from '../documents/check-selector.ts';
import { readPostedObject } from '../read-body.ts';
import { isDatabaseAdmin } from '../security.ts';
import { badStoreRequest, forbiddenUser, StoreError } from '../wire-error.ts';

const DEFAULT_LIMIT = 25;

/** `POST /db/_find`: at most 25 documents unless `limit` says otherwise; there are no bookmarks here. */
export async function findDocuments(call: DatabaseCall): Promise<StoreReply> {
  const body = await readPostedObject(call.request);
  const request = readRequest(body);
  const found = await call.database
    .index((pouch) => pouch.find(structuredClone(request)))
    .catch((error: unknown) => {
      throw isWithoutIndex(error) ? noUsableIndex(error) : error;
    });
  const warning = found.warning === undefined ? {} : { warning: found.warning };
  const stats =
    body['execution_stats'] === true ? { execution_stats: await countExamined(call, request, found.docs.length) } : {};
  return storeJson(200, { docs: found.docs, bookmark: 'nil', ...warning, ...stats });
}

/** PouchDB's own words for a sort that no index serves: an error without a status. */
const isWithoutIndex = (error: unknown): error is Error =>
  error instanceof Error && error.message.startsWith('Cannot sort on field(s)');

const noUsableIndex = (cause: Error): StoreError =>
  new StoreError(400, 'no_usable_index', 'No index exists for this sort, try indexing by the sort fields.', { cause });

function readRequest({ selector, limit = DEFAULT_LIMIT, skip, sort, fields, use_index }: JsonObject): JsonObject {
  const request: Record<string, unknown> = { selector: checkSelector(selector), limit: count('limit', limit) };
  if (skip !== undefined) request['skip'] = count('skip', skip);
  if (sort !== undefined && !(Array.isArray(sort) && sort.length === 0))
    request['sort'] = list('sort', sort, isSortField);
  if (fields !== undefined) request['fields'] = list('fields', fields, (field) => typeof field === 'string');
  if (use_index !== undefined) {
    const isIndex =
      typeof use_index === 'string' ||
      (Array.isArray(use_index) && use_index.every((part) => typeof part === 'string'));
    if (!isIndex) throw badStoreRequest('use_index must be a string or a list of strings');
    request['use_index'] = use_index;
  }
  return request;
}

function count(name: string, value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw badStoreRequest(`${name} must be a whole number`);
  return value as number;
}

function list(name: string, value: unknown, isItem: (item: unknown) => boolean): readonly unknown[] {
  if (!Array.isArray(value) || !value.every(isItem)) throw badStoreRequest(`${name} is malformed`);
  return value;
}

const isSortField = (field: unknown): boolean =>
  typeof field === 'string' ||
  (isJsonObject(field) &&
    Object.values(field).length === 1 &&
    ['asc', 'desc'].includes(String(Object.values(field)[0])));

/** How many index entries the query's range holds: what was looked at, or more where `limit` cut it short. */
async function countExamined(call: DatabaseCall, request: JsonObject, returned: number): Promise<object> {
  const examined = await call.database.index(async (pouch) => {
    const { index } = await pouch.explain(structuredClone(request));
    const fields = index.def.fields.flatMap((field) => Object.keys(field));
    const selector = request['selector'] as JsonObject;
    const range = Object.fromEntries(
      fields.filter((field) => field in selector).map((field) => [field, selector[field]]),
    );
    if (fields.includes('_id') || Object.keys(range).length === 0) return (await pouch.info()).doc_count;
    const inRange = await pouch.find({
      selector: structuredClone(range),
      fields: ['_id'],
      limit: Number.MAX_SAFE_INTEGER,
    });
    return inRange.docs.length;
  });
  return { total_keys_examined: examined, total_docs_examined: examined, results_returned: returned };
}

/** `POST /db/_index`, for administrators. */
export async function createIndex(call: DatabaseCall): Promise<StoreReply> {
  demandAdmin(call);
  const { index, ddoc, name, type = 'json' } = await readPostedObject(call.request);
  const { fields } = isJsonObject(index) ? index : {};
  const isList = Array.isArray(fields) && fields.length > 0 && fields.every(isSortField);
  if (!isList || type !== 'json') throw badStoreRequest('An index must be of type json and have a list of fields');
  for (const text of [ddoc, name]) {
    if (text !== undefined && (typeof text !== 'string' || text === ''))
      throw badStoreRequest('ddoc and name must be strings');
  }
  const names = { ...(ddoc === undefined ? {} : { ddoc }), ...(name === undefined ? {} : { name }) };
  return storeJson(200, await call.database.write((pouch) => pouch.createIndex({ index: { fields }, type, ...names })));
}

/** `GET /db/_index`. */
export async function listIndexes(call: DatabaseCall): Promise<StoreReply> {
  return storeJson(200, await call.database.run((pouch) => pouch.getIndexes()));
}

/** `DELETE /db/_index/ddoc/json/name`, for administrators. */
export async function deleteIndex(call: DatabaseCall, ddoc: string, name: string): Promise<StoreReply> {
  demandAdmin(call);
  return storeJson(
    200,
    await call.database.write((pouch) => pouch.deleteIndex({ ddoc: `_design/${ddoc}`, type: 'json', name })),
  );
}

function demandAdmin({ user, database }: DatabaseCall): void {
  if (!isDatabaseAdmin(user, database.entry.security)) throw forbiddenUser('You are not a db or server admin.');
}

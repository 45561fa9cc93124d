/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. This file answers
 * queries by the content of documents. Cascade's sweep finds unfinished work by such a query.
 */

import { isJsonObject, type JsonObject } from '../../../src/core/json-fields.ts';
import { type DatabaseCall, jsonReply, type StoreReply } from '../call.ts';
import { checkSelector } from '../documents/check-selector.ts';
import { countOption, isTextList } from '../outside-values.ts';
import { readPostedObject } from '../read-body.ts';
import { StoreError } from '../store-error.ts';

/** CouchDB's default, in documents. */
const DEFAULT_LIMIT = 25;

/** `POST /db/_find`: finds at most `limit` documents, 25 by default. Unlike CouchDB, this store has no bookmarks. */
export async function findDocuments(call: DatabaseCall): Promise<StoreReply> {
  const body = await readPostedObject(call.request);
  const request = readRequest(body);
  const { docs, warning } = await call.database
    // PouchDB changes the request that it is given.
    .runWriting((pouch) => pouch.find(structuredClone(request)))
    .catch((error: unknown) => {
      throw isWithoutIndex(error) ? noUsableIndex(error) : error;
    });
  call.database.refreshSoon();
  const stats = body['execution_stats'] === true ? await countExamined(call, request, docs.length) : undefined;
  return jsonReply({ docs, bookmark: 'nil', warning, execution_stats: stats });
}

/** Whether PouchDB found no index for a sort. Its error has no status, so it is recognised by its words. */
const isWithoutIndex = (error: unknown): error is Error =>
  error instanceof Error && error.message.startsWith('Cannot sort on field(s)');

const noUsableIndex = (cause: Error): StoreError =>
  new StoreError(400, 'No index exists for this sort, try indexing by the sort fields.', 'no_usable_index', { cause });

/** Makes the request for PouchDB. If a member is undefined, PouchDB treats it as absent. */
function readRequest({ selector, limit = DEFAULT_LIMIT, skip = 0, sort = [], fields, use_index }: JsonObject) {
  if (!Array.isArray(sort) || !sort.every(isSortField)) throw new StoreError(400, 'sort is malformed');
  if (fields !== undefined && !isTextList(fields)) throw new StoreError(400, 'fields is malformed');
  if (use_index !== undefined && typeof use_index !== 'string' && !isTextList(use_index)) {
    throw new StoreError(400, 'use_index must be a string or a list of strings');
  }
  return {
    selector: checkSelector(selector),
    limit: countOption('limit', limit),
    skip: countOption('skip', skip),
    sort: sort.length === 0 ? undefined : sort,
    fields,
    use_index,
  };
}

const isSortField = (field: unknown): boolean => {
  if (typeof field === 'string') return true;
  const [order, ...others] = isJsonObject(field) ? Object.values(field) : [];
  return others.length === 0 && (order === 'asc' || order === 'desc');
};

/** How many index entries are in the query's range. The query has read them all, unless `limit` ended it earlier. */
async function countExamined(
  call: DatabaseCall,
  request: ReturnType<typeof readRequest>,
  returned: number,
): Promise<object> {
  const examined = await call.database.runWriting(async (pouch) => {
    const { selector } = request;
    const { index } = await pouch.explain(structuredClone(request));
    const fields = index.def.fields.flatMap((field) => Object.keys(field));
    const range = fields.filter((field) => field in selector).map((field) => [field, selector[field]]);
    if (fields.includes('_id') || range.length === 0) return (await pouch.info()).doc_count;
    const inRange = await pouch.find({
      selector: structuredClone(Object.fromEntries(range)),
      fields: ['_id'],
      limit: Number.MAX_SAFE_INTEGER,
    });
    return inRange.docs.length;
  });
  return { total_keys_examined: examined, total_docs_examined: examined, results_returned: returned };
}

/** `POST /db/_index`, for administrators of the database: creates an index. */
export async function createIndex(call: DatabaseCall): Promise<StoreReply> {
  const { index, ddoc, name, type = 'json' } = await readPostedObject(call.request);
  const { fields } = isJsonObject(index) ? index : {};
  const isList = Array.isArray(fields) && fields.length > 0 && fields.every(isSortField);
  if (!isList || type !== 'json') throw new StoreError(400, 'An index must be of type json and have a list of fields');
  for (const text of [ddoc, name]) {
    if (text !== undefined && (typeof text !== 'string' || text === '')) {
      throw new StoreError(400, 'ddoc and name must be strings');
    }
  }
  return jsonReply(await call.database.write((pouch) => pouch.createIndex({ index: { fields }, type, ddoc, name })));
}

/** `GET /db/_index`: lists the indexes. */
export const listIndexes = async ({ database }: DatabaseCall): Promise<StoreReply> =>
  jsonReply(await database.run((pouch) => pouch.getIndexes()));

/** `DELETE /db/_index/ddoc/json/name`, for administrators of the database: deletes an index. */
export async function deleteIndex({ database, path }: DatabaseCall): Promise<StoreReply> {
  const [, , design = '', , name = ''] = path;
  const ddoc = `_design/${design.replace(/^_design\//, '')}`;
  return jsonReply(await database.write((pouch) => pouch.deleteIndex({ ddoc, type: 'json', name })));
}

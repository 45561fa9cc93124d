/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. This file answers
 * requests for a list of documents, by their ids.
 */

import type { JsonObject } from '../../../src/core/json-fields.ts';
import { type DatabaseCall, jsonReply, type StoreReply } from '../call.ts';
import { countOption, isTextList } from '../outside-values.ts';
import { readPostedObject } from '../read-body.ts';
import { StoreError } from '../store-error.ts';

// Upper bounds that sort after any usual id. On disk PouchDB sorts ids by their bytes, in memory by their UTF-16 units.
// Without an upper bound, PouchDB's list would end at U+00FF.
const LAST_ON_DISK = '\u{10FFFF}\u{10FFFF}';
const LAST_IN_MEMORY = '\uffff\uffff\uffff';

const FLAGS = ['descending', 'include_docs', 'conflicts', 'attachments'];

/**
 * `GET` and `POST /db/_all_docs`: lists the documents with these ids (`keys`), or with ids in a range. On disk the ids
 * are in the order of their bytes, as in CouchDB. In memory they are in the order of their UTF-16 units.
 */
export async function allDocuments({ database, method, query, request }: DatabaseCall): Promise<StoreReply> {
  const body = method === 'POST' ? await readPostedObject(request) : {};
  const given = { ...Object.fromEntries([...query].map(readOption)), ...body };
  const options = readOptions(given, database.isInMemory ? LAST_IN_MEMORY : LAST_ON_DISK);
  const { rows, total_rows, offset = 0 } = await database.run((pouch) => pouch.allDocs(options));
  return jsonReply({ total_rows, offset: 'keys' in options ? null : offset, rows });
}

/** A parameter of the query. Its value is JSON, as in CouchDB. */
function readOption([name, text]: readonly [string, string]): readonly [string, unknown] {
  try {
    return [name, JSON.parse(text)];
  } catch {
    throw new StoreError(400, `Invalid value for ${name}: it must be JSON`);
  }
}

function readOptions(given: JsonObject, last: string): object {
  const { keys, limit, skip = 0, descending } = given;
  const options = {
    ...Object.fromEntries(FLAGS.map((flag) => [flag, given[flag] === true])),
    skip: countOption('skip', skip),
    ...(limit !== undefined && { limit: countOption('limit', limit) }),
  };
  if (keys !== undefined) {
    if (!isTextList(keys)) throw new StoreError(400, '`keys` must be an array of strings.');
    return { ...options, keys };
  }
  const key = textIn(given, 'key');
  if (key !== undefined) return { ...options, key };
  const start = textIn(given, 'startkey', 'start_key');
  const end = textIn(given, 'endkey', 'end_key');
  const [startkey, endkey] = descending === true ? [start ?? last, end] : [start, end ?? last];
  return { ...options, startkey, endkey, inclusive_end: given['inclusive_end'] !== false };
}

/** The value of the first of these options that the request has. */
function textIn(given: JsonObject, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = given[name] ?? undefined;
    if (typeof value === 'string') return value;
    if (value !== undefined) throw new StoreError(400, `${name} must be a string`);
  }
  return undefined;
}

import { type DatabaseCall, type StoreReply, storeJson } from '../call.ts';
import { readPostedObject } from '../read-body.ts';
import { badStoreRequest } from '../wire-error.ts';

// Behind every id, in the order of bytes and, in memory, of code units: without an upper bound PouchDB ends at U+00FF.
const LAST_ON_DISK = '\u{10FFFF}\u{10FFFF}';
const LAST_IN_MEMORY = '\uffff\uffff\uffff';

/** `GET` and `POST /db/_all_docs`: by keys, or a range in byte order of the ids. */
export async function allDocuments(call: DatabaseCall): Promise<StoreReply> {
  const body = call.method === 'POST' ? await readPostedObject(call.request) : {};
  const given = new Map([...fromQuery(call.query), ...Object.entries(body)]);
  const options = readOptions(given, call.database.isInMemory ? LAST_IN_MEMORY : LAST_ON_DISK);
  const { rows, total_rows, offset } = await call.database.run((pouch) => pouch.allDocs(options));
  return storeJson(200, { total_rows, offset: 'keys' in options ? null : (offset ?? 0), rows });
}

function fromQuery(query: URLSearchParams): readonly (readonly [string, unknown])[] {
  return [...query].map(([name, text]) => {
    try {
      return [name, JSON.parse(text)] as const;
    } catch {
      throw badStoreRequest(`Invalid value for ${name}: it must be JSON`);
    }
  });
}

function readOptions(given: ReadonlyMap<string, unknown>, last: string): object {
  const descending = given.get('descending') === true;
  const flags = {
    descending,
    include_docs: given.get('include_docs') === true,
    conflicts: given.get('conflicts') === true,
    attachments: given.get('attachments') === true,
  };
  const paging = { ...number(given, 'limit'), ...number(given, 'skip') };
  const keys = given.get('keys');
  if (keys !== undefined) return { ...flags, ...paging, keys: readKeys(keys) };
  const key = text(given, 'key');
  if (key !== undefined) return { ...flags, ...paging, key };
  const start = text(given, 'startkey') ?? text(given, 'start_key');
  const end = text(given, 'endkey') ?? text(given, 'end_key');
  const [startkey, endkey] = descending ? [start ?? last, end] : [start, end ?? last];
  const bounds = {
    startkey,
    ...(endkey === undefined ? {} : { endkey }),
    inclusive_end: given.get('inclusive_end') !== false,
  };
  return { ...flags, ...paging, ...bounds };
}

function readKeys(keys: unknown): readonly string[] {
  if (!Array.isArray(keys)) throw badStoreRequest('`keys` must be an array.');
  return keys.map((key) => {
    if (typeof key !== 'string') throw badStoreRequest('Each key must be a string');
    return key;
  });
}

function number(given: ReadonlyMap<string, unknown>, name: string): object {
  const value = given.get(name);
  if (value === undefined) return {};
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw badStoreRequest(`${name} must be a whole number`);
  return { [name]: value };
}

function text(given: ReadonlyMap<string, unknown>, name: string): string | undefined {
  const value = given.get(name);
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw badStoreRequest(`${name} must be a string`);
  return value;
}

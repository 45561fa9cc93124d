import type { IncomingMessage } from 'node:http';
import { isJsonObject, type JsonObject } from '../../src/core/json-fields.ts';
import { isWellFormed } from '../../src/core/outside-text.ts';
import { StoreError } from './store-error.ts';

/** A request's whole body: enough for a batch of eight of the largest documents. */
const MAX_BODY_BYTES = 64_000_000;
/** CouchDB's default for one document. */
export const MAX_DOCUMENT_BYTES = 8_000_000;

/** Reads a body of at most 64 MB; throws 413 beyond that. */
export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    // Read to its end, as nobody who is cut off in the middle sees why.
    if (bytes <= MAX_BODY_BYTES) parts.push(part);
  }
  if (bytes > MAX_BODY_BYTES) throw new StoreError(413, 'The request entity is too large.');
  return Buffer.concat(parts);
}

/** Reads a body that is a JSON object, from a request that says so (db-limits-03); throws 415 or 400. */
export async function readPostedObject(request: IncomingMessage): Promise<JsonObject> {
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new StoreError(415, 'Content-Type must be application/json');
  }
  return readObject(request);
}

/** Reads a body that is a JSON object, whatever its type is said to be; throws 400. */
export async function readObject(request: IncomingMessage): Promise<JsonObject> {
  const value = parseStored(textOf(await readBytes(request)));
  if (!isJsonObject(value)) throw new StoreError(400, 'Request body must be a JSON object');
  return value;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new StoreError(400, NOT_UTF8_JSON);
  }
}

/** Parses JSON as CouchDB does: half of a surrogate pair, as `"\ud800"` names it, is no text (db-ours-06). Throws 400. */
export function parseStored(text: string): unknown {
  const value = parsed(text);
  if (!isWellFormed(value)) throw new StoreError(400, NOT_UTF8_JSON);
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new StoreError(400, NOT_UTF8_JSON);
  }
}

const NOT_UTF8_JSON = 'invalid UTF-8 JSON';

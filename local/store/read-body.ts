/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. This file reads the
 * bodies of requests, within limits, so that no request can fill the memory.
 */

import type { IncomingMessage } from 'node:http';
import { isJsonObject, type JsonObject } from '../../src/core/json-fields.ts';
import { isWellFormed } from '../../src/core/outside-text.ts';
import { StoreError } from './store-error.ts';

/** The most bytes that a body may have: 64 MB, eight times as many as a document may have. */
const MAX_BODY_BYTES = 64_000_000;
/** The most bytes that one document may have: 8 MB, CouchDB's default. */
export const MAX_DOCUMENT_BYTES = 8_000_000;

/**
 * Reads a body.
 *
 * @throws StoreError 413 if it has more than 64 MB.
 */
export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    // The rest is read and dropped. Otherwise the connection would break, and the sender would not see the answer.
    if (bytes <= MAX_BODY_BYTES) parts.push(part);
  }
  if (bytes > MAX_BODY_BYTES) throw new StoreError(413, 'The request entity is too large.');
  return Buffer.concat(parts);
}

/**
 * Reads a JSON object. The request must have the content type of JSON (db-limits-03).
 *
 * @throws StoreError 415 for another content type, 413 if the body is too large, 400 if it is no JSON object.
 */
export async function readPostedObject(request: IncomingMessage): Promise<JsonObject> {
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new StoreError(415, 'Content-Type must be application/json');
  }
  return readObject(request);
}

/**
 * Reads a JSON object, whatever content type the request has.
 *
 * @throws StoreError 413 if the body is too large, 400 if it is no JSON object.
 */
export async function readObject(request: IncomingMessage): Promise<JsonObject> {
  const value = parseStored(await readBytes(request));
  if (!isJsonObject(value)) throw new StoreError(400, 'Request body must be a JSON object');
  return value;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses JSON as CouchDB does: half of a surrogate pair, as in `"\ud800"`, is malformed (db-ours-06).
 *
 * @throws StoreError 400 if the text is malformed.
 */
export function parseStored(source: string | Buffer): unknown {
  let value: unknown;
  try {
    value = JSON.parse(typeof source === 'string' ? source : utf8.decode(source));
  } catch {
    // JSON never parses to undefined, so this means "malformed".
    value = undefined;
  }
  if (value === undefined || !isWellFormed(value)) throw new StoreError(400, 'invalid UTF-8 JSON');
  return value;
}

/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. This file reads the query and the body of a request, and refuses what OpenWhisk would refuse.
 */

import type { IncomingMessage } from 'node:http';
import { ChunkTooLarge, HostError, malformed, malformedQuery, tooLarge } from './answer.ts';
import { largestChunk } from './chunk-sizes.ts';
import type { Host } from './host.ts';
import { type HostObject, isHostObject, type Json } from './json.ts';
import { MAX_CHUNK_BYTES, MAX_PAYLOAD_BYTES } from './limits.ts';
import { readAtMost } from './read-at-most.ts';
import { parseContentType } from './web/media-type.ts';

/** One request to the host. Nothing in it is checked yet. */
export interface RestCall {
  readonly host: Host;
  readonly request: IncomingMessage;
  readonly method: string;
  /** The parts of the path, still percent-encoded. */
  readonly rawSegments: readonly string[];
  /** The query without its question mark, as sent. */
  readonly rawQuery: string;
  readonly query: URLSearchParams;
  readonly transactionId: string;
}

/**
 * Reads a whole body.
 *
 * @throws HostError 413 if the body has more than `maxBytes`; ChunkTooLarge if one of its chunks has more than 1 MB;
 *   Node's own error if the caller closes the connection.
 */
export async function readPayload({ request }: RestCall, maxBytes = MAX_PAYLOAD_BYTES): Promise<Buffer> {
  const { body, bytes } = await readAtMost(request, maxBytes);
  const chunkBytes = largestChunk(request);
  if (chunkBytes > MAX_CHUNK_BYTES) throw new ChunkTooLarge(chunkBytes);
  if (bytes > maxBytes) throw tooLarge(bytes, maxBytes);
  return body;
}

/**
 * Reads a body that is a JSON object; an empty body is `{}`.
 *
 * @throws HostError 415 for another content type, 400 if the body is no JSON object; also what `readPayload` throws.
 */
export async function readJsonObject(call: RestCall, maxBytes?: number): Promise<HostObject> {
  const body = await readPayload(call, maxBytes);
  if (body.length === 0) return {};
  const type = parseContentType(call.request.headers['content-type']);
  if (type.mediaType !== 'application/json') {
    const what = `The request's Content-Type [${type.rendered}] is not supported.`;
    throw new HostError(415, `${what} Expected:\napplication/json`);
  }
  const value = parsePayload(body);
  if (!isHostObject(value)) throw malformed('JSON object expected');
  return value;
}

/**
 * Parses JSON.
 *
 * @throws HostError 400 if the body is no JSON.
 */
export function parsePayload(body: Buffer): Json {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : String(error));
  }
}

/**
 * A query parameter that is `true` or `false`. If it is absent, it counts as false.
 *
 * @throws HostError 400 for anything else.
 */
export function booleanQuery(call: RestCall, name: string): boolean {
  const value = call.query.get(name);
  if (value === null || value === 'false') return false;
  if (value === 'true') return true;
  throw malformedQuery(name, `'${value}' is not a valid Boolean value`);
}

/**
 * A query parameter that is a whole number; undefined if absent.
 *
 * @throws HostError 400 with `refusal`'s text for anything else.
 */
export function wholeNumberQuery(call: RestCall, name: string, refusal: (text: string) => string): number | undefined {
  const text = call.query.get(name);
  if (text === null) return undefined;
  const value = Number(text);
  if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(value)) throw malformedQuery(name, refusal(text));
  return value;
}

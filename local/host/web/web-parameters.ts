/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. A web action can be called by its URL; Cascade's webhook receiver is one. This file turns such a call into
 * the parameters of the action.
 */

import type { IncomingMessage } from 'node:http';
import { reservedParameters } from '../answer.ts';
import { parsePayload, type RestCall } from '../call.ts';
import { type ActionEntity, entryValue } from '../entities/types.ts';
import { breaksFinal } from '../invoke/parameters.ts';
import { type HostObject, isHostObject, type Json } from '../json.ts';
import { hasValidKey } from '../routes/authenticate.ts';
import { type ContentType, parseContentType } from './media-type.ts';

/** The host sets these parameters itself. So a caller must not. */
const RESERVED = ['__ow_method', '__ow_headers', '__ow_path', '__ow_user', '__ow_query', '__ow_body'];

/**
 * Makes the payload of a web call. It has the keys `__ow_*`. A raw web action gets query and body as text in two of
 * these keys. For any other action, the payload also has the fields of the query and of the body.
 *
 * @param path - the path after the action's name, still percent-encoded.
 * @throws HostError 400 if an action that is not raw gets JSON that cannot be parsed, or a reserved or final parameter.
 */
export function webParameters(call: RestCall, action: ActionEntity, path: string, bytes: Buffer): HostObject {
  const type = parseContentType(call.request.headers['content-type']);
  const query = parseQuery(call.rawQuery);
  const context = {
    __ow_method: call.method.toLowerCase(),
    __ow_headers: headersOf(call, type, bytes),
    __ow_path: path,
    ...(hasValidKey(call) === true && { __ow_user: call.host.namespace }),
  };
  if (entryValue(action.annotations, 'raw-http') === true) {
    // Bodies of binary types are passed as base64. OpenWhisk once counted `application/json` among them, and still
    // encodes it.
    const isBase64 = type.isBinary || type.mediaType === 'application/json';
    return { ...context, __ow_query: renderQuery(query), __ow_body: bytes.toString(isBase64 ? 'base64' : 'utf8') };
  }
  const body = readBody(type, bytes);
  const [fields, rest] = isHostObject(body) ? [body, {}] : [{}, { __ow_body: body }];
  const given = { ...Object.fromEntries(query.map(([key, value = '']) => [key, value])), ...fields };
  if (RESERVED.some((key) => key in given) || breaksFinal(action, given, call.host.entities)) {
    throw reservedParameters();
  }
  return { ...given, ...rest, ...context };
}

/** Reads the body for an action that is not raw: an object with its fields, or one value. */
function readBody(type: ContentType, bytes: Buffer): Json {
  if (bytes.length === 0) return {};
  if (type.mediaType === 'application/json') return parsePayload(bytes);
  if (type.mediaType === 'application/x-www-form-urlencoded') {
    return Object.fromEntries(new URLSearchParams(bytes.toString()));
  }
  return bytes.toString(type.isBinary ? 'base64' : 'utf8');
}

/** The request's headers. The content type is written as pekko writes it, the HTTP server in OpenWhisk's controller. */
function headersOf({ request }: RestCall, type: ContentType, body: Buffer): HostObject {
  const headers = requestHeaders(request);
  if (body.length > 0 || headers['content-type'] !== undefined) headers['content-type'] = type.rendered;
  return headers;
}

/** A part of a query, decoded. A part without an equals sign has no value. */
type QueryPart = readonly [key: string, value?: string];

/**
 * Parses a query without its question mark. A plus means a blank. A part that is badly percent-encoded is not decoded.
 */
const parseQuery = (text: string): readonly QueryPart[] =>
  text === '' ? [] : text.split('&').map((part) => part.split(/=(.*)/s, 2).map(decode) as [string, string?]);

/** Prints a query as pekko does. The text may differ from what the caller sent (fact ow-web-07). */
const renderQuery = (parts: readonly QueryPart[]): string =>
  parts.map((part) => part.map((text = '') => encode(text)).join('=')).join('&');

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

// pekko leaves `$ , @ : / ?` in a query as they are, and writes a blank as a plus. encodeURIComponent encodes them all.
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/%(?:24|2C|40|3A|2F|3F|20)/g, (code) =>
    code === '%20' ? '+' : decodeURIComponent(code),
  );

/**
 * A request's headers by lower-case names, without those that frame the body. Of a repeated header, the last one
 * counts.
 */
export function requestHeaders({ headersDistinct }: IncomingMessage): Record<string, string> {
  const { 'content-length': _length, 'transfer-encoding': _encoding, ...headers } = headersDistinct;
  return Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values?.at(-1) ?? '']));
}

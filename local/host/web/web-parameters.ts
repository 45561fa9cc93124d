import type { IncomingMessage } from 'node:http';
import { reservedParameters } from '../answer.ts';
import { parsePayload, type RestCall } from '../call.ts';
import { type ActionEntity, entryValue } from '../entities/types.ts';
import { breaksFinal } from '../invoke/parameters.ts';
import { type HostObject, isHostObject, type Json } from '../json.ts';
import { hasValidKey } from '../routes/authenticate.ts';
import { type ContentType, parseContentType } from './media-type.ts';

const RESERVED = ['__ow_method', '__ow_headers', '__ow_path', '__ow_user', '__ow_query', '__ow_body'];

/**
 * The payload of a web call: `__ow_*` keys, and for an action that is not raw the parameters of query and body too.
 *
 * @param path - what follows the action's name, percent-encoding kept.
 * @throws HostError 400 for a body that is not the JSON that it should be, and for reserved or final parameters.
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
    // Base64 for binary types and, from days when it was one, for `application/json`.
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

/** A body's fields, or the one value or text that it is. */
function readBody(type: ContentType, bytes: Buffer): Json {
  if (bytes.length === 0) return {};
  if (type.mediaType === 'application/json') return parsePayload(bytes);
  if (type.mediaType === 'application/x-www-form-urlencoded') {
    return Object.fromEntries(new URLSearchParams(bytes.toString()));
  }
  return bytes.toString(type.isBinary ? 'base64' : 'utf8');
}

/** The request's headers, with the content type as the host prints it. */
function headersOf({ request }: RestCall, type: ContentType, body: Buffer): HostObject {
  const headers = requestHeaders(request);
  if (body.length > 0 || headers['content-type'] !== undefined) headers['content-type'] = type.rendered;
  return headers;
}

/** A part of a query, decoded; without a value if it had no equals sign. */
type QueryPart = readonly [key: string, value?: string];

/** Reads a query without its question mark; a plus is a blank, and what is no percent-encoding stays as it is. */
const parseQuery = (text: string): readonly QueryPart[] =>
  text === '' ? [] : text.split('&').map((part) => part.split(/=(.*)/s, 2).map(decode) as [string, string?]);

/** Prints a query as pekko does, which may differ from what the caller sent (facts, ow-web-07). */
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

// pekko leaves these characters of a query as they are, beside those that encodeURIComponent leaves.
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/%(?:24|2C|40|3A|2F|3F|20)/g, (code) =>
    code === '%20' ? '+' : decodeURIComponent(code),
  );

/** Lower-case names and, of repeated headers, the last; without those that frame the body. */
export function requestHeaders({ rawHeaders }: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    headers[(rawHeaders[i] ?? '').toLowerCase()] = rawHeaders[i + 1] ?? '';
  }
  delete headers['content-length'];
  delete headers['transfer-encoding'];
  return headers;
}

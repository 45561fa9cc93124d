import type { IncomingMessage } from 'node:http';
import { reservedParameters } from '../answer.ts';
import { parsePayload, type RestCall } from '../call.ts';
import { type ActionEntity, entryValue } from '../entities/types.ts';
import { breaksFinal } from '../invoke/parameters.ts';
import { type HostObject, isHostObject } from '../json.ts';
import { type ContentType, parseContentType } from './media-type.ts';

const RESERVED = ['__ow_method', '__ow_headers', '__ow_path', '__ow_user', '__ow_query', '__ow_body'];

/** The payload of a web call: `__ow_*` keys, and for an action that is not raw the query's and the body's own; 400 for reserved ones. */
export function webParameters(
  call: RestCall,
  action: ActionEntity,
  path: string,
  user: string | undefined,
  body: Buffer,
): HostObject {
  const type = parseContentType(call.request.headers['content-type']);
  const query = parseQuery(call.rawQuery);
  const context = {
    __ow_method: call.method.toLowerCase(),
    __ow_headers: headersOf(call, type, body),
    __ow_path: path,
    ...(user === undefined ? {} : { __ow_user: user }),
  };
  if (entryValue(action.annotations, 'raw-http') === true) {
    return { ...context, __ow_query: renderQuery(query), __ow_body: rawBody(type, body) };
  }
  const { promoted, rest } = readBodyParameters(type, body);
  const given = { ...Object.fromEntries(query.map(({ key, value }) => [key, value ?? ''])), ...promoted };
  if (RESERVED.some((key) => key in given) || breaksFinal(action, given, call.host.entities))
    throw reservedParameters();
  return { ...given, ...rest, ...context };
}

/** Base64 for binary types and, from days when it was one, for `application/json`; all else is read as UTF-8. */
const rawBody = (type: ContentType, body: Buffer): string => {
  return body.toString(type.isBinary || type.mediaType === 'application/json' ? 'base64' : 'utf8');
};

function readBodyParameters(
  type: ContentType,
  body: Buffer,
): { readonly promoted: HostObject; readonly rest: HostObject } {
  if (body.length === 0) return { promoted: {}, rest: {} };
  if (type.mediaType === 'application/json') {
    const value = parsePayload(body);
    return isHostObject(value) ? { promoted: value, rest: {} } : { promoted: {}, rest: { __ow_body: value } };
  }
  if (type.mediaType === 'application/x-www-form-urlencoded') {
    return { promoted: Object.fromEntries(new URLSearchParams(body.toString())), rest: {} };
  }
  return { promoted: {}, rest: { __ow_body: body.toString(type.isBinary ? 'base64' : 'utf8') } };
}

/** The request's headers, with the content type as the host prints it. */
function headersOf({ request }: RestCall, type: ContentType, body: Buffer): HostObject {
  const headers = requestHeaders(request);
  if (body.length > 0 || headers['content-type'] !== undefined) headers['content-type'] = type.rendered;
  return headers;
}

/** One `key=value` of a query, decoded; `value` is undefined when there was no equals sign. */
export interface QueryPart {
  readonly key: string;
  readonly value: string | undefined;
}

/** Reads a query without its question mark; a plus is a blank, and what is no percent-encoding stays as it is. */
export function parseQuery(text: string): readonly QueryPart[] {
  if (text === '') return [];
  return text.split('&').map((part) => {
    const at = part.indexOf('=');
    return at < 0
      ? { key: decode(part), value: undefined }
      : { key: decode(part.slice(0, at)), value: decode(part.slice(at + 1)) };
  });
}

/** Prints a query as pekko does, which need not be as it was sent (facts, ow-web-07). */
export function renderQuery(parts: readonly QueryPart[]): string {
  return parts
    .map(({ key, value }) => (value === undefined ? encode(key) : `${encode(key)}=${encode(value)}`))
    .join('&');
}

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

// What pekko leaves as it is in a query, above what encodeURIComponent leaves.
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

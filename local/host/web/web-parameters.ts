import type { Call } from '../call.ts';
import { parseJson } from '../call.ts';
import { type ActionEntity, entryValue } from '../entities/types.ts';
import { reservedParameters } from '../errors.ts';
import { breaksFinal } from '../invoke/parameters.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { type ContentType, parseContentType } from './media-type.ts';
import { parseQuery, renderQuery } from './query.ts';
import { requestHeaders } from './request-headers.ts';

const RESERVED = ['__ow_method', '__ow_headers', '__ow_path', '__ow_user', '__ow_query', '__ow_body'];

/** The payload of a web call: `__ow_*` keys, and for an action that is not raw the query's and the body's own; 400 for reserved ones. */
export function webParameters(
  call: Call,
  action: ActionEntity,
  path: string,
  user: string | undefined,
  body: Buffer,
): JsonObject {
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
): { readonly promoted: JsonObject; readonly rest: JsonObject } {
  if (body.length === 0) return { promoted: {}, rest: {} };
  if (type.mediaType === 'application/json') {
    const value = parseJson(body);
    return isJsonObject(value) ? { promoted: value, rest: {} } : { promoted: {}, rest: { __ow_body: value } };
  }
  if (type.mediaType === 'application/x-www-form-urlencoded') {
    return { promoted: Object.fromEntries(new URLSearchParams(body.toString())), rest: {} };
  }
  return { promoted: {}, rest: { __ow_body: body.toString(type.isBinary ? 'base64' : 'utf8') } };
}

/** The request's headers, with the content type as the host prints it. */
function headersOf({ request }: Call, type: ContentType, body: Buffer): JsonObject {
  const headers = requestHeaders(request);
  if (body.length > 0 || headers['content-type'] !== undefined) headers['content-type'] = type.rendered;
  return headers;
}

import type { ActivationResponse } from '../activations.ts';
import { type HeaderLines, HostError, type RestAnswer } from '../answer.ts';
import { type HostObject, isHostObject, type Json, prettyJson } from '../json.ts';
import { type ContentType, parseContentType } from './media-type.ts';
import type { Suffix } from './web-path.ts';

/** The HTTP answer that an activation's response stands for, by the URL's suffix; 400 when it stands for none. */
export function webAnswer({ status, result }: ActivationResponse, suffix: Suffix): RestAnswer {
  if (status === 'action developer error' || status === 'whisk internal error') {
    throw new HostError(400, 'There was an error processing your request.');
  }
  // The real host fails to treat an array as an object.
  if (Array.isArray(result)) throw new ArrayResult();
  const value = status === 'application error' && isHostObject(result) ? (result['error'] ?? null) : result;
  switch (suffix) {
    case 'http':
      return httpAnswer(value);
    case 'json':
      if (!isHostObject(value) && !Array.isArray(value)) throw invalidMedia('application/json');
      return entity(200, [], 'application/json', prettyJson(value));
    case 'text':
      return entity(200, [], 'text/plain; charset=UTF-8', plainText(textOf(value)));
    case 'html':
      return textAnswer(bodyOf(value, 'html'), 'text/html', 'text/html; charset=UTF-8');
    case 'svg':
      return textAnswer(bodyOf(value, 'svg'), 'image/svg+xml', 'image/svg+xml');
    default:
      return suffix satisfies never;
  }
}

/** An array result: the host answers 500, in plain text and without an activation id. */
export class ArrayResult extends Error {}

const invalidMedia = (type: string): HostError => new HostError(400, `Response is not valid '${type}'.`);

const entity = (status: number, headers: HeaderLines, type: string, body: string | Buffer): RestAnswer => ({
  status,
  headers: [...headers.filter(([name]) => name.toLowerCase() !== 'content-type'), ['content-type', type]],
  body,
});

/** What a suffix shows of a result: its `body`, else the field of the suffix's own name. */
const bodyOf = (value: Json, field: string): Json | undefined =>
  isHostObject(value) ? (value['body'] ?? value[field]) : value;

function textOf(value: Json): Json {
  const text = bodyOf(value, 'text');
  if (text === undefined) throw new HostError(404, 'Response does not include requested property.');
  return text;
}

const plainText = (value: Json): string => (typeof value === 'string' ? value : prettyJson(value));

function textAnswer(value: Json | undefined, type: string, contentType: string): RestAnswer {
  if (typeof value !== 'string') throw invalidMedia(type);
  return entity(200, [], contentType, value);
}

function httpAnswer(value: Json): RestAnswer {
  if (!isHostObject(value)) throw invalidMedia('message/http');
  const headers = readHeaders(value['headers']);
  const { body = null } = value;
  const status = readStatus(value);
  if (body === null || body === '') {
    const lines = headers.filter(([name]) => name.toLowerCase() !== 'content-type');
    return { status: status ?? 204, headers: lines, body: '' };
  }
  const given = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const type = parseContentType(given ?? (typeof body === 'string' ? 'text/html' : 'application/json'));
  if (typeof body === 'string') return stringAnswer(status ?? 200, headers, type, body);
  if (!isJsonFamily(type)) throw contentTypeMismatch();
  return entity(status ?? 200, headers, type.rendered, prettyJson(body));
}

const contentTypeMismatch = (): HostError =>
  new HostError(400, 'Response type in header did not match generated content type.');

const isJsonFamily = ({ mediaType }: ContentType): boolean =>
  mediaType === 'application/json' || mediaType.endsWith('+json');

/** A string is text as it is; for binary types it is base64, and for JSON types too if it can be read so. */
function stringAnswer(status: number, headers: HeaderLines, type: ContentType, body: string): RestAnswer {
  if (type.isBinary || isJsonFamily(type)) {
    if (isBase64(body)) return entity(status, headers, type.rendered, Buffer.from(body, 'base64'));
    if (!isJsonFamily(type)) throw contentTypeMismatch();
    return entity(status, headers, type.rendered, body);
  }
  const rendered = type.rendered.includes('; charset=') ? type.rendered : `${type.rendered}; charset=UTF-8`;
  return entity(status, headers, rendered, body);
}

const isBase64 = (text: string): boolean =>
  /^[A-Za-z0-9+/]*={0,2}$/.test(text) && (text.endsWith('=') ? text.length % 4 === 0 : text.length % 4 !== 1);

function readStatus(value: HostObject): number | undefined {
  const given = value['statusCode'];
  if (given === undefined) return undefined;
  const status = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : given;
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599) {
    throw invalidMedia('message/http');
  }
  return status;
}

function readHeaders(value: Json | undefined): HeaderLines {
  if (value === undefined) return [];
  if (!isHostObject(value)) throw invalidMedia('message/http');
  return Object.entries(value).flatMap(([name, item]) => {
    const items: readonly Json[] = Array.isArray(item) ? item : [item];
    return items.map((single) => [name, headerText(single)] as const);
  });
}

function headerText(value: Json): string {
  if (typeof value === 'object') throw invalidMedia('message/http');
  return String(value);
}

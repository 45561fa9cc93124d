/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. A web action can be called by its URL; Cascade's webhook receiver is one. This file makes the HTTP answer of
 * such a call from the action's result, as OpenWhisk does.
 */

import type { ActivationResponse } from '../activations.ts';
import { type HeaderLines, HostError, type RestAnswer } from '../answer.ts';
import { type HostObject, isHostObject, type Json, prettyJson } from '../json.ts';
import { parseContentType } from './media-type.ts';

/** The suffix of an action's name in a web call's URL; `http` if there is none. */
export type Suffix = 'http' | 'json' | 'html' | 'svg' | 'text';

/**
 * Makes the HTTP answer from an activation's response. If the result is `{ error }`, the answer is made from the error.
 *
 * @throws HostError 400 if the action's code or the host failed (not for a result `{ error }`), or if the result is not
 *   what the suffix asks for; 404 if the suffix is `text` and the result has no text; ArrayResult if the result is an
 *   array.
 */
export function webAnswer({ status, result }: ActivationResponse, suffix: Suffix): RestAnswer {
  if (status === 'action developer error' || status === 'whisk internal error') {
    throw new HostError(400, 'There was an error processing your request.');
  }
  // A real host fails here, because it expects an object.
  if (Array.isArray(result)) throw new ArrayResult();
  const value = status === 'application error' && isHostObject(result) ? (result['error'] ?? null) : result;
  switch (suffix) {
    case 'http':
      return httpAnswer(value);
    case 'json':
      if (!isHostObject(value)) throw invalidMedia('application/json');
      return answerOf('application/json', prettyJson(value));
    case 'text': {
      const text = bodyOf(value, suffix);
      if (text === undefined) throw new HostError(404, 'Response does not include requested property.');
      return answerOf('text/plain; charset=UTF-8', typeof text === 'string' ? text : prettyJson(text));
    }
    case 'html':
      return answerOf('text/html; charset=UTF-8', markupOf(value, suffix, 'text/html'));
    case 'svg':
      return answerOf('image/svg+xml', markupOf(value, suffix, 'image/svg+xml'));
    default:
      return suffix satisfies never;
  }
}

/** Thrown if an action's result is an array. The host then answers 500, in plain text and without an activation id. */
export class ArrayResult extends Error {}

const invalidMedia = (type: string): HostError => new HostError(400, `Response is not valid '${type}'.`);

const answerOf = (type: string, body: string | Buffer, status = 200, headers: HeaderLines = []): RestAnswer => ({
  status,
  headers: [...headers, ['content-type', type]],
  body,
});

/**
 * The part of a result that a suffix shows: the field `body`, else the field with the suffix's name. Of a result that
 * is no object, all is shown.
 */
const bodyOf = (value: Json, field: string): Json | undefined =>
  isHostObject(value) ? (value['body'] ?? value[field]) : value;

function markupOf(value: Json, field: string, type: string): string {
  const body = bodyOf(value, field);
  if (typeof body === 'string') return body;
  throw invalidMedia(type);
}

const isContentType = ([name]: HeaderLines[number]): boolean => name.toLowerCase() === 'content-type';

function httpAnswer(value: Json): RestAnswer {
  if (!isHostObject(value)) throw invalidMedia('message/http');
  const given = readHeaders(value['headers']);
  const headers = given.filter((header) => !isContentType(header));
  const { body = null } = value;
  const status = readStatus(value);
  if (body === null || body === '') return { status: status ?? 204, headers, body: '' };
  const [, contentType] = given.find(isContentType) ?? [];
  const type = parseContentType(contentType ?? (typeof body === 'string' ? 'text/html' : 'application/json'));
  const isJson = type.mediaType === 'application/json' || type.mediaType.endsWith('+json');
  const isText = !isJson && !type.isBinary;
  const rendered = isText && !type.rendered.includes('; charset=') ? `${type.rendered}; charset=UTF-8` : type.rendered;
  const bytes = isText && typeof body === 'string' ? body : encoded(body, isJson);
  return answerOf(rendered, bytes, status, headers);
}

/** The bytes of a body whose type is no text. A string must be base64. If the type is JSON, any value is allowed. */
function encoded(body: Json, isJson: boolean): string | Buffer {
  if (typeof body === 'string' && isBase64(body)) return Buffer.from(body, 'base64');
  if (!isJson) throw new HostError(400, 'Response type in header did not match generated content type.');
  return typeof body === 'string' ? body : prettyJson(body);
}

/** Whether a text is base64, with or without its padding. */
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

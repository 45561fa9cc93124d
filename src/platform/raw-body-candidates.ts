/*
 * Finds out what bytes a caller sent. The receiver (the action that gets Qlik's webhooks) needs them to check a
 * webhook's signature. But OpenWhisk gives a raw web action only a text, and does not say whether that text is the body
 * itself or its base64.
 */

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Media types that OpenWhisk passes as text. */
const TEXT_TYPE =
  /^(?:text\/(?!json)|application\/(?:x-www-form-urlencoded|javascript|xml|soap\+xml|[\w.-]+\+xml|vnd\.api\+json|problem\+json|json-patch\+json|merge-patch\+json)\b)/i;
/** A parameter of a media type, such as `; charset=` in `application/json; charset=utf-8`. */
const PARAMETER = /;\s*([\w-]+)\s*=/g;

/**
 * Whether OpenWhisk passes a raw body of this type as base64. It does so for `application/json`, if the type has no
 * parameter but a charset. It also does so for types that it does not know as text, unless they name a charset (facts
 * ow-raw-http-01…15).
 */
export function isBase64Expected(contentType: string | undefined): boolean {
  const type = (contentType ?? 'application/octet-stream').trim();
  const parameters = [...type.matchAll(PARAMETER)].map(([, parameter]) => parameter?.toLowerCase());
  if (/^application\/json\s*(?:;|$)/i.test(type)) return parameters.every((parameter) => parameter === 'charset');
  if (parameters.includes('charset')) return false;
  return !TEXT_TYPE.test(type);
}

/**
 * The request bodies that the text in `__ow_body` can stand for, the likelier one first. OpenWhisk passes the body of a
 * request to a raw web action in the parameter `__ow_body`, as plain text or as base64.
 *
 * OpenWhisk hosts differ in which bodies they encode, and no parameter says whether a body is encoded. So if the text
 * can be read in both ways, both bodies are candidates, and the receiver checks the signature of each. The text of a
 * JSON object cannot be base64, because it begins with a brace.
 */
export function rawBodyCandidates(contentType: string | undefined, owBody: string): readonly Buffer[] {
  const plain = Buffer.from(owBody, 'utf8');
  if (owBody === '' || !BASE64.test(owBody)) return [plain];
  const decoded = Buffer.from(owBody, 'base64');
  if (decoded.toString('base64') !== owBody) return [plain];
  return isBase64Expected(contentType) ? [decoded, plain] : [plain, decoded];
}

/**
 * Whether the text has a U+FFFD. A host that passes a body as text puts this character in place of bytes that are not
 * UTF-8. Then the bytes are lost, and nobody can check the body's signature.
 */
export const isBodyMangled = (owBody: string): boolean => owBody.includes('\uFFFD');

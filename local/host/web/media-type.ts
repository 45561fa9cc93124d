/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. A web action can be called by its URL; Cascade's webhook receiver is one. This file handles the content types
 * of such calls.
 *
 * The media type decides whether a raw web action gets the request's body as text or as base64 (facts
 * ow-raw-http-01…15). The lists here are those of pekko-http, the HTTP server in OpenWhisk's controller (`MediaTypes`).
 */

import { HostError, type RestAnswer } from '../answer.ts';

/** A content type, parsed. */
export interface ContentType {
  /** `type/subtype` in lower case, with all parameters except the charset. */
  readonly mediaType: string;
  /** The content type as pekko prints it. */
  readonly rendered: string;
  /**
   * True if a body of this type is no text: images, archives and multipart; also a type that pekko does not know, if
   * the header gives no charset.
   */
  readonly isBinary: boolean;
}

const typesOf = (main: string, subtypes: string): readonly string[] =>
  subtypes.split(/\s+/).map((subtype) => `${main}/${subtype}`);

/** Types of text that keep the charset that the header gives. */
const OPEN_CHARSET = new Set([
  ...typesOf(
    'application',
    `atom+xml base64 javascript rss+xml soap+xml vnd.google-earth.kml+xml x-latex x-vrml xhtml+xml xml-dtd xml
    problem+xml`,
  ),
  ...typesOf(
    'text',
    `asp cache-manifest calendar css csv html markdown mcf plain richtext tab-separated-values uri-list vnd.wap.wml
    vnd.wap.wmlscript x-asm x-c x-component x-h x-java-source x-pascal x-script x-scriptcsh x-scriptelisp x-scriptksh
    x-scriptlisp x-scriptperl x-scriptperl-module x-scriptphyton x-scriptrexx x-scriptscheme x-scriptsh x-scripttcl
    x-scripttcsh x-scriptzsh x-server-parsed-html x-setext x-sgml x-speech x-uuencode x-vcalendar x-vcard xml`,
  ),
]);
/** Types of text that are always UTF-8. pekko drops the charset that the header gives. */
const FIXED_CHARSET = new Set([
  ...typesOf('application', 'json json-patch+json merge-patch+json problem+json vnd.api+json x-www-form-urlencoded'),
  'text/event-stream',
]);
/** Types that are no text, even if the header gives a charset. */
const KNOWN_BINARY_MAIN = /^(audio|image|message|multipart|video|font)\//;
const KNOWN_BINARY = new Set(
  typesOf(
    'application',
    `cbor gnutar java-archive grpc+proto lha lzx msword octet-stream pdf postscript vnd.ms-excel vnd.ms-powerpoint wasm
    x-gzip x-tar x-7z-compressed x-bzip x-bzip2 zip`,
  ),
);

// The grammar of `text/plain; charset=utf-8; format="flowed"` (RFC 9110 §8.3.1).
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = `\\s*;\\s*(${TOKEN})\\s*=\\s*("(?:[^"\\\\]|\\\\.)*"|${TOKEN})`;
const PARAMETERS = new RegExp(PARAMETER, 'g');
const CONTENT_TYPE = new RegExp(`^\\s*(${TOKEN}/${TOKEN})((?:${PARAMETER})*)\\s*$`);

/** Parses a `content-type` header. If it is missing, empty or malformed, the type is `application/octet-stream`. */
export function parseContentType(header = ''): ContentType {
  const [, essence = 'application/octet-stream', parameters = ''] = CONTENT_TYPE.exec(header) ?? [];
  const plain = essence.toLowerCase();
  let mediaType = plain;
  let charset: string | undefined;
  for (const [, name = '', quoted = ''] of parameters.matchAll(PARAMETERS)) {
    const value = quoted.replace(/^"(.*)"$/, '$1');
    if (name.toLowerCase() === 'charset') charset ??= value.toUpperCase();
    else mediaType += `; ${name.toLowerCase()}=${value}`;
  }
  if (FIXED_CHARSET.has(plain)) return { mediaType, rendered: mediaType, isBinary: false };
  const isKnownBinary = KNOWN_BINARY.has(plain) || KNOWN_BINARY_MAIN.test(plain);
  const isBinary = isKnownBinary || (charset === undefined && !OPEN_CHARSET.has(plain));
  const isRendered = !isBinary && charset !== undefined;
  return { mediaType, rendered: isRendered ? `${mediaType}; charset=${charset}` : mediaType, isBinary };
}

/**
 * Checks that the caller's `accept` header allows the type of an answer's body. As in OpenWhisk, that happens after the
 * action has run.
 *
 * @throws HostError 406 if it does not.
 */
export function requireAcceptable(accept: string | undefined, { headers, body }: RestAnswer): void {
  const contentType = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  if (accept === undefined || accept.trim() === '' || contentType === undefined || body.length === 0) return;
  const mediaType = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  if (accept.split(',').some((range) => covers(range, mediaType))) return;
  throw new HostError(406, `Resource representation is only available with these types:\n${contentType}`);
}

function covers(range: string, mediaType: string): boolean {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  if (parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) return false;
  return type === '*/*' || type === mediaType || (type.endsWith('/*') && mediaType.startsWith(type.slice(0, -1)));
}

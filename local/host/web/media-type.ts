import { HostError, type RestAnswer } from '../answer.ts';

/**
 * Media types as pekko-http (the server in OpenWhisk's controller) sorts them: what decides whether a raw web action
 * gets its body as text or as base64 (facts, ow-raw-http-01…15). Source: the predefined types of pekko's `MediaTypes`.
 */

/** A content type as the host understood it. */
export interface ContentType {
  /** `type/subtype` with any parameters but the charset, lower case. */
  readonly mediaType: string;
  /** How pekko prints the whole. */
  readonly rendered: string;
  /** A type without text: images, archives, multipart, and all that pekko does not know. */
  readonly isBinary: boolean;
}

// Text whose charset is given, and rendered, beside it.
const OPEN_CHARSET = new Set(
  `application/atom+xml application/base64 application/javascript application/rss+xml application/soap+xml
  application/vnd.google-earth.kml+xml application/x-latex application/x-vrml application/xhtml+xml
  application/xml-dtd application/xml application/problem+xml
  text/asp text/cache-manifest text/calendar text/css text/csv text/html text/markdown text/mcf text/plain
  text/richtext text/tab-separated-values text/uri-list text/vnd.wap.wml text/vnd.wap.wmlscript text/x-asm text/x-c
  text/x-component text/x-h text/x-java-source text/x-pascal text/x-script text/x-scriptcsh text/x-scriptelisp
  text/x-scriptksh text/x-scriptlisp text/x-scriptperl text/x-scriptperl-module text/x-scriptphyton
  text/x-scriptrexx text/x-scriptscheme text/x-scriptsh text/x-scripttcl text/x-scripttcsh text/x-scriptzsh
  text/x-server-parsed-html text/x-setext text/x-sgml text/x-speech text/x-uuencode text/x-vcalendar text/x-vcard
  text/xml`.split(/\s+/),
);
// Text that is UTF-8 whatever is said: a charset is dropped.
const FIXED_CHARSET = new Set([
  'application/json',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/problem+json',
  'application/vnd.api+json',
  'application/x-www-form-urlencoded',
  'text/event-stream',
]);
// Known types without text, as far as a charset could be sent with them: it does not make them text.
const KNOWN_BINARY_MAIN = new Set(['audio', 'image', 'message', 'multipart', 'video', 'font']);
const KNOWN_BINARY = new Set(
  `application/cbor application/gnutar application/java-archive application/grpc+proto application/lha
  application/lzx application/msword application/octet-stream application/pdf application/postscript
  application/vnd.ms-excel application/vnd.ms-powerpoint application/wasm application/x-gzip application/x-tar
  application/x-7z-compressed application/x-bzip application/x-bzip2 application/zip`.split(/\s+/),
);

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = new RegExp(`^\\s*;\\s*(${TOKEN})\\s*=\\s*("(?:[^"\\\\]|\\\\.)*"|${TOKEN})`);
const ESSENCE = new RegExp(`^\\s*(${TOKEN})/(${TOKEN})`);

export const OCTET_STREAM: ContentType = {
  mediaType: 'application/octet-stream',
  rendered: 'application/octet-stream',
  isBinary: true,
};

/** Reads a `content-type` header; a missing, empty or unparsable one is `application/octet-stream`. */
export function parseContentType(header: string | undefined): ContentType {
  const essence = ESSENCE.exec(header ?? '');
  if (header === undefined || essence === null) return OCTET_STREAM;
  const parameters = parseParameters(header.slice(essence[0].length));
  if (parameters === undefined) return OCTET_STREAM;
  const plain = `${essence[1]}/${essence[2]}`.toLowerCase();
  const charset = parameters.find(([name]) => name === 'charset')?.[1];
  const others = parameters.filter(([name]) => name !== 'charset').map(([name, value]) => `; ${name}=${value}`);
  return describe(plain, `${plain}${others.join('')}`, charset);
}

function describe(plain: string, mediaType: string, charset: string | undefined): ContentType {
  const fixed = { mediaType, rendered: mediaType };
  if (FIXED_CHARSET.has(plain)) return { ...fixed, isBinary: false };
  const isKnownBinary = KNOWN_BINARY.has(plain) || KNOWN_BINARY_MAIN.has(plain.split('/')[0] ?? '');
  if (isKnownBinary || (charset === undefined && !OPEN_CHARSET.has(plain))) return { ...fixed, isBinary: true };
  if (charset === undefined) return { ...fixed, isBinary: false };
  return { mediaType, rendered: `${mediaType}; charset=${charset.toUpperCase()}`, isBinary: false };
}

function parseParameters(text: string): (readonly [name: string, value: string])[] | undefined {
  const parameters: [string, string][] = [];
  let rest = text;
  for (let match = PARAMETER.exec(rest); match !== null; match = PARAMETER.exec(rest)) {
    parameters.push([(match[1] ?? '').toLowerCase(), (match[2] ?? '').replace(/^"(.*)"$/, '$1')]);
    rest = rest.slice(match[0].length);
  }
  return rest.trim() === '' ? parameters : undefined;
}

/** 406 when the caller's `accept` header has no place for the type of an answer with a body; the action has run by then. */
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

import type { Answer } from '../answer.ts';
import { WireError } from '../errors.ts';

/** 406 when the caller's `accept` header has no place for the type of an answer with a body; the action has run by then. */
export function requireAcceptable(accept: string | undefined, { headers, body }: Answer): void {
  const contentType = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  if (accept === undefined || accept.trim() === '' || contentType === undefined || body.length === 0) return;
  const mediaType = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  if (accept.split(',').some((range) => covers(range, mediaType))) return;
  throw new WireError(406, `Resource representation is only available with these types:\n${contentType}`);
}

function covers(range: string, mediaType: string): boolean {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  if (parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) return false;
  return type === '*/*' || type === mediaType || (type.endsWith('/*') && mediaType.startsWith(type.slice(0, -1)));
}

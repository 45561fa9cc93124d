import { isJsonObject } from './json-fields.ts';

/** An escaped half of a surrogate pair in JSON. Each half of a whole pair looks the same, so a hit proves nothing. */
const NAMES_SURROGATE = /\\u[dD][89a-fA-F]/;

/** Each later character takes two UTF-16 units. */
const LAST_SINGLE_UNIT = 0xff_ff;

/**
 * Parses JSON from outside; each text and key of the value is well-formed Unicode.
 *
 * JSON can name half of a surrogate pair (`"\ud800"`). CouchDB stores no such text, so each half becomes U+FFFD here.
 *
 * @throws SyntaxError if it is no JSON.
 */
export function parseOutsideJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return NAMES_SURROGATE.test(text) ? wellFormed(value) : value;
}

/** The JSON value with U+FFFD in place of each half of a surrogate pair that stands alone. */
function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key.toWellFormed(), wellFormed(each)]));
}

/** Whether each text and key of a JSON value is well-formed Unicode, so that CouchDB stores it. */
export function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (Array.isArray(value)) return value.every(isWellFormed);
  if (!isJsonObject(value)) return true;
  return Object.entries(value).every(([key, each]) => key.isWellFormed() && isWellFormed(each));
}

/** How much of a word or a short message from outside is kept, in UTF-16 units: more would only fill logs and answers. */
export const LONGEST_WORD = 200;

/** A text of at most `longest` UTF-16 units, well-formed, cut between two characters. Only this function cuts such a text. */
export function clipped(text: string, longest: number): string {
  const isPairAtCut = (text.codePointAt(longest - 1) ?? 0) > LAST_SINGLE_UNIT;
  return text.slice(0, isPairAtCut ? longest - 1 : longest).toWellFormed();
}

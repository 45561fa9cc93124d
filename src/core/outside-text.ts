import { isJsonObject } from './json-fields.ts';

/**
 * Finds the escape of half a surrogate pair in JSON. Whole pairs are written with two such escapes, so a hit proves
 * nothing yet.
 */
const NAMES_SURROGATE = /\\u[dD][89a-fA-F]/;

/** The last character that takes one UTF-16 unit. Each character after it takes two. */
const LAST_SINGLE_UNIT = 0xff_ff;

/**
 * Parses JSON from outside, such as a webhook's body or an answer of Qlik's. JSON can contain half of a surrogate pair
 * (`"\ud800"`), and CouchDB refuses a document with such a text. So here each half becomes U+FFFD, in keys, too.
 *
 * @param text - decoded from UTF-8, so that only an escape can bring half of a pair.
 * @throws SyntaxError if it is no JSON, or if it contains such a half and is nested thousands of levels deep.
 */
export function parseOutsideJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!NAMES_SURROGATE.test(text)) return value;
  try {
    return wellFormed(value);
  } catch (error) {
    // The stack is full. Whoever calls handles a text that cannot be read, but no such error.
    if (error instanceof RangeError) throw new SyntaxError('The JSON is nested too deep.');
    throw error;
  }
}

/** The JSON value with U+FFFD in place of each single half of a surrogate pair. */
function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key.toWellFormed(), wellFormed(each)]));
}

/** Whether each text and key of a JSON value is well-formed Unicode. CouchDB stores only such values. */
export function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (Array.isArray(value)) return value.every(isWellFormed);
  if (!isJsonObject(value)) return true;
  return Object.entries(value).every(([key, each]) => key.isWellFormed() && isWellFormed(each));
}

/**
 * The most that Cascade keeps of a word or a short message from outside, in UTF-16 units. More would only fill logs and
 * answers.
 */
export const LONGEST_WORD = 200;

/** A text cut to at most `longest` UTF-16 units, but not between the halves of a surrogate pair, and well-formed. */
export function clipped(text: string, longest: number): string {
  const isPairAtCut = (text.codePointAt(longest - 1) ?? 0) > LAST_SINGLE_UNIT;
  return text.slice(0, isPairAtCut ? longest - 1 : longest).toWellFormed();
}

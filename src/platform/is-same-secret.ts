import { createHash, timingSafeEqual } from 'node:crypto';

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Whether two texts are equal. Actions compare a caller's API key with it. The time that the comparison takes does not
 * depend on where the texts differ, so a caller cannot guess a key letter by letter.
 */
export const isSameSecret = (given: string, expected: string): boolean =>
  timingSafeEqual(digestOf(given), digestOf(expected));

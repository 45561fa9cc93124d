import { randomInt } from 'node:crypto';

const CHARACTERS = '0123456789abcdefghijklmnopqrstuvwxyz';

/**
 * The random end of the id of an act (one thing that a person did to a ticket): 6 of the characters 0-9 and a-z. With
 * it, two acts of the same millisecond get different ids.
 */
export const randomPart = (): string =>
  Array.from({ length: 6 }, () => CHARACTERS[randomInt(CHARACTERS.length)]).join('');

import { randomInt } from 'node:crypto';

const CHARACTERS = '0123456789abcdefghijklmnopqrstuvwxyz';

/** The random end of an act's id: 6 of the characters 0-9 and a-z. */
export const randomPart = (): string =>
  Array.from({ length: 6 }, () => CHARACTERS[randomInt(CHARACTERS.length)]).join('');

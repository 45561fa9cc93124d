/*
 * OpenWhisk limits how many bytes an action may get or return. If an action returns more, the next action gets nothing.
 * So Cascade's actions count the bytes that they pass on, with the functions of this file.
 */

/**
 * The most bytes of JSON that one action passes to the next, or answers. OpenWhisk takes at most 1,048,576 bytes of
 * result, or of parameters. The settings that are bound to an action count as parameters, too (facts ow-limits-01,
 * ow-results-13).
 */
export const PAYLOAD_BYTES = 900_000;

/**
 * The most bytes of the orders (reloads that Cascade owes) after the end of one reload. The rest of the payload is for
 * the end itself and for ids.
 */
export const FOLLOWERS_BYTES = 800_000;

const utf8 = new TextEncoder();

/** How many bytes a value has as JSON in UTF-8; 0 for undefined. */
export const jsonBytes = (value: unknown): number => utf8.encode(JSON.stringify(value) ?? '').length;

/**
 * Makes a function that fills `bytes` of JSON. Each call takes a list and returns the values for which there is still
 * room, in the same sequence. A value that is too large is left out, and smaller ones after it are still taken.
 */
export function roomFor(bytes: number): <T>(values: readonly T[]) => readonly T[] {
  let left = bytes;
  const isTaken = (value: unknown): boolean => {
    const size = jsonBytes(value) + COMMA_BYTES;
    if (size > left) return false;
    left -= size;
    return true;
  };
  return (values) => values.filter(isTaken);
}

const COMMA_BYTES = 1;

/**
 * How many bytes of JSON one step passes to the next, or answers: OpenWhisk takes no parameters and no result over 1,048,576
 * (ow-limits-01, ow-results-13), and a step's own bound parameters come on top.
 */
export const PAYLOAD_BYTES = 900_000;

/** The largest part of a plan that the orders after one end may be; the rest is for the event, and for ids that grow. */
export const FOLLOWERS_BYTES = 800_000;

const utf8 = new TextEncoder();

/** How many bytes a value has as JSON in UTF-8; 0 for undefined. */
export const jsonBytes = (value: unknown): number => utf8.encode(JSON.stringify(value) ?? '').length;

/**
 * Room for `bytes` of JSON: each call of what it returns takes those values, in their order, that still find room. One that
 * is too large is passed over, so that it stands in nobody's way.
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

/**
 * The most bytes of JSON that one step passes to the next, or answers. OpenWhisk takes 1,048,576 bytes of result, or of
 * parameters, among them the action's own bound ones (ow-limits-01, ow-results-13).
 */
export const PAYLOAD_BYTES = 900_000;

/** The most bytes of the orders after one end. The rest of the plan is for the event, and for ids that grow. */
export const FOLLOWERS_BYTES = 800_000;

const utf8 = new TextEncoder();

/** How many bytes a value has as JSON in UTF-8; 0 for undefined. */
export const jsonBytes = (value: unknown): number => utf8.encode(JSON.stringify(value) ?? '').length;

/**
 * Makes a room for `bytes` of JSON. Each call of the returned function returns the values that still find room, in their
 * order. It skips a value that is too large, so that the later ones find room.
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

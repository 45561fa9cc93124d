/** One `key=value` of a query, decoded; `value` is undefined when there was no equals sign. */
export interface QueryPart {
  readonly key: string;
  readonly value: string | undefined;
}

/** Reads a query without its question mark; a plus is a blank, and what is no percent-encoding stays as it is. */
export function parseQuery(text: string): readonly QueryPart[] {
  if (text === '') return [];
  return text.split('&').map((part) => {
    const at = part.indexOf('=');
    return at < 0
      ? { key: decode(part), value: undefined }
      : { key: decode(part.slice(0, at)), value: decode(part.slice(at + 1)) };
  });
}

/** Prints a query as pekko does, which need not be as it was sent (facts, ow-web-07). */
export function renderQuery(parts: readonly QueryPart[]): string {
  return parts
    .map(({ key, value }) => (value === undefined ? encode(key) : `${encode(key)}=${encode(value)}`))
    .join('&');
}

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

// What pekko leaves as it is in a query, above what encodeURIComponent leaves.
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/%(?:24|2C|40|3A|2F|3F|20)/g, (code) =>
    code === '%20' ? '+' : decodeURIComponent(code),
  );

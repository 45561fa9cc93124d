/** Bytes as text, or why they are no UTF-8 text. */
export type DecodedText =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'refused';
      /** For people: in which encoding the file seems to be, and how to save it. */
      readonly message: string;
      /** As much of the text as can be shown. */
      readonly text: string;
      /** Where in `text` the first mistake is, in UTF-16 units; 0 if the whole file is in another encoding. */
      readonly at: number;
    };

const UTF_16 =
  'This is UTF-16 text, as Windows PowerShell and some editors write it (they call it Unicode). Save it as UTF-8.';
const UTF_32 = 'This is UTF-32 text. Save it as UTF-8.';
const OTHER = 'This is no UTF-8 text: the editor saved it in another encoding. Save it as UTF-8.';

/**
 * How files in other encodings begin, in hex: with a byte order mark, such as `fffe`, or with an ASCII character in
 * UTF-16. An `a` in UTF-16 is `6100` or `0061`.
 */
const BEGINNINGS: readonly (readonly [pattern: RegExp, message: string, encoding?: string])[] = [
  [/^(fffe0000|0000feff)/, UTF_32],
  [/^(fffe|(?!00)..00)/, UTF_16, 'utf-16le'],
  [/^(feff|00(?!00)..)/, UTF_16, 'utf-16be'],
];

/**
 * Decodes a file that a person wrote, such as a chain file or a file of settings. It must be UTF-8, and some editors
 * save in another encoding without saying so. A byte order mark of UTF-8 is removed.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  const start = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const other = BEGINNINGS.find(([pattern]) => pattern.test(start));
  if (other !== undefined) {
    const [, message, encoding] = other;
    const text = encoding === undefined ? '' : new TextDecoder(encoding).decode(bytes);
    return { kind: 'refused', message, text, at: 0 };
  }
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const text = new TextDecoder().decode(bytes);
    return { kind: 'refused', message: OTHER, text, at: firstWrong(bytes) };
  }
}

/**
 * Where in the decoded text the first bytes are that are no UTF-8. Decoding replaces such bytes. So we encode the text
 * again: the first byte that differs is the place. (A replacement character that the file itself has does not differ.)
 */
function firstWrong(bytes: Uint8Array): number {
  const again = new TextEncoder().encode(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  const differs = bytes.findIndex((byte, index) => byte !== again[index]);
  const right = bytes.subarray(0, differs < 0 ? bytes.length : differs);
  return new TextDecoder().decode(right, { stream: true }).length;
}

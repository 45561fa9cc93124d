/** Bytes as text, or why they are none. */
export type DecodedText =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'refused';
      /** A whole sentence. */
      readonly message: string;
      /** As much of the text as can be shown. */
      readonly text: string;
      /** Where in `text` the first mistake is, in UTF-16 units. */
      readonly at: number;
    };

const UTF_16 =
  'This is UTF-16 text, as Windows PowerShell and some editors write it (they call it Unicode). Save it as UTF-8.';
const UTF_32 = 'This is UTF-32 text. Save it as UTF-8.';
const OTHER = 'This is no UTF-8 text: the editor saved it in another encoding. Save it as UTF-8.';

/** How files in other encodings begin: with a byte order mark, or with an ASCII character in UTF-16. Longer ones first. */
const BEGINNINGS: readonly {
  readonly is: (bytes: Uint8Array) => boolean;
  readonly message: string;
  readonly encoding?: string;
}[] = [
  { is: ([a, b, c, d]) => a === 0xff && b === 0xfe && c === 0 && d === 0, message: UTF_32 },
  { is: ([a, b, c, d]) => a === 0 && b === 0 && c === 0xfe && d === 0xff, message: UTF_32 },
  { is: ([a, b]) => a === 0xff && b === 0xfe, message: UTF_16, encoding: 'utf-16le' },
  { is: ([a, b]) => a === 0xfe && b === 0xff, message: UTF_16, encoding: 'utf-16be' },
  { is: ([a, b]) => a !== 0 && b === 0, message: UTF_16, encoding: 'utf-16le' },
  { is: ([a, b]) => a === 0 && b !== undefined && b !== 0, message: UTF_16, encoding: 'utf-16be' },
];

/** Decodes a person's file in UTF-8 and takes off a byte order mark. Other encodings are refused. */
export function decodeText(bytes: Uint8Array): DecodedText {
  const other = BEGINNINGS.find(({ is }) => is(bytes));
  if (other !== undefined) {
    const text = other.encoding === undefined ? '' : new TextDecoder(other.encoding).decode(bytes);
    return { kind: 'refused', message: other.message, text, at: 0 };
  }
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const text = new TextDecoder().decode(bytes);
    return { kind: 'refused', message: OTHER, text, at: firstWrong(bytes) };
  }
}

/**
 * Where the first bytes that are no UTF-8 stand in the decoded text. Decoding replaces them, so encoding the text again
 * gives other bytes. (A replacement character that the file itself has stays the same.)
 */
function firstWrong(bytes: Uint8Array): number {
  const again = new TextEncoder().encode(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  const differs = bytes.findIndex((byte, index) => byte !== again[index]);
  const right = bytes.subarray(0, differs < 0 ? bytes.length : differs);
  return new TextDecoder().decode(right, { stream: true }).length;
}

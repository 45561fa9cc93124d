/** Bytes as text, or why they are none. */
export type DecodedText =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'refused';
      /** A whole sentence. */
      readonly message: string;
      /** As much as can be shown of it. */
      readonly text: string;
      /** Where in `text` it stops to be right, in UTF-16 units. */
      readonly at: number;
    };

const UTF_16 =
  'This is UTF-16 text, as Windows PowerShell and some editors write it (they call it Unicode). Save it as UTF-8.';
const UTF_32 = 'This is UTF-32 text. Save it as UTF-8.';
const OTHER = 'This is no UTF-8 text: the editor saved it in another encoding. Save it as UTF-8.';

/** How files in other encodings begin: byte order marks, and an ASCII character of UTF-16 without one. The longer first. */
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

/** Reads bytes that a person wrote as UTF-8, without a byte order mark at their beginning; other encodings are refused. */
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

/** Where the first bytes that are no UTF-8 stand in the text; a replacement character that was written is none of these. */
function firstWrong(bytes: Uint8Array): number {
  let [right, wrong] = [0, bytes.length];
  while (wrong - right > 1) {
    const middle = (right + wrong) >> 1;
    if (isBeginning(bytes.subarray(0, middle))) right = middle;
    else wrong = middle;
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, right), { stream: true }).length;
}

/** Whether UTF-8 may begin like this, the last character perhaps cut. */
function isBeginning(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

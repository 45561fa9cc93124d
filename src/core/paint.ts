import { visible } from './visible.ts';

/** The looks of text on a terminal. Each has the code (ECMA-48) that begins it and the one that ends it. */
const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;
type Look = keyof typeof CODES;

/** Gives a text a look. */
export type Paints = Readonly<Record<Look, (text: string) => string>>;

/**
 * The first mark. A mark is a noncharacter, which no text needs. The mark that ends a look is 16 (`ENDS`) after the one
 * that begins it.
 */
const FIRST_MARK = 0xfd_d0;
const ENDS = 16;
const MARK = /([\uFDD0-\uFDEF])/;

const LOOKS = Object.entries(CODES) as [Look, readonly [number, number]][];

/**
 * Functions that mark the looks of texts. `toTerminal` turns the marks into a terminal's codes. So a code in a text from
 * outside is never taken for ours. Without colours a text stays as it is.
 */
export const paintsOf = (colored: boolean): Paints =>
  Object.fromEntries(
    LOOKS.map(([look], index) => {
      const [begin, end] = [FIRST_MARK + index, FIRST_MARK + ENDS + index].map((code) => String.fromCharCode(code));
      return [look, (text: string) => (colored ? `${begin}${text}${end}` : text)];
    }),
  ) as Paints;

/**
 * A line for a terminal. It may end with a line feed. The marks of `paintsOf` become colours. Text from outside cannot
 * steer the terminal.
 */
export function toTerminal(line: string, colored: boolean): string {
  const end = line.endsWith('\n') ? '\n' : '';
  const parts = line.slice(0, line.length - end.length).split(MARK);
  return parts.map((part) => (MARK.test(part) ? codeOf(part, colored) : visible(part))).join('') + end;
}

function codeOf(mark: string, colored: boolean): string {
  const place = mark.charCodeAt(0) - FIRST_MARK;
  const codes = LOOKS[place % ENDS]?.[1];
  return codes === undefined || !colored ? '' : `\u001B[${codes[place < ENDS ? 0 : 1]}m`;
}

/*
 * Commands print colours, and texts from outside, such as an app's name. Such a text may contain the codes that steer a
 * terminal. So a command does not write codes: it puts marks around a text. Then `toTerminal` escapes all codes in the
 * line, and turns the marks into codes.
 */

import { visible } from './visible.ts';

/** The looks of text on a terminal, each with two codes (ECMA-48): the first begins the look, the second ends it. */
const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;
type Look = keyof typeof CODES;

/** For each look, a function that puts the marks of this look around a text. */
export type Paints = Readonly<Record<Look, (text: string) => string>>;

/**
 * The first of 32 marks. A mark is a noncharacter: Unicode gives it no meaning, so ordinary texts do not contain it.
 * Each look has two marks. The code point of the mark that ends a look is greater by 16 (`ENDS`) than that of the mark
 * that begins it.
 */
const FIRST_MARK = 0xfd_d0;
const ENDS = 16;
const MARK = /([\uFDD0-\uFDEF])/;

const LOOKS = Object.entries(CODES) as [Look, readonly [number, number]][];

/**
 * The functions that mark texts. `toTerminal` turns the marks into a terminal's codes.
 *
 * @param colored - if it is false, the functions return each text as it is.
 */
export const paintsOf = (colored: boolean): Paints =>
  Object.fromEntries(
    LOOKS.map(([look], index) => {
      const [begin, end] = [FIRST_MARK + index, FIRST_MARK + ENDS + index].map((code) => String.fromCharCode(code));
      return [look, (text: string) => (colored ? `${begin}${text}${end}` : text)];
    }),
  ) as Paints;

/**
 * Makes a line safe for a terminal. A line feed at the end of the line stays. The marks of `paintsOf` become codes, or
 * disappear if `colored` is false. Every other character that steers a terminal is escaped. If a text from outside
 * contains a mark, the text may change looks, but nothing else.
 */
export function toTerminal(line: string, colored: boolean): string {
  const end = line.endsWith('\n') ? '\n' : '';
  // `MARK` has a group, so the marks are among the parts.
  const parts = line.slice(0, line.length - end.length).split(MARK);
  return parts.map((part) => (MARK.test(part) ? codeOf(part, colored) : visible(part))).join('') + end;
}

function codeOf(mark: string, colored: boolean): string {
  const place = mark.charCodeAt(0) - FIRST_MARK;
  const codes = LOOKS[place % ENDS]?.[1];
  return codes === undefined || !colored ? '' : `\u001B[${codes[place < ENDS ? 0 : 1]}m`;
}

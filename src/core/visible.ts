/*
 * Texts from outside, such as an app's name, may contain characters that steer a terminal or that nobody sees. Such a
 * text could forge lines of a command's output, or hide a difference. This file makes these texts safe to print.
 */

/** Line ends. A text from outside must not begin a new line. */
const LINE_END = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g;

/**
 * Characters that steer a terminal or hide in a text: control and format characters (ESC, C1, bidi overrides and
 * isolates, zero-width characters, byte order marks), halves of surrogate pairs, and the marks of `paintsOf`. A joiner
 * between two emoji is kept, because it makes them one.
 */
const STEERING =
  /(?!(?<=\p{Extended_Pictographic}[\uFE0F\u{1F3FB}-\u{1F3FF}]?)\u200D(?=\p{Extended_Pictographic}))[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\uFDD0-\uFDEF]/gu;

/** Characters that look like a space or like nothing. A variation selector after an emoji is kept. */
const UNSEEN = /(?!(?<=\p{Emoji})\uFE0F)(?![ \u200D])[\p{Zs}\p{Default_Ignorable_Code_Point}\u2800]/gu;

const NAMED: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** A character as programs write it: `\u200b`, `\u{e0067}`, `\t`. */
function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16).padStart(4, '0');
  return NAMED[character] ?? (code > 0xff_ff ? `\\u{${hex}}` : `\\u${hex}`);
}

/**
 * A text from outside as one line that is safe on a terminal. Line ends become ` ⏎ `. Characters that steer a terminal
 * or change the order of letters become escapes such as `\u202e`.
 */
export const visible = (text: string): string => text.replace(LINE_END, ' ⏎ ').replace(STEERING, escaped);

/**
 * Like `visible`, but line ends become escapes such as `\n`, and so do characters that nobody can see: a no-break space
 * becomes `\u00a0`.
 */
export const revealed = (text: string): string => text.replace(STEERING, escaped).replace(UNSEEN, escaped);

/** A text in quotes, for messages: `"Sales\u00a0report"`. */
export const quoted = (text: string): string => revealed(JSON.stringify(text));

/**
 * JSON that is safe on a terminal. Characters that steer a terminal become JSON's own escapes, so the value stays the
 * same.
 */
export const jsonText = (value: unknown, indent = 0): string =>
  JSON.stringify(value, null, indent).replace(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\uFDD0-\uFDEF]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );

/**
 * Makes the library commander print an error in one line, even if an argument has line ends or steers a terminal.
 * commander writes `(Did you mean …?)` into a line of its own: that line end becomes a space.
 */
export const ERRORS_IN_ONE_LINE = {
  outputError: (text: string, show: (line: string) => void): void =>
    show(`${visible(text.trimEnd().replace(/\n(?=\(Did you mean .*\)$)/, ' '))}\n`),
};

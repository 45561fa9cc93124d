/** Where others end a line: a text of theirs within a line of ours must not begin another. */
const LINE_END = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g;

/**
 * What steers a terminal or hides in a text: control and format characters (ESC, those of C1, bidi overrides and
 * isolates, zero-width ones, byte order marks), halves of surrogate pairs, and the noncharacters that `paintsOf` speaks
 * in. A joiner between two emoji stays: it makes one of them.
 */
const STEERING =
  /(?!(?<=\p{Extended_Pictographic}[\uFE0F\u{1F3FB}-\u{1F3FF}]?)\u200D(?=\p{Extended_Pictographic}))[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\uFDD0-\uFDEF]/gu;

/** What people take for a space or for nothing. A variation selector stays behind what may be an emoji. */
const UNSEEN = /(?!(?<=\p{Emoji})\uFE0F)(?![ \u200D])[\p{Zs}\p{Default_Ignorable_Code_Point}\u2800]/gu;

const NAMED: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** A character as programs write it: `\u200b`, `\u{e0067}`, `\t`. */
function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16).padStart(4, '0');
  return NAMED[character] ?? (code > 0xff_ff ? `\\u{${hex}}` : `\\u${hex}`);
}

/**
 * A text of others as one line that is safe on a terminal: line ends become ` ⏎ `, and what steers a terminal or changes
 * the order of letters is shown as `\u202e`.
 */
export const visible = (text: string): string => text.replace(LINE_END, ' ⏎ ').replace(STEERING, escaped);

/** A text as `visible` shows it, with line ends as `\n`, and with what cannot be seen in it, as a no-break space, shown as `\u00a0`. */
export const revealed = (text: string): string => text.replace(STEERING, escaped).replace(UNSEEN, escaped);

/** A text in quotes, as a message repeats it: `"Sales\u00a0report"`. */
export const quoted = (text: string): string => revealed(JSON.stringify(text));

/** JSON that is safe on a terminal: what `visible` shows as an escape is one of JSON's, which reads as the same value. */
export const jsonText = (value: unknown, indent = 0): string =>
  JSON.stringify(value, null, indent).replace(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\uFDD0-\uFDEF]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );

import { clipped } from '../outside-text.ts';
import { visible } from '../visible.ts';

/** Slack asks to escape these three. It reads anything else between `<` and `>` as a link or a mention. */
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** An invisible character. Put into the start of a mention or of a link, it breaks the mention or link. */
const WORD_JOINER = '\u2060';

/** A letter that looks like the backtick, which begins code in Slack. */
const GRAVE_LETTER = '\u02CB';

/** How much of a text is read, in UTF-16 units, because a log may have a megabyte. More would not be shown anyway. */
const MOST_READ = 4_000;

/**
 * A text from outside, such as an app's name or an error, as one line of a Slack message. It is disarmed: with
 * `@channel` or a link in it, it could otherwise call everybody, or lead people to another site. Slack makes no
 * mention, link or code of the result.
 *
 * @param longest - of the result, in UTF-16 units, from 1. A text that is cut ends in `…`.
 */
export function slackText(text: string, longest: number): string {
  const read = clipped(text, MOST_READ);
  const line = visible(read)
    .trim()
    // The joiner goes after `@`, between `:` and `//`, and after `www` before a full stop.
    .replace(/@|(?<=:)(?=\/\/)|\bwww(?=\.)/giu, `$&${WORD_JOINER}`)
    .replaceAll('`', GRAVE_LETTER)
    .replace(/[&<>]/g, (one) => ESCAPES[one] ?? one);
  return line.length <= longest && text.length <= MOST_READ ? line : cut(line, longest);
}

/** An escape such as `&amp;`, or one code point with the joiner that disarms it. */
const ATOM = /&(?:amp|lt|gt);|.\u2060?/gsu;

function cut(line: string, longest: number): string {
  let kept = '';
  for (const [atom] of line.matchAll(ATOM)) {
    if (kept.length + atom.length >= longest) break;
    kept += atom;
  }
  return `${kept.trimEnd()}…`;
}

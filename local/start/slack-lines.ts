/*
 * `npm start` prints in the terminal the messages that Cascade sends to Slack. This file makes their lines.
 */

/** What is left of our markup in the terminal: of a link only its words, of code only the text, and no signs. */
const SHOWN: readonly (readonly [markup: RegExp, shown: string])[] = [
  // A notice begins with a sign, such as `:red_circle:`. The terminal cannot show it.
  [/^:[a-z_]+: /, ''],
  [/<[^<>|]*\|([^<>|]*)>/g, '$1'],
  [/`/g, ''],
  // A word joiner stops Slack from making a link or a mention. Nobody sees it.
  [/\u2060/g, ''],
  [/&lt;/g, '<'],
  [/&gt;/g, '>'],
  [/&amp;/g, '&'],
];

/**
 * The lines that people read of a message in Slack: the text of its sections and contexts, without signs and markup.
 *
 * @param body - the message as it came to a webhook of Slack's. A part that is not understood is left out.
 */
export function slackLines(body: Readonly<Record<string, unknown>>): readonly string[] {
  const { blocks } = body;
  const texts = (Array.isArray(blocks) ? blocks : []).flatMap((block) => {
    const { text, elements } = Object(block) as { readonly text?: unknown; readonly elements?: unknown };
    return [text, ...(Array.isArray(elements) ? elements : [])].flatMap((part) => {
      const { text: words } = Object(part) as { readonly text?: unknown };
      return typeof words === 'string' ? words.split('\n') : [];
    });
  });
  return texts.map((line) => SHOWN.reduce((shown, [markup, by]) => shown.replace(markup, by), line));
}

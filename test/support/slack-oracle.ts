/**
 * Checks messages by Slack's documentation (docs.slack.dev: Blocks, Text object, Formatting message text). It was
 * written without looking at our own code.
 */

/**
 * Matches the links that a message may have: to the tenant, and to our page on our host. They are in printable ASCII,
 * with texts of ours.
 */
const OUR_LINKS = [
  /<https:\/\/tenant\.example\/[!-;=?-{}~]*\|Open (?:in Qlik Cloud|the question)>/g,
  /<https:\/\/host\.example\/dashboard#\/(?:runs|tickets)\/[!-;=?-{}~]*\|Open the (?:run|ticket)>/g,
  /<https:\/\/host\.example\/dashboard#\/tickets\|Open the tickets>/g,
];
const MOST = { blocks: 50, section: 3_000, header: 150, elements: 10, text: 40_000 };
/**
 * Matches characters that nobody sees: control characters, and those that change the direction of a text. Slack shows a
 * line feed as a new line, so that one is allowed.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
const UNSEEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;

type Json = Readonly<Record<string, unknown>>;

/**
 * @returns why Slack would refuse the message, or which of its texts Slack would read as markup; empty if it is fine.
 */
export function slackProblems(message: Json): readonly string[] {
  const { text, blocks = [] } = message as { readonly text?: unknown; readonly blocks?: readonly Json[] };
  if (typeof text !== 'string' || text === '') return ['The message has no text.'];
  return [
    ...(text.length > MOST.text ? ['The text is longer than 40,000 characters.'] : []),
    ...(blocks.length > MOST.blocks ? ['There are more than 50 blocks.'] : []),
    ...markupProblems(text, 'text'),
    ...blocks.flatMap(blockProblems),
  ];
}

function blockProblems(block: Json): readonly string[] {
  switch (block['type']) {
    case 'section':
      return textProblems(block['text'] as Json, MOST.section);
    case 'header':
      return textProblems(block['text'] as Json, MOST.header);
    case 'context': {
      const elements = block['elements'] as readonly Json[];
      const isFine = elements.length >= 1 && elements.length <= MOST.elements;
      return [
        ...(isFine ? [] : ['A context has 1 to 10 elements.']),
        ...elements.flatMap((each) => textProblems(each, MOST.section)),
      ];
    }
    default:
      return [`There is no need for a block ${String(block['type'])}.`];
  }
}

function textProblems(object: Json, most: number): readonly string[] {
  const { type, text, verbatim } = object as {
    readonly type: string;
    readonly text: string;
    readonly verbatim?: boolean;
  };
  return [
    // Slack does not say what a character is. No other way of counting gives more than this one.
    ...(text.length >= 1 && text.length <= most ? [] : [`A text has ${text.length} characters of 1 to ${most}.`]),
    ...(type === 'mrkdwn' && verbatim !== true ? ['Slack makes links and mentions of what looks like them.'] : []),
    ...markupProblems(text, type),
  ];
}

/**
 * Finds texts that Slack would read as markup. Slack reads `<…>` as a link, a mention or a date, and `&` as the
 * beginning of an escape. An escaped `<` begins nothing.
 */
function markupProblems(text: string, where: string): readonly string[] {
  const rest = OUR_LINKS.reduce((left, link) => left.replace(link, ''), text);
  const read = rest.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  const found = (problem: string, isFound: boolean): readonly string[] => (isFound ? [`${where}: ${problem}`] : []);
  return [
    ...found('half a character', !text.isWellFormed()),
    ...found('a bare < or >', /[<>]/.test(rest)),
    ...found('a bare &', /&(?!amp;|lt;|gt;)/.test(rest)),
    ...found('something that nobody sees', UNSEEN.test(rest)),
    ...found('a mention', /@(?:here|channel|everyone|U[0-9A-Z]+)\b/i.test(read)),
    ...found('an address that Slack makes a link of', /[a-z][a-z0-9+.-]*:\/\/|\bwww\./i.test(read)),
  ];
}

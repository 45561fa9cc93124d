import { expect } from 'chai';
import type { ItemKind, MessageItem } from '../../../src/core/desk/message-item.ts';
import { slackMessage } from '../../../src/core/desk/slack-message.ts';
import { pageFragment } from '../../../src/core/page-fragment.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { ALERT_KINDS } from '../../../src/ledger/documents/alert.ts';
import { slackProblems } from '../../support/slack-oracle.ts';

/** 2026-11-29 03:12:40 UTC. */
const AT = 1_795_921_960_000 as EpochMs;
const MESSAGES = 10_000;
const MEGABYTE = 1_048_576;
const KINDS: readonly ItemKind[] = ['failed', 'recovered', 'late', 'arrived', 'gave-up', 'alert', 'question', 'test'];

const MENTIONS = [
  '<!here>',
  '<!channel|x>',
  '@everyone',
  '@channel',
  '<@U012AB3CD>',
  '<#C012AB3CD>',
  '@U012AB3CD',
  '<!date^1^{date}|x>',
];
const LINKS = [
  '<https://evil.example|Open in Qlik Cloud>',
  'https://evil.example/a?b&c',
  'www.evil.example',
  'HTTP://EVIL.EXAMPLE',
  'mailto:a@evil.example',
  '<https://tenant.example/x|a',
];
const CONTROLS = ['\u0000', '\u0007', '\u001b[31m', '\r\n', '\u0085', '\u009f', '\t', '\u2028', '\ufeff'];
const BIDI = ['\u202a', '\u202e', '\u2066', '\u2069', '\u200f', '\u061c'];
const WIDE = ['😀', '𝒳', '👩‍👩‍👧', '\ud83d', '\ude00', '漢', 'e\u0301'];
const MARKUP = ['&amp;lt;', '&', '<', '>', '```', '`', '*bold*', '_x_', '~x~', '> quoted', '|', ''];
const PIECES = [...MENTIONS, ...LINKS, ...CONTROLS, ...BIDI, ...WIDE, ...MARKUP, 'Sales extract', ' ', '.'];

/** Numbers from 0 up to 1, the same each time: a linear congruence of Numerical Recipes. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('10,000 messages to Slack of mutated text', () => {
  const next = numbers(20_261_130);
  const below = (most: number): number => Math.floor(next() * most);
  const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;

  const huge = PIECES.filter((piece) => piece !== '').map((piece) =>
    piece.repeat(Math.ceil(MEGABYTE / piece.length)).slice(0, MEGABYTE),
  );
  /** A few pieces in a row. A text may be long, have a megabyte, or begin within a character. */
  function text(): string {
    const kind = below(400);
    if (kind === 0) return pick(huge);
    if (kind === 1) return pick(PIECES).repeat(600).slice(below(7));
    const few = Array.from({ length: below(6) }, () => pick(PIECES)).join(kind % 2 === 0 ? '' : ' ');
    return kind < 12 ? few.repeat(1 + below(100)) : few;
  }
  const texts = (): readonly string[] => Array.from({ length: below(4) }, text);
  const sometimes = <K extends string, V>(name: K, value: () => V): { [key in K]?: V } =>
    next() < 0.6 ? ({ [name]: value() } as { [key in K]?: V }) : {};
  const item = (): MessageItem => ({
    ...{ id: `app:default:a/${text()}`, kind: pick(KINDS), at: AT, subject: text() },
    ...sometimes('detail', text),
    ...sometimes('chains', texts),
    ...sometimes('behind', texts),
    ...sometimes('since', () => AT),
    ...sometimes('times', () => 1 + below(1_000)),
    ...sometimes('deadline', () => AT),
    ...sometimes('run', text),
    ...sometimes('ticket', text),
    ...sometimes('tenant', text),
    ...sometimes('appId', text),
    ...sometimes('alert', () => (next() < 0.5 ? pick(ALERT_KINDS) : text())),
    ...sometimes('order', text),
    ...sometimes('upstream', text),
    // The ids in our own links come from outside, too.
    ...sometimes('runUrl', () => `https://host.example/dashboard${pageFragment('runs', [text()])}`),
    ...sometimes('ticketUrl', () => `https://host.example/dashboard${pageFragment('tickets', [text()])}`),
    ...sometimes('url', () =>
      next() < 0.5 ? 'https://tenant.example/sense/app/00aa11bb?theme=x&y=2' : `https://tenant.example/${text()}`,
    ),
  });

  const page = 'https://host.example/dashboard';

  it('are messages that Slack takes, without a mention, without a foreign link, and without what nobody sees', () => {
    let longest = 0;
    for (let number = 0; number < MESSAGES; number += 1) {
      const items = Array.from({ length: next() < 0.8 ? 1 : 1 + below(14) }, item);
      longest = Math.max(longest, ...items.map(({ subject }) => subject.length));
      const message = JSON.parse(JSON.stringify(slackMessage(items, next() < 0.5 ? page : undefined)));
      const problems = slackProblems(message);
      if (problems.length > 0) expect.fail(`Message ${number}: ${problems.join(', ')}\n${JSON.stringify(message)}`);
    }
    expect(longest).to.equal(MEGABYTE);
  }).timeout(120_000);
});

describe('the oracle of Slack’s rules', () => {
  const section = (words: string, more: object = {}) => ({
    text: 'x',
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text: words, verbatim: true, ...more } }],
  });

  it('takes a plain text, escapes, and our own link', () => {
    const words = 'a &lt;b&gt; &amp; c <https://tenant.example/sense/app/a1?x=1&amp;y=2|Open in Qlik Cloud>';
    expect(slackProblems(section(words))).to.deep.equal([]);
    expect(slackProblems(section('x'.repeat(3_000)))).to.deep.equal([]);
    const page = '<https://host.example/dashboard#/runs/event%3Adefault%3Ar1|Open the run>';
    expect(slackProblems(section(page))).to.deep.equal([]);
  });

  for (const [what, words] of [
    ['3,001 characters', 'x'.repeat(3_001)],
    ['no character', ''],
    ['a mention', '<!here>'],
    ['a name that begins with @', 'look @channel'],
    ['a foreign link', '<https://evil.example|x>'],
    ['a foreign link with our words', '<https://evil.example/dashboard#/runs/r1|Open the run>'],
    ['our link with foreign words', '<https://host.example/dashboard#/runs/r1|Click here>'],
    ['our link that ends early', '<https://host.example/dashboard#/runs/><!here>|Open the run>'],
    ['an address', 'https://evil.example'],
    ['a bare &', 'a & b'],
    ['a bell', 'a\u0007'],
    ['a text from right to left', '\u202ea'],
    ['half a character', '\ud83d'],
  ] as const) {
    it(`finds ${what}`, () => expect(slackProblems(section(words))).not.to.deep.equal([]));
  }

  it('finds what Slack would link by itself, a header of 151 characters, and 51 blocks', () => {
    expect(slackProblems(section('x', { verbatim: false }))).to.have.length(1);
    const header = { type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } };
    expect(slackProblems({ text: 'x', blocks: [header] })).to.have.length(1);
    const [block] = section('x').blocks;
    expect(slackProblems({ text: 'x', blocks: Array.from({ length: 51 }, () => block) })).to.have.length(1);
  });
});

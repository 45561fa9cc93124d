import { expect } from 'chai';
import fc from 'fast-check';
import { hasInvalidBlocks } from '../../../sim/slack/check-blocks.ts';
import { alertWords } from '../../../src/core/desk/alert-words.ts';
import type { MessageItem } from '../../../src/core/desk/message-item.ts';
import { slackMessage } from '../../../src/core/desk/slack-message.ts';
import { slackText } from '../../../src/core/desk/slack-text.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { ALERT_KINDS } from '../../../src/ledger/documents/alert.ts';
import { slackProblems } from '../../support/slack-oracle.ts';

/** 2026-11-29 03:12:40 UTC. */
const AT = 1_795_921_960_000 as EpochMs;

const item = (more: Partial<MessageItem> = {}): MessageItem => ({
  id: 'app:default:a1/failed.r1',
  kind: 'failed',
  at: AT,
  subject: 'Sales extract',
  ...more,
});

const linesOf = (...items: readonly MessageItem[]) => linesIn(slackMessage(items));

const linesIn = ({ blocks: [section, context] }: ReturnType<typeof slackMessage>) => {
  return [
    ...(section?.type === 'section' ? section.text.text.split('\n') : []),
    ...(context?.type === 'context' ? context.elements.map(({ text }) => text) : []),
  ];
};

describe('what a Slack message says', () => {
  it('of a failure: the app, its chain, the error, what waits behind it, when, and where to look', () => {
    const failed = item({
      chains: ['sales'],
      detail: 'EngineConnectionError: no space left',
      behind: ['Transform', 'Report'],
      url: 'https://tenant.example/sense/app/a1?x=1&y=2',
      run: 'r1',
      ticket: 'ticket:reload:default:r1',
    });
    expect(linesOf(failed)).to.deep.equal([
      ':red_circle: Sales extract failed (chain sales)',
      'EngineConnectionError: no space left',
      'Waits behind it: Transform, Report',
      '2026-11-29 03:12 UTC · <https://tenant.example/sense/app/a1?x=1&amp;y=2|Open in Qlik Cloud> · `cascade runs r1` · `cascade ticket ticket:reload:default:r1`',
    ]);
    expect(slackMessage([failed])).to.include({
      text: ':red_circle: Sales extract failed',
      unfurl_links: false,
      unfurl_media: false,
    });
  });

  it('of a recovery: since when it failed, and how often', () => {
    const since = (AT - 3_600_000) as EpochMs;
    expect(linesOf(item({ kind: 'recovered', since, times: 2 }))).to.deep.equal([
      ':large_green_circle: Sales extract recovered',
      '2026-11-29 03:12 UTC · failing since 2026-11-29 02:12 UTC, 2 times',
    ]);
    expect(linesOf(item({ kind: 'recovered', since, times: 1 }))[1]).to.match(/UTC, once$/);
  });

  it('of a late app: the deadline and the cause', () => {
    const late = item({ kind: 'late', deadline: AT, detail: 'it waits for Sales raw, failing since 01:00' });
    expect(linesOf(late)).to.deep.equal([
      ':alarm_clock: Sales extract is late',
      'it waits for Sales raw, failing since 01:00',
      'expected by 2026-11-29 03:12 UTC',
    ]);
    const arrived = linesOf(item({ kind: 'arrived', deadline: (AT - 60_000) as EpochMs }));
    expect(arrived[1]).to.equal('2026-11-29 03:12 UTC · expected by 2026-11-29 03:11 UTC');
  });

  it('of a given-up order: the app, why, which app it follows, what waits behind it, and how to start it again', () => {
    const gaveUp = item({
      ...{ id: 'alert:gave-up:order:default:a1:s:r0/raised.1', kind: 'gave-up', subject: 'Sales report' },
      ...{
        chains: ['sales'],
        tenant: 'default',
        appId: 'a1',
        order: 'order:default:a1:s:r0',
        upstream: 'Sales transform',
      },
      ...{ detail: 'The app a1 of tenant default is not reloaded: Qlik answered 403: RELOADS-003.', behind: ['Board'] },
    });
    expect(linesOf(gaveUp)).to.deep.equal([
      ':no_entry: Sales report was given up (chain sales)',
      'The app a1 of tenant default is not reloaded: Qlik answered 403: RELOADS-003.',
      'It follows Sales transform',
      'Waits behind it: Board',
      'To start it again: `wsk action invoke cascade/reload -p app a1`',
      '2026-11-29 03:12 UTC · `cascade runs order:default:a1:s:r0`',
    ]);
    expect(linesOf({ ...gaveUp, tenant: 'acme-eu' })[4]).to.equal(
      'To start it again: `wsk action invoke cascade/reload -p app a1 -p tenant acme-eu`',
    );
  });

  it('of an alert: what it is about, what happened, the alert’s own sentence, and how to settle it', () => {
    const alert = { id: 'alert:quota:default/a1/raised.1', kind: 'alert', alert: 'quota', tenant: 'default' } as const;
    expect(linesOf(item({ ...alert, detail: 'Qlik takes no more reloads of it today.' }))).to.deep.equal([
      ':warning: Sales extract has used up its reloads',
      'Qlik takes no more reloads of it today.',
      'When you have dealt with it: `cascade dismiss alert:quota:default/a1`',
      '2026-11-29 03:12 UTC',
    ]);
    expect(linesOf(item({ ...alert, alert: 'of-a-later-version' }))[0]).to.equal(
      ':warning: Sales extract needs a look',
    );
    expect(linesOf(item({ ...alert, detail: 'Why.' }), item({ detail: 'no memory' }))).to.deep.equal([
      ':warning: 1 to look at, :red_circle: 1 failed',
      ':warning: Sales extract has used up its reloads: Why.',
      ':red_circle: Sales extract failed: no memory',
    ]);
  });

  it('has words for each kind of alert', () => {
    const needsALook = ALERT_KINDS.filter((kind) => alertWords(kind) === 'needs a look');
    expect(needsALook).to.deep.equal([]);
  });

  it('of several: counts one and two of a kind in the right form', () => {
    const kinds = ['question', 'test', 'test'] as const;
    expect(linesOf(...kinds.map((kind) => item({ kind })))[0]).to.equal(
      ':speech_balloon: 1 new question, :wave: 2 tests',
    );
    const more = ['question', 'question', 'test'] as const;
    expect(linesOf(...more.map((kind) => item({ kind })))[0]).to.equal(
      ':speech_balloon: 2 new questions, :wave: 1 test',
    );
  });

  it('of several: how many of each kind, the first ten by name, and how many more', () => {
    const items = Array.from({ length: 12 }, (_, index) => item({ subject: `App ${index + 1}`, detail: 'no memory' }));
    const lines = linesOf(...items, item({ kind: 'recovered' }));
    expect(lines).to.have.length(12);
    expect(lines[0]).to.equal(':red_circle: 12 failed, :large_green_circle: 1 recovered');
    expect(lines[1]).to.equal(':red_circle: App 1 failed: no memory');
    expect(lines[10]).to.equal(':red_circle: App 10 failed: no memory');
    expect(lines[11]).to.equal('and 3 more: `cascade runs --problems` names them');
  });

  it('of ten alerts of any kind with long texts, beside notices of all other kinds: what Slack takes, with each line', () => {
    const others = (['failed', 'recovered', 'late', 'arrived', 'gave-up', 'question'] as const).flatMap((kind) =>
      Array.from({ length: 70 }, () => item({ kind })),
    );
    for (const alert of ALERT_KINDS) {
      const long = item({
        kind: 'alert',
        alert,
        subject: '<Sales> '.repeat(20),
        detail: 'It runs on & on. '.repeat(30),
      });
      const message = slackMessage(
        [...Array.from({ length: 10 }, () => long), ...others],
        'https://host.example/dashboard',
      );
      expect(slackProblems({ ...message }), alert).to.deep.equal([]);
      expect(hasInvalidBlocks(message.blocks), alert).to.equal(false);
      const alerts = linesIn(message).filter((line) => line.startsWith(':warning: &lt;Sales&gt;'));
      expect(alerts, alert).to.have.length(10);
      for (const line of alerts) expect(line, alert).to.match(/: It runs on &amp; on\. .{20}.*…$/);
    }
  });

  it('of more questions than it names: which command names the others', () => {
    const questions = Array.from({ length: 11 }, (_, index) =>
      item({ kind: 'question', subject: `Question ${index}` }),
    );
    expect(linesOf(...questions)[11]).to.equal('and 1 more: `cascade tickets --source questions` names them');
    expect(linesOf(...questions, item({}))[11]).to.equal(
      'and 2 more: `cascade runs --problems` and `cascade tickets --source questions` name them',
    );
  });

  it('links to the run and the ticket on the dashboard', () => {
    const page = 'https://ow.example/api/v1/web/guest/cascade/dashboard';
    const runUrl = `${page}#/runs/event%3Adefault%3Ar1`;
    const ticketUrl = `${page}#/tickets/ticket%3Areload%3Adefault%3Ar1`;
    expect(linesOf(item({ url: 'https://tenant.example/sense/app/a1', run: 'r1', runUrl, ticketUrl }))[1]).to.equal(
      `2026-11-29 03:12 UTC · <https://tenant.example/sense/app/a1|Open in Qlik Cloud> · <${runUrl}|Open the run> · <${ticketUrl}|Open the ticket> · \`cascade runs r1\``,
    );
    expect(linesOf(item({ runUrl: `${page}#/runs/${'x'.repeat(400)}` }))[1]).to.equal(
      '2026-11-29 03:12 UTC · Open the run',
    );
  });

  it('of several links to the tickets on the dashboard', () => {
    const several = [item(), item({ subject: 'Stock' })];
    const page = 'https://ow.example/api/v1/web/guest/cascade/dashboard';
    expect(linesIn(slackMessage(several, page))).to.deep.equal([
      ':red_circle: 2 failed',
      ':red_circle: Sales extract failed',
      ':red_circle: Stock failed',
      '<https://ow.example/api/v1/web/guest/cascade/dashboard#/tickets|Open the tickets>',
    ]);
    expect(slackMessage([item()], page)).to.deep.equal(slackMessage([item()]));
  });

  it('of six apps that wait: the first five, and how many more', () => {
    expect(linesOf(item({ behind: ['A', 'B', 'C', 'D', 'E', 'F', 'G'] }))[1]).to.equal(
      'Waits behind it: A, B, C, D, E and 2 more',
    );
  });

  it('has no link with an address that could end it early, or is no web address', () => {
    for (const url of [
      'https://a.example/|x>',
      'javascript:alert(1)',
      'https://a.example/a b',
      'https://a.example/\u202egpj',
      'https://a.example/half\ud83d',
      `https://a/${'x'.repeat(991)}`,
    ]) {
      expect(linesOf(item({ url }))[1]).to.equal('2026-11-29 03:12 UTC · Open in Qlik Cloud');
    }
  });
});

describe('foreign text in a Slack message', () => {
  for (const [text, shown] of [
    ['a < b & c > d', 'a &lt; b &amp; c &gt; d'],
    ['<!channel> <@U1> <https://x|y>', '&lt;!channel&gt; &lt;@\u2060U1&gt; &lt;https:\u2060//x|y&gt;'],
    ['@here now', '@\u2060here now'],
    ['see www.evil.example', 'see www\u2060.evil.example'],
    ['```all the rest', '\u02CB\u02CB\u02CBall the rest'],
    ['two\nlines', 'two ⏎ lines'],
    ['\u202Eevil\u0007', '\\u202eevil\\u0007'],
    ['👩‍👩‍👧 𝒳 é', '👩‍👩‍👧 𝒳 é'],
    ['half \ud83d pair', 'half \ufffd pair'],
  ] as const) {
    it(`${JSON.stringify(text)} is shown as it is, and does nothing`, () => {
      expect(slackText(text, 100)).to.equal(shown);
    });
  }

  it('is cut between two characters, never within an escape', () => {
    expect(slackText('abcdef', 6)).to.equal('abcdef');
    expect(slackText('abcdefg', 6)).to.equal('abcde…');
    expect(slackText('ab&&', 8)).to.equal('ab&amp;…');
    expect(slackText('ab&&', 7)).to.equal('ab…');
    expect(slackText('ab😀😀😀', 5)).to.equal('ab😀…');
  });

  it('is read as far as its first 4,000 letters', () => {
    expect(slackText(`${' '.repeat(3_999)}xy`, 100)).to.equal('x…');
  });

  it('says that it was cut, even if the rest is more than anybody reads', () => {
    expect(slackText(`x${' '.repeat(1_000_000)}y`, 100)).to.equal('x…');
  });

  it('makes a message that Slack takes, whatever it is, and nothing of it is a mention or a link', () => {
    const piece = fc.oneof(
      fc.constantFrom('<!here>', '@channel', '<@U123>', '<https://evil.example|ok>', 'https://evil.example', '&lt;'),
      fc.constantFrom('\u202e', '\u0000', '\u001b[31m', '\ud83d', '😀', '```', '\n', 'x'.repeat(4000), '&'.repeat(900)),
      fc.string({ unit: 'binary', maxLength: 40 }),
    );
    const text = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));
    const one = fc.record({
      id: text,
      kind: fc.constantFrom('failed', 'recovered', 'late', 'arrived', 'gave-up', 'alert', 'question'),
      at: fc.constant(AT),
      subject: text,
      detail: text,
      behind: fc.array(text, { maxLength: 8 }),
      chains: fc.array(text, { maxLength: 8 }),
      url: fc.constant('https://tenant.example/sense/app/a1'),
      run: text,
      ticket: text,
      ...{ appId: text, tenant: text, order: text, upstream: text, alert: text },
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 12 }), (items) => {
        const message = slackMessage(items as readonly MessageItem[]);
        expect(hasInvalidBlocks(message.blocks)).to.equal(false);
        expect(message.blocks.length).to.be.at.most(3);
        const said = [
          message.text,
          ...message.blocks.flatMap((block) =>
            block.type === 'section' ? block.text.text : block.elements.map((each) => each.text),
          ),
        ];
        const ours = /<https:\/\/tenant\.example\/sense\/app\/a1\|Open [ A-Za-z]+>/;
        for (const whole of said) {
          const each = whole.replace(ours, '');
          expect(each.isWellFormed()).to.equal(true);
          expect(each).not.to.match(/[<>]|@(?!\u2060)|:\/\/|\bwww\./i);
        }
      }),
      { numRuns: 200 },
    );
  });
});

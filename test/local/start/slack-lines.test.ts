import { expect } from 'chai';
import { slackLines } from '../../../local/start/slack-lines.ts';

const section = (text: string): object => ({ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } });

describe('the words of a message to Slack', () => {
  it('are those that people read there, line by line', () => {
    const facts = '2026-11-29 03:12 UTC · <https://t.example/a?b&amp;c|Open in Qlik Cloud> · `cascade ticket t1`';
    const blocks = [
      section(
        ':red_circle: Sales &amp; &lt;more&gt; failed (chain sales)\nLook at @\u2060here\nWaits behind it: Report',
      ),
      { type: 'context', elements: [{ type: 'mrkdwn', text: facts, verbatim: true }] },
    ];
    expect(slackLines({ text: 'Sales failed', blocks })).to.deep.equal([
      'Sales & <more> failed (chain sales)',
      'Look at @here',
      'Waits behind it: Report',
      '2026-11-29 03:12 UTC · Open in Qlik Cloud · cascade ticket t1',
    ]);
  });

  it('unescape an escape once only', () => {
    expect(slackLines({ blocks: [section('&amp;lt;')] })).to.deep.equal(['&lt;']);
  });

  it('are none of what is no message', () => {
    expect(slackLines({})).to.deep.equal([]);
    expect(slackLines({ blocks: [null, 7, { text: 'x' }, { elements: [{}] }] })).to.deep.equal([]);
  });
});

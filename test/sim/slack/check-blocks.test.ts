import { expect } from 'chai';
import { hasInvalidBlocks } from '../../../sim/slack/check-blocks.ts';

const mrkdwn = (length: number) => ({ type: 'mrkdwn', text: 'x'.repeat(length) });
const plain = (length: number) => ({ type: 'plain_text', text: 'x'.repeat(length) });
const section = (length: number) => ({ type: 'section', text: mrkdwn(length) });
const button = (length: number, url = 'https://a.example/') => ({ type: 'button', text: plain(length), url });
const several = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

describe("sim: Slack's limits for blocks", () => {
  for (const [what, within, beyond] of [
    ['50 blocks', several(50, section(1)), several(51, section(1))],
    ['3,000 characters in a section', [section(3000)], [section(3001)]],
    ['150 characters in a header', [{ type: 'header', text: plain(150) }], [{ type: 'header', text: plain(151) }]],
    ['plain text in a header', [{ type: 'header', text: plain(1) }], [{ type: 'header', text: mrkdwn(1) }]],
    ['some text', [section(1)], [section(0)]],
    ['a text or fields in a section', [{ type: 'section', fields: [mrkdwn(1)] }], [{ type: 'section' }]],
    [
      '10 fields',
      [{ type: 'section', fields: several(10, mrkdwn(1)) }],
      [{ type: 'section', fields: several(11, mrkdwn(1)) }],
    ],
    [
      '2,000 characters in a field',
      [{ type: 'section', fields: [mrkdwn(2000)] }],
      [{ type: 'section', fields: [mrkdwn(2001)] }],
    ],
    [
      '10 elements of a context',
      [{ type: 'context', elements: several(10, mrkdwn(1)) }],
      [{ type: 'context', elements: several(11, mrkdwn(1)) }],
    ],
    [
      '75 characters on a button',
      [{ type: 'actions', elements: [button(75)] }],
      [{ type: 'actions', elements: [button(76)] }],
    ],
    [
      '25 buttons',
      [{ type: 'actions', elements: several(25, button(1)) }],
      [{ type: 'actions', elements: several(26, button(1)) }],
    ],
    [
      'a link of 3,000 characters',
      [{ type: 'actions', elements: [button(1, `https://${'a'.repeat(2992)}`)] }],
      [{ type: 'actions', elements: [button(1, `https://${'a'.repeat(2993)}`)] }],
    ],
    [
      '255 characters of a block id',
      [{ ...section(1), block_id: 'x'.repeat(255) }],
      [{ ...section(1), block_id: 'x'.repeat(256) }],
    ],
    ['a kind of block that exists', [{ type: 'divider' }], [{ type: 'paragraph' }]],
    ['an array', [], { type: 'divider' }],
  ] as const) {
    it(`takes ${what}, and no more`, () => {
      expect([hasInvalidBlocks(within), hasInvalidBlocks(beyond)]).to.deep.equal([false, true]);
    });
  }

  it('takes a message without blocks', () => {
    expect(hasInvalidBlocks(undefined)).to.equal(false);
  });
});

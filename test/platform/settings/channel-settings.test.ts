import { expect } from 'chai';
import { CascadeError } from '../../../src/core/cascade-error.ts';
import { parseChannelSettings } from '../../../src/platform/settings/channel-settings.ts';

const HIDDEN = 'T0-B0-must-not-be-shown';
const SLACK = `https://hooks.slack.com/services/${HIDDEN}`;
/** 24 bytes of zero. */
const SECRET = `whsec_${'A'.repeat(32)}`;

function refusal(settings: Readonly<Record<string, string>>): string {
  try {
    parseChannelSettings(settings);
  } catch (error) {
    if (error instanceof CascadeError && error.code === 'SETTINGS_INVALID') return error.message;
    throw error;
  }
  throw new Error('They were not refused.');
}

describe('the settings of channels', () => {
  it('are none if nothing is set', () => {
    expect(parseChannelSettings({})).to.deep.equal([]);
    expect(parseChannelSettings({ NOTIFY_CHANNELS: '', SLACK_WEBHOOK_URL: '' })).to.deep.equal([]);
  });

  it('are one channel called default, if only Slack’s address is set', () =>
    expect(parseChannelSettings({ SLACK_WEBHOOK_URL: SLACK })).to.deep.equal([{ name: 'default', slack: SLACK }]));

  it('are several channels, of Slack’s and of bots', () => {
    const NOTIFY_CHANNELS = ` [{"name":"ops","slack":"${SLACK}"},{"name":"bot","url":"http://127.0.0.1:8080/in?x=1","secret":"${SECRET}"}]\n`;
    expect(parseChannelSettings({ NOTIFY_CHANNELS })).to.deep.equal([
      { name: 'ops', slack: SLACK },
      { name: 'bot', url: 'http://127.0.0.1:8080/in?x=1', secret: SECRET },
    ]);
  });

  const EITHER = 'has to have either "slack", or "url" and "secret".';
  const bad: readonly [string, string | object, string][] = [
    ['no JSON', `[${HIDDEN}`, 'The setting NOTIFY_CHANNELS is not JSON.'],
    ['no list', {}, 'The setting NOTIFY_CHANNELS must be array.'],
    ['an empty list', [], 'The setting NOTIFY_CHANNELS must NOT have fewer than 1 items.'],
    ['neither way', [{ name: 'ops' }], `The setting NOTIFY_CHANNELS ("ops") ${EITHER}`],
    ['both ways', [{ name: 'ops', slack: SLACK, secret: SECRET }], `The setting NOTIFY_CHANNELS ("ops") ${EITHER}`],
    ['a bot without a secret', [{ name: 'bot', url: SLACK }], `The setting NOTIFY_CHANNELS ("bot") ${EITHER}`],
    [
      'an unknown key',
      [{ name: 'a', webhook: SLACK }],
      'The setting NOTIFY_CHANNELS has an unknown key "webhook" at 0.',
    ],
    [
      'one name twice',
      [
        { name: 'a', slack: SLACK },
        { name: 'a', slack: `${SLACK}2` },
      ],
      'The setting NOTIFY_CHANNELS names the channel "a" twice.',
    ],
    [
      'plain http',
      [{ name: 'a', slack: `http://hooks.example/${HIDDEN}` }],
      'The setting NOTIFY_CHANNELS ("a") has to be https (http is for loopback addresses only).',
    ],
    [
      'a user in the address',
      [{ name: 'a', slack: `https://u:${HIDDEN}@hooks.example` }],
      'The setting NOTIFY_CHANNELS ("a") must not carry a user or password.',
    ],
    [
      'an unseen character',
      [{ name: 'a', slack: `${SLACK}\u200b` }],
      'The setting NOTIFY_CHANNELS ("a") has a character that cannot be seen, \\u200b: remove it.',
    ],
  ];
  for (const [title, channels, message] of bad) {
    it(`cannot be ${title}`, () => {
      const NOTIFY_CHANNELS = typeof channels === 'string' ? channels : JSON.stringify(channels);
      expect(refusal({ NOTIFY_CHANNELS })).to.equal(message);
    });
  }

  it('ask for a secret as the Standard Webhooks specification has it', () => {
    const of = (secret: string): string =>
      refusal({ NOTIFY_CHANNELS: JSON.stringify([{ name: 'bot', url: 'https://bot.example', secret }]) });
    for (const secret of ['whsec_AAAA', 'A'.repeat(32), `whsec_${'A'.repeat(88)}`, `whsec_${HIDDEN}-${HIDDEN}`]) {
      expect(of(secret)).to.match(
        /^The setting NOTIFY_CHANNELS \("bot"\) has a "secret" that is not whsec_ and the base64/,
      );
      expect(of(secret)).not.to.contain(HIDDEN);
    }
  });

  it('have a secret of 24 to 64 bytes, if they are bots', () => {
    const ofBytes = (count: number) => {
      const secret = `whsec_${Buffer.alloc(count).toString('base64')}`;
      const bot = [{ name: 'bot', url: 'https://bot.example', secret }];
      return () => parseChannelSettings({ NOTIFY_CHANNELS: JSON.stringify(bot) });
    };
    for (const count of [24, 64]) expect(ofBytes(count)).not.to.throw();
    for (const count of [23, 65]) expect(ofBytes(count)).to.throw('is not whsec_ and the base64 of 24 to 64 bytes');
  });

  it('are given in one of two ways', () => {
    const NOTIFY_CHANNELS = JSON.stringify([{ name: 'ops', slack: SLACK }]);
    expect(refusal({ NOTIFY_CHANNELS, SLACK_WEBHOOK_URL: SLACK })).to.equal(
      'The setting SLACK_WEBHOOK_URL is set beside NOTIFY_CHANNELS: use one of the two ways.',
    );
  });
});

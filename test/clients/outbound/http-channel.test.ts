import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { type BotSink, startBotSink } from '../../../sim/bot/start-bot-sink.ts';
import { type SlackSink, startSlackSink } from '../../../sim/slack/start-slack-sink.ts';
import { httpChannel } from '../../../src/clients/outbound/http-channel.ts';
import { botMessage } from '../../../src/core/desk/bot-message.ts';
import type { MessageItem } from '../../../src/core/desk/message-item.ts';
import type { ChannelName } from '../../../src/core/desk/notice.ts';
import { slackMessage } from '../../../src/core/desk/slack-message.ts';
import type { DurationMs, EpochMs } from '../../../src/core/units.ts';

/** 2026-11-29 03:12:40 UTC. */
const NOW = 1_795_921_960_000 as EpochMs;
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ITEM: MessageItem = {
  id: 'app:default:a1/failed.r1',
  kind: 'failed',
  at: NOW,
  subject: 'Sales',
  since: (NOW - 1000) as EpochMs,
};

const putFaults = (origin: string, ...faults: readonly object[]) =>
  fetch(`${origin}/_sim/faults`, { method: 'PUT', body: JSON.stringify(faults) });
const messagesAt = async (origin: string) =>
  JSON.parse(await (await fetch(`${origin}/_sim/messages`)).text()).data as readonly Record<string, unknown>[];

describe('a message to Slack', () => {
  let slack: SlackSink;
  beforeEach(async () => {
    slack = await startSlackSink();
  });
  afterEach(() => slack.close());
  const send = (timeout?: DurationMs) => httpChannel(() => NOW, timeout).toSlack(slack.url, slackMessage([ITEM]));

  it('is taken, with its blocks', async () => {
    expect(await send()).to.deep.equal({ kind: 'taken', message: 'it answered 200 (ok)' });
    const [message] = await messagesAt(slack.origin);
    expect(message?.['body']).to.deep.include({ text: ':red_circle: Sales failed', unfurl_links: false });
  });

  for (const [fault, delivery] of [
    [
      { status: 429, headers: { 'retry-after': '30' } },
      { kind: 'busy', retryAfter: 30_000 },
    ],
    [
      { status: 429, headers: { 'retry-after': 'Sun, 29 Nov 2026 03:13:00 GMT' } },
      { kind: 'busy', retryAfter: 20_000 },
    ],
    [
      { status: 429, headers: { 'retry-after': 'Sun, 29 Nov 2026 03:12:00 GMT' } },
      { kind: 'busy', retryAfter: 0 },
    ],
    [
      { status: 429, headers: { 'retry-after': '1234567' } },
      { kind: 'busy', retryAfter: 1_234_567_000 },
    ],
    [{ status: 503, headers: { 'retry-after': 'soon' } }, { kind: 'busy' }],
    // Date.parse takes both for a date.
    [{ status: 429, headers: { 'retry-after': '1.5' } }, { kind: 'busy' }],
    [{ status: 429, headers: { 'retry-after': '-1' } }, { kind: 'busy' }],
    [{ status: 500 }, { kind: 'busy' }],
    [{ status: 408 }, { kind: 'busy' }],
    [{ status: 401 }, { kind: 'wrong' }],
    [{ status: 403 }, { kind: 'wrong' }],
    [{ status: 404 }, { kind: 'wrong' }],
    [{ status: 410 }, { kind: 'wrong' }],
    [{ status: 302, headers: { location: 'https://elsewhere.example' } }, { kind: 'wrong' }],
    [{ status: 400 }, { kind: 'refused' }],
    [{ status: 413 }, { kind: 'refused' }],
  ] as const) {
    it(`that gets ${JSON.stringify(fault)} is ${JSON.stringify(delivery)}`, async () => {
      await putFaults(slack.origin, { kind: 'status', body: 'no\u001b[31m_service\n', ...fault });
      const message = `it answered ${fault.status} (no\\u001b[31m_service)`;
      expect(await send()).to.deep.equal({ ...delivery, message });
    });
  }

  it('that gets no answer may be sent again', async () => {
    await putFaults(slack.origin, { kind: 'drop' }, { kind: 'lost' }, { kind: 'hang' });
    expect(await send()).to.deep.equal({ kind: 'busy', message: 'no answer (ECONNRESET)' });
    expect(await send()).to.deep.equal({ kind: 'busy', message: 'no answer (ECONNRESET)' });
    expect(await send(50 as DurationMs)).to.deep.equal({ kind: 'busy', message: 'no answer within 50 ms' });
    expect(await messagesAt(slack.origin)).to.have.length(1);
  });

  it('is waited for 10 seconds', async () => {
    const { timeout } = AbortSignal;
    const asked: number[] = [];
    AbortSignal.timeout = (ms) => {
      asked.push(ms);
      return timeout.call(AbortSignal, ms);
    };
    await send().finally(() => {
      AbortSignal.timeout = timeout;
    });
    expect(asked).to.deep.equal([10_000]);
  });

  it('never names the address, which is a secret', async () => {
    const gone = await startSlackSink();
    await gone.close();
    const { message } = await httpChannel(() => NOW).toSlack(gone.url, slackMessage([ITEM]));
    expect(message).to.equal('no answer (ECONNREFUSED)');
  });
});

describe('a message to a bot', () => {
  let bot: BotSink;
  let nowMs: number;
  beforeEach(async () => {
    nowMs = NOW;
    bot = await startBotSink({ secret: SECRET, nowMs: () => nowMs });
  });
  afterEach(() => bot.close());
  const send = (secret = SECRET, sentAt = NOW) =>
    httpChannel(() => sentAt).toBot(
      { name: 'bot' as ChannelName, url: bot.url, secret },
      'msg_1',
      botMessage([ITEM], NOW),
    );

  it('has a signature that fits at any millisecond: both it and the header have whole seconds', async () => {
    for (const ms of [1, 499, 999]) expect(await send(SECRET, (NOW + ms) as EpochMs)).to.include({ kind: 'taken' });
  });

  it('is signed by the Standard Webhooks specification, and whole', async () => {
    expect(await send()).to.deep.equal({ kind: 'taken', message: 'it answered 200 (ok)' });
    expect(await messagesAt(bot.origin)).to.deep.equal([
      {
        id: 'msg_1',
        times: 1,
        body: {
          type: 'cascade.notices',
          timestamp: '2026-11-29T03:12:40.000Z',
          notices: [
            {
              id: 'app:default:a1/failed.r1',
              kind: 'failed',
              subject: 'Sales',
              at: '2026-11-29T03:12:40.000Z',
              since: '2026-11-29T03:12:39.000Z',
            },
          ],
        },
      },
    ]);
  });

  it('with another key is wrong', async () => {
    expect(await send('whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')).to.deep.include({ kind: 'wrong' });
  });

  it('says the time at which it was sent', async () => {
    nowMs = NOW + 301_000;
    expect(await send()).to.deep.include({ kind: 'wrong' });
  });
});

describe('a message that a channel answers at length', () => {
  it('is reported in one line of at most 100 letters', async () => {
    const server = createServer((_, response) => response.writeHead(400).end('x'.repeat(100_000)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { message } = await httpChannel(() => NOW).toSlack(url, slackMessage([ITEM]));
    server.close();
    server.closeAllConnections();
    expect(message).to.equal(`it answered 400 (${'x'.repeat(100)})`);
  });
});

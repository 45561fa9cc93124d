import { expect } from 'chai';
import { type BotSink, startBotSink } from '../../../sim/bot/start-bot-sink.ts';
import { type SlackSink, startSlackSink } from '../../../sim/slack/start-slack-sink.ts';
import type { Channel } from '../../../src/clients/outbound/channel-port.ts';
import { httpChannel } from '../../../src/clients/outbound/http-channel.ts';
import type { ChannelName } from '../../../src/core/desk/notice.ts';
import type { DurationMs } from '../../../src/core/units.ts';
import { failed, failingApp, notifierWorld, T } from './support/notifier-world.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
/** A notifier waits for 10 s (`http-channel.test.ts`). Here it waits for less, so that the test takes seconds. */
const SHORT = 2_000 as DurationMs;
const APPS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
const DOCUMENTS = APPS.map((app) => `app:default:${app}`);

describe('the notifier and servers that take its messages', () => {
  let slack: SlackSink;
  let bot: BotSink;
  let time = T;
  beforeEach(async () => {
    time = T;
    slack = await startSlackSink();
    bot = await startBotSink({ secret: SECRET, nowMs: () => time });
  });
  afterEach(async () => {
    await slack.close();
    await bot.close();
  });

  // biome-ignore lint/suspicious/noExplicitAny: tests read into whatever was sent
  const messages = async (origin: string): Promise<any[]> =>
    JSON.parse(await (await fetch(`${origin}/_sim/messages`)).text()).data;
  async function setFaults(origin: string, ...faults: readonly object[]): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${origin}/_sim/faults`, { method: 'PUT', headers, body: JSON.stringify(faults) });
    expect(response.status).to.equal(200);
  }
  const channels = (): readonly Channel[] => [
    { name: 'default' as ChannelName, slack: slack.url },
    { name: 'ops' as ChannelName, url: bot.url, secret: SECRET },
  ];
  const worldWith = (to: readonly string[], isPoison: (app: string) => boolean = () => false) =>
    notifierWorld({
      channels: channels(),
      send: (now) => httpChannel(now, SHORT),
      documents: APPS.map((app) => {
        const document = failingApp(app, [failed(app, to)]);
        const last = document['last'] as object;
        const message = isPoison(app) ? 'Poison for Slack.' : 'Connector timed out.';
        return { ...document, last: { ...last, error: { code: 'RELOADS-001', message } } };
      }),
    });

  it('Slack refuses one notice of nine: the others arrive, in halves, and this one alone is dropped', async () => {
    await setFaults(slack.origin, { kind: 'status', status: 400, body: 'invalid_blocks', match: 'Poison', times: 100 });
    const world = worldWith(['default'], (app) => app === 'g');
    for (let minute = 0; minute < 4; minute += 1) {
      await world.run(...DOCUMENTS);
      world.pass(90_000);
    }
    const texts = JSON.stringify((await messages(slack.origin)).map(({ body }) => body));
    const arrived = APPS.filter(
      (app) => texts.includes(`App ${app} failed`) || texts.includes(`:red_circle: ${app} failed`),
    );
    expect(arrived).to.deep.equal(APPS.filter((app) => app !== 'g'));
    expect(world.lines.filter((line) => line.startsWith('error'))).to.deep.equal([
      'error A notice is dropped: the channel "default" refuses it: it answered 400 (invalid_blocks)',
    ]);
    expect(DOCUMENTS.flatMap((id) => world.store.peek(id)?.['notices'])).to.deep.equal([]);
    expect(world.store.peek('channel:default')?.['pausedUntil']).to.equal(undefined);
  });

  it('a bot answers after 40 s: it gets the same message again, after pauses, and Slack has its own at once', async () => {
    await setFaults(bot.origin, { kind: 'slow', ms: 40_000, times: 3 });
    const world = worldWith(['default', 'ops']);
    const pass = (ms: number): void => {
      world.pass(ms);
      time += ms;
    };
    const timesAtBot = async (): Promise<readonly number[]> => (await messages(bot.origin)).map(({ times }) => times);
    await world.run(...DOCUMENTS);
    expect(await messages(slack.origin)).to.have.length(1);
    expect(await timesAtBot()).to.deep.equal([1]);
    // 15 s after the first silence, 30 s after the second, 60 s after the third.
    for (const [pauseMs, seen] of [
      [15_000, 2],
      [30_000, 3],
      [60_000, 4],
    ] as const) {
      pass(pauseMs - 2_000);
      await world.run(...DOCUMENTS);
      expect(await timesAtBot()).to.have.length(seen - 1);
      pass(3_000);
      await world.run(...DOCUMENTS);
      expect((await timesAtBot()).at(-1)).to.equal(seen);
    }
    const got = await messages(bot.origin);
    expect(new Set(got.map(({ id }) => id)).size).to.equal(1);
    expect(got[0].body.notices).to.have.length(9);
    expect(await messages(slack.origin)).to.have.length(1);
    expect(DOCUMENTS.flatMap((id) => world.store.peek(id)?.['notices'])).to.deep.equal([]);
  }).timeout(30_000);
});

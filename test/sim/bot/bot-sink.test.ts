import { expect } from 'chai';
import { type BotSink, startBotSink } from '../../../sim/bot/start-bot-sink.ts';

/** The example of the Standard Webhooks specification: key, id, time, body and signature. */
const VECTOR = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  seconds: 1_614_265_330,
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};

describe('sim: the bot sink', () => {
  let bot: BotSink;
  let nowMs: number;
  beforeEach(async () => {
    nowMs = VECTOR.seconds * 1000;
    bot = await startBotSink({ secret: VECTOR.secret, nowMs: () => nowMs });
  });
  afterEach(() => bot.close());

  const post = async (changes: Partial<typeof VECTOR> = {}, url = bot.url, method = 'POST') => {
    const { id, seconds, body, signature } = { ...VECTOR, ...changes };
    const headers = { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': signature };
    const response = await fetch(url, { method, headers, ...(method === 'POST' ? { body } : {}) });
    return response.status;
  };
  const messages = async () => JSON.parse(await (await fetch(`${bot.origin}/_sim/messages`)).text()).data;

  it("takes the specification's example, and counts how often it came", async () => {
    expect(await post()).to.equal(200);
    expect(await post({ signature: `v1,AAAA v2,x ${VECTOR.signature}` })).to.equal(200);
    const body = { test: 2_432_232_314 };
    expect(await messages()).to.deep.equal([
      { id: VECTOR.id, times: 1, body },
      { id: VECTOR.id, times: 2, body },
    ]);
  });

  for (const [what, changes] of Object.entries({
    'another body': { body: '{"test": 2432232315}' },
    'another id': { id: 'msg_other' },
    'another time': { seconds: VECTOR.seconds + 1 },
    'no signature': { signature: '' },
    'a signature of another version': { signature: VECTOR.signature.replace('v1', 'v1a') },
  })) {
    it(`refuses ${what}, and keeps nothing`, async () => {
      expect(await post(changes)).to.equal(401);
      expect(await messages()).to.deep.equal([]);
    });
  }

  for (const [seconds, status] of [
    [300, 200],
    [301, 401],
    [-300, 200],
    [-301, 401],
  ] as const) {
    it(`answers ${status} if its clock is ${seconds} s ahead of the message's`, async () => {
      nowMs += seconds * 1000;
      expect(await post()).to.equal(status);
    });
  }

  it('serves one path and one method', async () => {
    expect(await post({}, `${bot.origin}/other`)).to.equal(404);
    expect(await post({}, bot.url, 'GET')).to.equal(405);
  });

  it('fails on demand, with its own words', async () => {
    const fault = [{ kind: 'status', status: 429, body: 'slowly', headers: { 'retry-after': '7' } }];
    await fetch(`${bot.origin}/_sim/faults`, { method: 'PUT', body: JSON.stringify(fault) });
    const answer = await fetch(bot.url, { method: 'POST', body: '{}' });
    expect([answer.status, answer.headers.get('retry-after'), await answer.text()]).to.deep.equal([429, '7', 'slowly']);
  });
});

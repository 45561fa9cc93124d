import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { ENGINE, fact, RELOAD, SECRET } from '../support/fact.ts';
import { expectRefusal, type QlikInTest, type Subscribed } from '../support/qlik-in-test.ts';

const DAY_MS = 86_400_000;

/** The newest delivery of a webhook, as the API shows it. */
const newest = async (qlik: QlikInTest, hook: Subscribed) => (await qlik.get(`${hook.path}/deliveries`)).body.data[0];

export const deliveries = [
  fact('q-deliveries-01', 'an enabled webhook gets each event of its types once, a disabled one none', async (qlik) => {
    const wanted = await qlik.subscribe([RELOAD]);
    const others = [
      await qlik.subscribe(['com.qlik.v1.app.created']),
      await qlik.subscribe([RELOAD], { enabled: false }),
    ];
    await qlik.reload(await qlik.app('a'));
    expect(wanted.receiver.received.map(({ event }) => event.type)).to.deep.equal([RELOAD]);
    for (const { receiver } of others) expect(receiver.received).to.have.length(0);
  }),
  fact('q-deliveries-02', "has Qlik's headers", async (qlik) => {
    const { receiver } = await qlik.subscribe([RELOAD]);
    await qlik.reload(await qlik.app('a'));
    const own = { 'content-type': 'application/json', 'user-agent': 'Qlik Webhook', 'accept-encoding': 'gzip' };
    expect(receiver.received[0]?.headers).to.include(own);
  }),
  fact('q-deliveries-03', "has the webhook's headers, the encrypted ones in clear", async (qlik) => {
    const more = { headers: { 'x-open': 'seen' }, encryptedHeaders: { 'x-key': 'k1' } };
    const { receiver } = await qlik.subscribe([RELOAD], more);
    await qlik.reload(await qlik.app('a'));
    expect(receiver.received[0]?.headers).to.include({ 'x-open': 'seen', 'x-key': 'k1' });
  }),
  fact('q-deliveries-04', '2xx is success; another answer, none in time, or no connection is fail', async (qlik) => {
    await qlik.switches({ 'delivery.timeoutMs': 1000, 'clock.patienceMs': 200 });
    const hook = await qlik.subscribe([RELOAD]);
    await qlik.app('a');
    const outcomes: string[] = [];
    const note = ({ status, statusMessage }: { status: string; statusMessage: unknown }) => {
      if (status === 'fail') expect(statusMessage).to.be.a('string').with.length.above(0);
      outcomes.push(status);
    };
    for (const status of [200, 202, 404, 503, 0]) {
      hook.receiver.answer = { status };
      const ended = qlik.reload('a');
      await ended;
      note(await newest(qlik, hook));
      await qlik.advance(60_000);
    }
    hook.receiver.stop();
    await qlik.reload('a');
    note(await newest(qlik, hook));
    expect(outcomes).to.deep.equal(['success', 'success', 'fail', 'fail', 'fail', 'fail']);
  }),
  fact('q-deliveries-05', 'a redirect is not followed', async (qlik) => {
    const hook = await qlik.subscribe([RELOAD]);
    hook.receiver.answer = { status: 308, headers: { location: `${hook.url}/elsewhere` } };
    await qlik.reload(await qlik.app('a'));
    const { status, statusMessage } = await newest(qlik, hook);
    expect([status, statusMessage]).to.deep.equal(['fail', 'redirects are forbidden 308 (308 Permanent Redirect)']);
    expect(hook.receiver.received).to.have.length(1);
  }),
  fact('q-deliveries-06', 'the list tells what was sent and answered, and selects', async (qlik) => {
    const hook = await qlik.subscribe([RELOAD, ENGINE]);
    hook.receiver.answer = { status: 500, headers: { 'x-why': 'because' }, body: 'no' };
    await qlik.reload(await qlik.app('a'));
    const { status, body } = await qlik.get(`${hook.path}/deliveries?eventType=${RELOAD}`);
    expect(status).to.equal(200);
    const [delivery] = body.data;
    expect(body.data).to.have.length(1);
    expect(delivery).to.include({ webhookId: hook.id, eventType: RELOAD, status: 'fail' });
    expect(delivery).to.include.keys('id', 'statusMessage', 'triggeredAt');
    expect(delivery.request.url).to.equal(hook.url);
    expect(delivery.request.headers).to.be.an('object');
    expect(delivery.request.body.type).to.equal(RELOAD);
    expect(delivery.response).to.include({ statusCode: 500, body: 'no' });
    expect(delivery.response.headers['x-why']).to.equal('because');
    const count = async (query: string) => (await qlik.listed(`${hook.path}/deliveries${query}`)).length;
    expect([await count('?status=fail'), await count('?status=success'), await count('?limit=1')]).to.deep.equal([
      2, 0, 1,
    ]);
    for (const sort of ['status', '-triggeredAt']) expect(await count(`?sort=${sort}`)).to.equal(2);
  }),
  fact('q-deliveries-07', 'one is gone after seven days', async (qlik) => {
    const hook = await qlik.subscribe([RELOAD]);
    await qlik.reload(await qlik.app('a'));
    const { id } = await newest(qlik, hook);
    await qlik.advance(7 * DAY_MS - 1000);
    expect(await qlik.listed(`${hook.path}/deliveries`)).to.deep.equal([id]);
    await qlik.advance(2000);
    expect(await qlik.listed(`${hook.path}/deliveries`)).to.deep.equal([]);
    expectRefusal(await qlik.get(`${hook.path}/deliveries/${id}`), 404);
  }),
  fact(
    'q-deliveries-08',
    'resend sends the same body with what the webhook is now, as a new delivery',
    async (qlik) => {
      const hook = await qlik.subscribe([RELOAD], { secret: SECRET, headers: { 'x-a': 'old' } });
      await qlik.reload(await qlik.app('a'));
      const first = await newest(qlik, hook);
      const secret = 'f'.repeat(32);
      await qlik.call('PATCH', hook.path, [
        { op: 'replace', path: '/secret', value: secret },
        { op: 'replace', path: '/headers', value: { 'x-a': 'new' } },
      ]);
      hook.receiver.answer = { status: 500 };
      const resent = await qlik.call('POST', `${hook.path}/deliveries/${first.id}/actions/resend`);
      expect([resent.status, resent.body.status]).to.deep.equal([201, 'fail']);
      expect(resent.body.id).not.to.equal(first.id);
      const [one, two] = hook.receiver.received;
      expect(two?.bytes).to.deep.equal(one?.bytes);
      const signature = createHmac('sha256', secret)
        .update(two?.bytes ?? '')
        .digest('hex');
      expect(two?.headers).to.include({ 'x-a': 'new', 'qlik-signature': signature });
      expect(await qlik.listed(`${hook.path}/deliveries`)).to.have.members([first.id, resent.body.id]);
    },
  ),
  fact('q-deliveries-09', 'a resent body has the same event id', async (qlik) => {
    const hook = await qlik.subscribe([RELOAD]);
    await qlik.reload(await qlik.app('a'));
    const { id } = await newest(qlik, hook);
    await qlik.call('POST', `${hook.path}/deliveries/${id}/actions/resend`);
    const ids = hook.receiver.received.map(({ event }) => event.id);
    expect(ids).to.have.length(2);
    expect(new Set(ids).size).to.equal(1);
  }),
  fact(
    'q-deliveries-10',
    'a webhook disabled by failures tells why, and gets nothing until it is enabled',
    async (qlik) => {
      await qlik.switches({ 'webhook.disableAfter': 2 });
      const hook = await qlik.subscribe([RELOAD]);
      hook.receiver.answer = { status: 500 };
      await qlik.app('a');
      for (let round = 1; round <= 3; round += 1) await qlik.reload('a');
      const disabled = (await qlik.get(hook.path)).body;
      expect(disabled.enabled).to.equal(false);
      expect(disabled.disabledReason).to.be.a('string').with.length.above(0);
      expect(disabled.disabledReasonCode).to.be.a('string').with.length.above(0);
      expect(hook.receiver.received).to.have.length(2);
      await qlik.call('PATCH', hook.path, [{ op: 'replace', path: '/enabled', value: true }]);
      await qlik.reload('a');
      expect(hook.receiver.received).to.have.length(3);
      await qlik.switches({ 'webhook.disableAfter': 1, 'delivery.attempts': 3 });
      const tried = await qlik.subscribe([RELOAD]);
      tried.receiver.answer = { status: 500 };
      await qlik.reload('a');
      for (let minute = 1; minute <= 3; minute += 1) await qlik.advance(60_000);
      expect(tried.receiver.received).to.have.length(1);
    },
  ),
];

export const signature = [
  fact('q-signature-01', 'the signature is the HMAC of the bytes sent, in hex', async (qlik) => {
    const { receiver } = await qlik.subscribe([RELOAD], { secret: SECRET });
    await qlik.reload(await qlik.app('a'));
    const { headers, bytes } = receiver.received[0] ?? expect.fail('nothing was sent');
    expect(headers['qlik-signature']).to.match(/^[0-9a-f]{64}$/);
    expect(headers['qlik-signature']).to.equal(createHmac('sha256', SECRET).update(bytes).digest('hex'));
  }),
  fact('q-signature-02', 'without a secret there is none', async (qlik) => {
    const { receiver } = await qlik.subscribe([RELOAD]);
    await qlik.reload(await qlik.app('a'));
    expect(receiver.received[0]?.headers).to.be.an('object').and.not.have.property('qlik-signature');
  }),
  fact('q-signature-03', 'the test vector', async (qlik) => {
    const body =
      '{"id":"b347fd0d-1321-417f-91ee-90e96c76389c","type":"com.qlik.v1.reload.finished","source":"com.qlik/reloads","specversion":"1.0","tenantid":"t1","data":{"id":"6a849f7f18ec290e6ceb025d","appId":"002ff8c5-3c11-4464-a22b-68fb5e7ee5e8","userId":"u1","succeeded":true,"status":"SUCCEEDED"}}';
    const { id: webhookId, receiver } = await qlik.subscribe([RELOAD], { secret: SECRET });
    await qlik.control('POST', '/deliver', { webhookId, body });
    expect(receiver.received[0]?.bytes.toString()).to.equal(body);
    expect(receiver.received[0]?.headers['qlik-signature']).to.equal(
      '138e487f7319b8fada1c4a00d0d82bb27fc5e57283ce209ef557b04a51c164d6',
    );
  }),
  fact('q-signature-04', 'letters beyond ASCII are signed and counted as UTF-8', async (qlik) => {
    const { receiver } = await qlik.subscribe([ENGINE], { secret: SECRET });
    await qlik.reload(await qlik.app('a', { name: 'Umsätze 売上 🎉' }));
    const { headers, bytes, event } = receiver.received[0] ?? expect.fail('nothing was sent');
    expect(event.data.name).to.equal('Umsätze 売上 🎉');
    expect(headers['content-length']).to.equal(String(bytes.length));
    expect(headers['qlik-signature']).to.equal(createHmac('sha256', SECRET).update(bytes).digest('hex'));
  }),
];

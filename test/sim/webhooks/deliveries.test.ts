import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { useReceiver } from '../support/use-receiver.ts';
import { useTenant } from '../support/use-tenant.ts';

const SECRET = '0123456789abcdef0123456789abcdef';
const RELOAD = 'com.qlik.v1.reload.finished';
const ENGINE = 'com.qlik.v1.app.reload.finished';

describe('sim: deliveries', () => {
  const tenant = useTenant({ clock: 'hand' });
  const receiver = useReceiver();
  const delivered = (count = 1) => tenant.journal((entry) => entry['kind'] === 'delivery', count);
  const deliveries = async (id: string, query = '') =>
    (await tenant.call('GET', `/api/core/webhooks/${id}/deliveries${query}`)).body.data;
  const types = () => receiver.received.map(({ event }) => event.type).sort();

  it('q-deliveries-01, q-events-01, -02: a reload by API gives one of each type to the webhooks that ask for it', async () => {
    await receiver.subscribe(tenant);
    await receiver.subscribe(tenant, { eventTypes: ['com.qlik.v1.app.created'] });
    await receiver.subscribe(tenant, { enabled: false });
    await tenant.app('a');
    const id = await tenant.reloadToEnd('a');
    await delivered(2);
    expect(types()).to.deep.equal([ENGINE, RELOAD]);
    expect(receiver.received.find(({ event }) => event.type === RELOAD)?.event.data.id).to.equal(id);
  });

  it('q-events-01: a reload by schedule gives them too', async () => {
    await receiver.subscribe(tenant);
    await tenant.app('a');
    await tenant.call('POST', '/_sim/apps/a/reload', { type: 'chronos' });
    await delivered(2);
    expect(types()).to.deep.equal([ENGINE, RELOAD]);
    expect(receiver.received.find(({ event }) => event.type === RELOAD)?.event.data.type).to.equal('chronos');
  });

  it('q-events-04: a load in the editor gives the engine event alone', async () => {
    await receiver.subscribe(tenant);
    await tenant.app('a');
    await tenant.call('POST', '/_sim/apps/a/editor-load');
    await tenant.app('b');
    await tenant.reloadToEnd('b');
    await delivered(3);
    expect(types()).to.deep.equal([ENGINE, ENGINE, RELOAD]);
  });

  it('q-events-06: when the event comes, the record shows the end', async () => {
    await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    await tenant.app('a', { outcomes: ['failed'] });
    await tenant.reload('a');
    await delivered();
    const id = receiver.received[0]?.event.data.id;
    expect((await tenant.call('GET', `/api/v1/reloads/${id}`)).body.status).to.equal('FAILED');
  });

  it('q-deliveries-02, -03: has the headers of a real tenant, and those of the webhook in clear', async () => {
    const headers = { 'x-open': 'seen' };
    await receiver.subscribe(tenant, { eventTypes: [RELOAD], headers, encryptedHeaders: { 'x-key': 'k1' } });
    await tenant.app('a');
    await tenant.reload('a');
    await delivered();
    const sent = receiver.received[0];
    expect(sent?.headers).to.include({
      'content-type': 'application/json',
      'user-agent': 'Qlik Webhook',
      'accept-encoding': 'gzip',
      'x-open': 'seen',
      'x-key': 'k1',
    });
  });

  it('q-signature-02: without a secret there is no signature', async () => {
    await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    await tenant.app('a');
    await tenant.reload('a');
    await delivered();
    expect(receiver.received[0]?.headers).not.to.have.property('qlik-signature');
  });

  it('q-signature-01, -04: the signature is over the bytes as sent, letters beyond ASCII included', async () => {
    await receiver.subscribe(tenant, { eventTypes: [ENGINE], secret: SECRET });
    await tenant.app('a', { name: 'Umsätze 売上 🎉' });
    await tenant.reload('a');
    await delivered();
    const { headers, bytes, event } = receiver.received[0] ?? expect.fail('nothing was sent');
    expect(event.data.name).to.equal('Umsätze 売上 🎉');
    expect(headers['content-length']).to.equal(String(bytes.length));
    expect(headers['qlik-signature']).to.equal(createHmac('sha256', SECRET).update(bytes).digest('hex'));
  });

  it('q-signature-03: arbitrary bytes are signed as a tenant would', async () => {
    const webhookId = await receiver.subscribe(tenant, { enabled: false, secret: SECRET });
    const body =
      '{"id":"b347fd0d-1321-417f-91ee-90e96c76389c","type":"com.qlik.v1.reload.finished","source":"com.qlik/reloads","specversion":"1.0","tenantid":"t1","data":{"id":"6a849f7f18ec290e6ceb025d","appId":"002ff8c5-3c11-4464-a22b-68fb5e7ee5e8","userId":"u1","succeeded":true,"status":"SUCCEEDED"}}';
    const answer = await tenant.call('POST', '/_sim/deliver', { webhookId, body });
    expect(answer.body).to.include({ status: 'success' });
    expect(answer.body.response).to.include({ statusCode: 200, body: 'fine' });
    expect(receiver.received[0]?.bytes.toString()).to.equal(body);
    expect(receiver.received[0]?.headers['qlik-signature']).to.equal(
      '138e487f7319b8fada1c4a00d0d82bb27fc5e57283ce209ef557b04a51c164d6',
    );
  });

  const answers: [number, string, string][] = [
    [200, 'success', '200 OK'],
    [202, 'success', '202 Accepted'],
    [404, 'fail', 'unexpected status 404 (404 Not Found)'],
    [503, 'fail', 'unexpected status 503 (503 Service Unavailable)'],
    [308, 'fail', 'redirects are forbidden 308 (308 Permanent Redirect)'],
  ];
  for (const [status, result, message] of answers) {
    it(`q-deliveries-04, -05: an answer ${status} is ${result}, sent once and not followed`, async () => {
      const id = await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
      receiver.answer = { status, headers: { location: `${receiver.url}/elsewhere` } };
      await tenant.app('a');
      await tenant.reload('a');
      await delivered();
      expect((await deliveries(id))[0]).to.include({ status: result, statusMessage: message });
      expect(receiver.received).to.have.length(1);
    });
  }

  it('q-deliveries-04, q-unknown-01: no answer in time is a failure', async () => {
    await tenant.switches({ 'delivery.timeoutMs': 50, 'clock.patienceMs': 50 });
    receiver.answer = { status: 0 };
    const id = await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    await tenant.app('a');
    await tenant.reload('a');
    await tenant.advance(50);
    const [delivery] = await deliveries(id);
    expect(delivery).to.include({ status: 'fail', statusMessage: 'no answer within 50 ms' });
    expect(delivery).not.to.have.property('response');
  });

  it('q-deliveries-04: no connection is a failure', async () => {
    const id = await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    receiver.stop();
    await tenant.app('a');
    await tenant.reload('a');
    await delivered();
    expect((await deliveries(id))[0].statusMessage).to.match(/ECONNREFUSED/);
  });

  it('q-deliveries-06: tells what was sent and answered, and selects', async () => {
    const id = await receiver.subscribe(tenant, { encryptedHeaders: { 'x-key': 'hidden-value' } });
    receiver.answer = { status: 500, headers: { 'x-why': 'because' }, body: 'no' };
    await tenant.app('a');
    await tenant.reload('a');
    await delivered(2);
    const [delivery] = await deliveries(id, `?eventType=${RELOAD}`);
    expect(delivery).to.include({
      webhookId: id,
      eventType: RELOAD,
      status: 'fail',
      triggeredAt: '2026-11-21T07:00:00.000Z',
    });
    expect(delivery.request.url).to.equal(receiver.url);
    expect(delivery.request.headers).to.include({ 'User-Agent': 'Qlik Webhook', 'x-key': '**OMITTED**' });
    expect(delivery.request.body.type).to.equal(RELOAD);
    expect(delivery.response).to.include({ statusCode: 500, body: 'no' });
    expect(delivery.response.headers['x-why']).to.equal('because');
    expect(await deliveries(id, '?status=fail')).to.have.length(2);
    expect(await deliveries(id, '?status=success')).to.have.length(0);
    expect(await deliveries(id, '?limit=1&sort=status')).to.have.length(1);
    const one = await tenant.call('GET', `/api/core/webhooks/${id}/deliveries/${delivery.id}`);
    expect(one.body).to.deep.equal(delivery);
    expect((await tenant.call('GET', `/api/core/webhooks/${id}/deliveries?status=maybe`)).status).to.equal(400);
  });

  it('reads an answer that is compressed', async () => {
    const webhookId = await receiver.subscribe(tenant);
    receiver.answer = { status: 200, headers: { 'content-encoding': 'gzip' }, body: gzipSync('compressed') };
    const { body } = await tenant.call('POST', '/_sim/deliver', { webhookId, body: '{}' });
    expect(body.response.body).to.equal('compressed');
  });

  it('q-deliveries-07: a delivery is gone after seven days', async () => {
    const id = await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    await tenant.app('a');
    await tenant.reload('a');
    await delivered();
    const [delivery] = await deliveries(id);
    await tenant.advance(7 * 24 * 3_600_000);
    expect(await deliveries(id)).to.have.length(1);
    await tenant.advance(1);
    expect(await deliveries(id)).to.have.length(0);
    expect((await tenant.call('GET', `/api/core/webhooks/${id}/deliveries/${delivery.id}`)).status).to.equal(404);
  });

  it('q-deliveries-08, -09: resend sends the same bytes with the present secret, and makes a new record, also of a failure', async () => {
    const id = await receiver.subscribe(tenant, { eventTypes: [RELOAD], secret: SECRET });
    await tenant.app('a');
    await tenant.reload('a');
    await delivered();
    const [first] = await deliveries(id);
    const secret = 'f'.repeat(32);
    await tenant.call('PATCH', `/api/core/webhooks/${id}`, [{ op: 'replace', path: '/secret', value: secret }]);
    receiver.answer = { status: 500 };
    const resent = await tenant.call('POST', `/api/core/webhooks/${id}/deliveries/${first.id}/actions/resend`);
    expect(resent.status).to.equal(201);
    expect(resent.body.status).to.equal('fail');
    expect(resent.body.id).not.to.equal(first.id);
    const [one, two] = receiver.received;
    expect(two?.bytes).to.deep.equal(one?.bytes);
    expect(two?.headers['qlik-signature']).to.equal(
      createHmac('sha256', secret)
        .update(one?.bytes ?? '')
        .digest('hex'),
    );
    expect(await deliveries(id)).to.have.length(2);
  });

  it('q-deliveries-10, q-unknown-03: by switch, failures disable a webhook until it is enabled again', async () => {
    await tenant.switches({ 'webhook.disableAfter': 2 });
    const id = await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    receiver.answer = { status: 500 };
    await tenant.app('a');
    for (const round of [1, 2]) {
      await tenant.reloadToEnd('a');
      await delivered(round);
    }
    const disabled = (await tenant.call('GET', `/api/core/webhooks/${id}`)).body;
    expect(disabled).to.include({ enabled: false, disabledReasonCode: 'DELIVERY-FAILURES' });
    expect(disabled.disabledReason).to.be.a('string');
    await tenant.reloadToEnd('a');
    expect(receiver.received).to.have.length(2);
    await tenant.call('PATCH', `/api/core/webhooks/${id}`, [{ op: 'replace', path: '/enabled', value: true }]);
    await tenant.reloadToEnd('a');
    await delivered(3);
    expect(receiver.received).to.have.length(3);
    const enabled = (await tenant.call('GET', `/api/core/webhooks/${id}`)).body;
    expect(enabled.enabled).to.equal(true);
    expect(enabled).not.to.have.any.keys('disabledReason', 'disabledReasonCode');
  });

  it('q-webhooks-crud-14: a filter lets matching events through only', async () => {
    await receiver.subscribe(tenant, { eventTypes: [RELOAD], filter: 'topLevelResourceId eq "a" or spaceId eq "s2"' });
    for (const [id, spaceId] of [
      ['a', 's1'],
      ['b', 's1'],
      ['c', 's2'],
    ] as const) {
      await tenant.app(id, { spaceId });
      await tenant.reloadToEnd(id);
    }
    await delivered(2);
    expect(receiver.received.map(({ event }) => event.data.appId).sort()).to.deep.equal(['a', 'c']);
  });

  it('a webhook of level user tells of nothing that its owner may not see', async () => {
    const ann = (await tenant.call('POST', '/_sim/users', { name: 'Ann' })).body;
    await receiver.subscribe(tenant, { eventTypes: [RELOAD], level: 'user' });
    await tenant.app('hers', { ownerId: ann.id });
    await tenant.app('shared', { ownerId: ann.id, spaceId: 's' });
    for (const id of ['hers', 'shared']) {
      await tenant.call('POST', `/_sim/apps/${id}/reload`);
      await tenant.journal((entry) => entry['appId'] === id && entry['status'] === 'SUCCEEDED');
    }
    await delivered();
    expect(receiver.received.map(({ event }) => event.data.appId)).to.deep.equal(['shared']);
  });

  it('q-webhooks-crud-15: data.status filters the engine event where it is alone', async () => {
    await receiver.subscribe(tenant, { eventTypes: [ENGINE], filter: 'data.status ne "ok"' });
    await tenant.app('a', { outcomes: ['succeeded', 'failed'] });
    await tenant.reloadToEnd('a');
    await tenant.reloadToEnd('a');
    await delivered();
    expect(receiver.received.map(({ event }) => event.data.status)).to.deep.equal(['error']);
  });
});

import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { useReceiver } from '../support/use-receiver.ts';
import { useTenant } from '../support/use-tenant.ts';

const RELOAD = 'com.qlik.v1.reload.finished';

describe('sim: deliveries', () => {
  const tenant = useTenant({ clock: 'hand' });
  const receiver = useReceiver();
  const delivered = (count = 1) => tenant.journal((entry) => entry['kind'] === 'delivery', count);
  const deliveries = async (id: string, query = '') =>
    (await tenant.call('GET', `/api/core/webhooks/${id}/deliveries${query}`)).body.data;

  const answers: [number, string, string][] = [
    [200, 'success', '200 OK'],
    [202, 'success', '202 Accepted'],
    [404, 'fail', 'unexpected status 404 (404 Not Found)'],
    [503, 'fail', 'unexpected status 503 (503 Service Unavailable)'],
    [308, 'fail', 'redirects are forbidden 308 (308 Permanent Redirect)'],
  ];
  for (const [status, result, message] of answers) {
    it(`an answer ${status} is ${result}, sent once and not followed`, async () => {
      const id = await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
      receiver.answer = { status, headers: { location: `${receiver.url}/elsewhere` } };
      await tenant.app('a');
      await tenant.reload('a');
      await delivered();
      expect((await deliveries(id))[0]).to.include({ status: result, statusMessage: message });
      expect(receiver.received).to.have.length(1);
    });
  }

  it('no answer in time is a failure', async () => {
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

  it('no connection is a failure', async () => {
    const id = await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    receiver.stop();
    await tenant.app('a');
    await tenant.reload('a');
    await delivered();
    expect((await deliveries(id))[0].statusMessage).to.match(/ECONNREFUSED/);
  });

  it('a url whose scheme is in capitals is posted to by HTTPS', async () => {
    const hook = { name: 'hook', url: 'HTTPS://127.0.0.1:1/hook' };
    const { id: webhookId } = (await tenant.call('POST', '/api/core/webhooks', hook)).body;
    const { body } = await tenant.call('POST', '/_sim/deliver', { webhookId, body: '{}' });
    expect(body.statusMessage).to.match(/ECONNREFUSED/);
  });

  it('reads an answer that is compressed', async () => {
    const webhookId = await receiver.subscribe(tenant);
    receiver.answer = { status: 200, headers: { 'content-encoding': 'gzip' }, body: gzipSync('compressed') };
    const { body } = await tenant.call('POST', '/_sim/deliver', { webhookId, body: '{}' });
    expect(body.response.body).to.equal('compressed');
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
});

import { expect } from 'chai';
import { useReceiver } from '../support/use-receiver.ts';
import { useTenant } from '../support/use-tenant.ts';

const RELOAD = 'com.qlik.v1.reload.finished';

describe('sim: faults', () => {
  const tenant = useTenant();
  const receiver = useReceiver();
  const POST = 'POST /api/v1/reloads';
  const madeFor = async (appId: string) =>
    (await tenant.call('GET', `/api/v1/reloads?appId=${appId}`)).body.data.length;

  beforeEach(() => tenant.app('a'));

  it('q-errors-02: a status instead of the work, as often as told', async () => {
    await tenant.faults({ on: POST, kind: 'status', status: 503, times: 2 });
    const [one, two] = [await tenant.reload('a'), await tenant.reload('a')];
    expect([one.status, two.status]).to.deep.equal([503, 503]);
    expect(one.body.errors[0]).to.include.keys('code', 'title');
    expect(await madeFor('a')).to.equal(0);
    expect((await tenant.reload('a')).status).to.equal(201);
  });

  it('q-errors-02: a status after the work', async () => {
    await tenant.faults({ on: POST, kind: 'status-after', status: 500 });
    expect((await tenant.reload('a')).status).to.equal(500);
    expect(await madeFor('a')).to.equal(1);
  });

  it('answers body and headers as told', async () => {
    const body = { errors: [{ code: 'HTTP-429', title: 'API rate limit reached.' }] };
    await tenant.faults({ on: POST, kind: 'status', status: 429, body, headers: { 'retry-after': '7' } });
    const answer = await tenant.reload('a');
    expect([answer.status, answer.headers.get('retry-after')]).to.deep.equal([429, '7']);
    expect(answer.body).to.deep.equal(body);
  });

  it('drops the connection before the work', async () => {
    await tenant.faults({ on: POST, kind: 'drop-before' });
    expect(await tenant.reload('a').catch((error: unknown) => error)).to.be.instanceOf(TypeError);
    expect(await madeFor('a')).to.equal(0);
  });

  it('delays an answer whose work is done at once', async () => {
    await tenant.faults({ on: POST, kind: 'delay', ms: 600 });
    const answer = tenant.reload('a');
    const first = await Promise.race([
      answer.then(() => 'answer'),
      tenant.journal((each) => each['kind'] === 'reload').then(() => 'work'),
    ]);
    expect(first).to.equal('work');
    expect((await answer).status).to.equal(201);
  });

  it('hangs without an answer', async () => {
    await tenant.faults({ on: POST, kind: 'hang' });
    const failure = await fetch(`${tenant.sim.url}/api/v1/reloads`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tenant.sim.apiKey}` },
      body: '{"appId":"a"}',
      signal: AbortSignal.timeout(100),
    }).catch((error: Error) => error);
    expect(failure).to.be.instanceOf(Error).with.property('name', 'TimeoutError');
    expect(await madeFor('a')).to.equal(0);
  });

  it('concerns one app, one route or one path, where told', async () => {
    await tenant.app('b');
    await tenant.faults({ on: POST, appId: 'b', kind: 'status', status: 500 });
    expect((await tenant.reload('a')).status).to.equal(201);
    expect((await tenant.reload('b')).status).to.equal(500);
    await tenant.faults({ on: 'GET /api/v1/reloads/{id}', kind: 'status', status: 500, times: 2 });
    expect((await tenant.call('GET', '/api/v1/reloads?appId=a')).status).to.equal(200);
    expect((await tenant.call('GET', '/api/v1/reloads/x')).status).to.equal(500);
    await tenant.faults({ on: 'GET /api/v1/reloads/x', kind: 'status', status: 500 });
    expect((await tenant.call('GET', '/api/v1/reloads/y')).status).to.equal(404);
    expect((await tenant.call('GET', '/api/v1/reloads/x')).status).to.equal(500);
  });

  it('hits only callers that are known', async () => {
    await tenant.faults({ on: POST, kind: 'status', status: 500 });
    expect((await tenant.call('POST', '/api/v1/reloads', { appId: 'a' }, { key: null })).status).to.equal(401);
    expect((await tenant.reload('a')).status).to.equal(500);
  });

  it('tells what is left, and is replaced as a whole', async () => {
    await tenant.faults({ on: POST, kind: 'status', times: 2 }, { on: 'delivery', kind: 'drop' });
    await tenant.reload('a');
    const left = (await tenant.call('GET', '/_sim/faults')).body.data;
    expect(left.map((each: { on: string; times: number }) => [each.on, each.times])).to.deep.equal([
      [POST, 1],
      ['delivery', 1],
    ]);
    expect((await tenant.faults()).body.data).to.deep.equal([]);
  });

  const malformed: unknown[] = [
    { on: 'POST /api/v1/nothing', kind: 'status' },
    { on: POST, kind: 'duplicate' },
    { on: 'delivery', kind: 'status' },
    { on: POST, kind: 'status', status: 99 },
    { on: POST, kind: 'status', times: 0 },
    { on: POST, kind: 'status', often: 3 },
    { on: POST, kind: 'status', headers: { 'no header': 'x' } },
    { on: POST, kind: 'status', headers: { 'Content-Length': '5' } },
    'status',
  ];
  for (const fault of malformed) {
    it(`refuses ${JSON.stringify(fault)} and keeps the former ones`, async () => {
      await tenant.faults({ on: 'delivery', kind: 'drop' });
      expect((await tenant.faults(fault)).status).to.equal(400);
      expect((await tenant.call('GET', '/_sim/faults')).body.data).to.have.length(1);
    });
  }

  it('q-unknown-04: sends a delivery twice, with the same event id', async () => {
    await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    await tenant.faults({ on: 'delivery', kind: 'duplicate', eventType: RELOAD });
    await tenant.reload('a');
    await tenant.journal((entry) => entry['kind'] === 'delivery', 2);
    const [one, two] = receiver.received;
    expect(two?.bytes).to.deep.equal(one?.bytes);
  });

  it('q-unknown-04: loses a delivery', async () => {
    await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    await tenant.app('b');
    await tenant.faults({ on: 'delivery', kind: 'drop', appId: 'a' });
    await tenant.reloadToEnd('a');
    await tenant.reloadToEnd('b');
    await tenant.journal((entry) => entry['kind'] === 'delivery');
    expect(receiver.received.map(({ event }) => event.data.appId)).to.deep.equal(['b']);
  });

  it('q-unknown-04: delivers late, and not at all once the webhook is gone', async () => {
    const id = await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    const other = await receiver.subscribe(tenant, { eventTypes: [RELOAD], headers: { 'x-which': 'other' } });
    await tenant.faults({ on: 'delivery', kind: 'delay', ms: 500, times: 2 });
    await tenant.reloadToEnd('a');
    expect(receiver.received).to.have.length(0);
    await tenant.call('DELETE', `/api/core/webhooks/${id}`);
    await tenant.journal((entry) => entry['webhookId'] === other);
    expect(receiver.received.map(({ headers }) => headers['x-which'])).to.deep.equal(['other']);
  });

  it('q-unknown-04: does not send a late delivery once the webhook is disabled, nor spend a fault on it', async () => {
    const id = await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    await tenant.faults({ on: 'delivery', kind: 'delay', ms: 500 }, { on: 'delivery', kind: 'drop' });
    await tenant.reloadToEnd('a');
    await tenant.call('PATCH', `/api/core/webhooks/${id}`, [{ op: 'replace', path: '/enabled', value: false }]);
    await tenant.reloadToEnd('a');
    expect((await tenant.call('GET', '/_sim/faults')).body.data).to.have.length(1);
    const other = await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    await tenant.faults({ on: 'delivery', kind: 'delay', ms: 500 });
    await tenant.reloadToEnd('a');
    await tenant.journal((entry) => entry['webhookId'] === other);
    expect(receiver.received).to.have.length(1);
  });

  it('q-unknown-04: delivers out of order', async () => {
    await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    await tenant.app('b');
    await tenant.faults({ on: 'delivery', kind: 'reorder', ms: 10_000 });
    await tenant.reloadToEnd('a');
    await tenant.reloadToEnd('b');
    await tenant.journal((entry) => entry['kind'] === 'delivery', 2);
    expect(receiver.received.map(({ event }) => event.data.appId)).to.deep.equal(['b', 'a']);
  });

  it('q-unknown-04: delivers a held one after its time when no other comes', async () => {
    await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    await tenant.faults({ on: 'delivery', kind: 'reorder', ms: 20 });
    await tenant.reloadToEnd('a');
    await tenant.journal((entry) => entry['kind'] === 'delivery');
    expect(receiver.received).to.have.length(1);
  });
});

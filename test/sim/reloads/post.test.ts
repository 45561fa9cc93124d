import { expect } from 'chai';
import { useReceiver } from '../support/use-receiver.ts';
import { useTenant } from '../support/use-tenant.ts';

describe('sim: POST /api/v1/reloads', () => {
  const tenant = useTenant();
  const receiver = useReceiver();
  const variables = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`v${n}`, 'x']));

  it('q-reloads-post-01, -02, -03: answers 201 with a record in QUEUED, of type external for an API key', async () => {
    await tenant.app('a');
    const me = (await tenant.call('GET', '/api/v1/users/me')).body;
    const { status, body } = await tenant.reload('a');
    expect(status).to.equal(201);
    expect(body.status).to.equal('QUEUED');
    expect(body.id).to.match(/^[0-9a-f]{24}$/);
    expect(body.creationTime).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(body).to.include({ appId: 'a', tenantId: tenant.sim.tenantId, userId: me.id, type: 'external' });
  });

  const malformed: Record<string, unknown> = {
    'no appId': {},
    'an appId that is no string': { appId: 5 },
    'an empty appId': { appId: '' },
    'an array': [],
    'a body that is not JSON': '{"appId":',
    'partial that is no boolean': { appId: 'a', partial: 'yes' },
    '21 variables (q-reloads-post-05)': { appId: 'a', variables: variables(21) },
    'a variable with 257 characters (q-reloads-post-06)': { appId: 'a', variables: { v: 'x'.repeat(257) } },
    'a variable name with 257 characters (q-reloads-post-06)': { appId: 'a', variables: { ['n'.repeat(257)]: 'x' } },
    'a variable that is no string': { appId: 'a', variables: { v: 1 } },
    'weight 0 (q-reloads-post-07)': { appId: 'a', weight: 0 },
    'weight 11 (q-reloads-post-07)': { appId: 'a', weight: 11 },
    'weight 1.5 (q-reloads-post-07)': { appId: 'a', weight: 1.5 },
    'an unknown resourceType (q-reloads-post-09)': { appId: 'a', resourceType: 'webhook' },
    'a resourceId that is no string': { appId: 'a', resourceId: 7 },
  };
  for (const [what, body] of Object.entries(malformed)) {
    it(`q-reloads-post-04: ${what} is 400, and no reload is made`, async () => {
      await tenant.app('a');
      const answer = await tenant.call('POST', '/api/v1/reloads', body);
      expect(answer.status).to.equal(400);
      expect(answer.body.errors[0]).to.include.keys('code', 'title');
      expect((await tenant.call('GET', '/api/v1/reloads?appId=a')).body.data).to.deep.equal([]);
    });
  }

  const wellFormed: Record<string, Record<string, unknown>> = {
    'q-reloads-post-05: 20 variables': { variables: variables(20) },
    'q-reloads-post-06: a name and a value of 256 characters': { variables: { ['n'.repeat(256)]: 'x'.repeat(256) } },
    'q-reloads-post-07: weight 1': { weight: 1 },
    'q-reloads-post-07: weight 10': { weight: 10 },
    'q-reloads-post-09: resourceType api': { resourceType: 'api' },
    'q-reloads-post-09: resourceType reload-tasks': { resourceType: 'reload-tasks' },
    'q-reloads-post-09: resourceType tasks': { resourceType: 'tasks' },
    'q-reloads-post-09: resourceType automate': { resourceType: 'automate' },
  };
  for (const [what, more] of Object.entries(wellFormed)) {
    it(`${what} is 201`, async () => {
      await tenant.app('a');
      expect((await tenant.reload('a', more)).status).to.equal(201);
    });
  }

  it('q-reloads-post-07, -08: the record has the weight, 1 if there is none, and always 1 in a personal space', async () => {
    await tenant.app('shared', { spaceId: 's1' });
    await tenant.app('shared-too', { spaceId: 's1' });
    await tenant.app('personal');
    expect((await tenant.reload('shared', { weight: 10 })).body.weight).to.equal(10);
    expect((await tenant.reload('shared-too')).body.weight).to.equal(1);
    expect((await tenant.reload('personal', { weight: 5 })).body.weight).to.equal(1);
  });

  for (const [echo, inRecord, inEvent] of [
    ['both', true, true],
    ['record', true, false],
    ['none', false, false],
  ] as const) {
    it(`q-reloads-post-10, q-unknown-13: with reloads.echo ${echo}, resourceId is ${inRecord ? '' : 'not '}in the record and ${inEvent ? '' : 'not '}in the event`, async () => {
      await tenant.switches({ 'reloads.echo': echo });
      await receiver.subscribe(tenant, { eventTypes: ['com.qlik.v1.reload.finished'] });
      await tenant.app('a');
      const { body } = await tenant.reload('a', { resourceType: 'api', resourceId: 'order/ä~1' });
      const [entry] = await tenant.journal((each) => each['kind'] === 'delivery');
      expect(entry).to.include({ status: 'success' });
      const expected = { resourceType: 'api', resourceId: 'order/ä~1' };
      const record = (await tenant.call('GET', `/api/v1/reloads/${body.id}`)).body;
      if (inRecord) expect(record).to.include(expected);
      else expect(record).not.to.have.any.keys('resourceType', 'resourceId');
      if (inEvent) expect(receiver.received[0]?.event.data).to.include(expected);
      else expect(receiver.received[0]?.event.data).not.to.have.any.keys('resourceType', 'resourceId');
    });
  }

  it('q-reloads-post-11: without the reload privilege, 403 RELOADS-003', async () => {
    await tenant.app('a', { mayReload: false });
    const { status, body } = await tenant.reload('a');
    expect([status, body.errors[0].code]).to.deep.equal([403, 'RELOADS-003']);
  });

  it('q-reloads-post-12: an unknown app is 404 RELOADS-004 in the words of a real tenant', async () => {
    const { status, body } = await tenant.reload('nobody');
    expect(status).to.equal(404);
    expect(body.errors).to.deep.equal([
      {
        code: 'RELOADS-004',
        title: 'Resource not found.',
        detail: 'The resource either never existed, or may have been deleted.',
      },
    ]);
  });

  it('q-unknown-09: an unknown app is 403 by switch', async () => {
    await tenant.switches({ 'reloads.unknownApp': 403 });
    const { status, body } = await tenant.reload('nobody');
    expect([status, body.errors[0].code]).to.deep.equal([403, 'RELOADS-003']);
  });

  it('q-reloads-post-13: a second reload while one is queued is 429 RELOADS-007 without Retry-After, and the list shows one', async () => {
    await tenant.switches({ 'reloads.concurrency': 1 });
    await tenant.app('busy', { durationMs: 60_000 });
    await tenant.app('a');
    await tenant.reload('busy');
    await tenant.journal((entry) => entry['status'] === 'RELOADING');
    await tenant.reload('a');
    const { status, body, headers } = await tenant.reload('a');
    expect([status, body.errors[0].code]).to.deep.equal([429, 'RELOADS-007']);
    expect(headers.get('retry-after')).to.equal(null);
    const list = (await tenant.call('GET', '/api/v1/reloads?appId=a')).body.data;
    expect(list.map((each: { status: string }) => each.status)).to.deep.equal(['QUEUED']);
  });

  it('q-unknown-07: a running reload counts as pending, unless the switch says queued only', async () => {
    await tenant.app('a', { durationMs: 60_000 });
    await tenant.reload('a');
    await tenant.journal((entry) => entry['status'] === 'RELOADING');
    expect((await tenant.reload('a')).status).to.equal(429);
    await tenant.switches({ 'reloads.pendingCovers': 'queued' });
    expect((await tenant.reload('a')).status).to.equal(201);
  });

  it('q-unknown-08: the 429 for a pending reload has Retry-After by switch', async () => {
    await tenant.switches({ 'reloads.pendingRetryAfter': 30 });
    await tenant.app('a', { durationMs: 60_000 });
    await tenant.reload('a');
    expect((await tenant.reload('a')).headers.get('retry-after')).to.equal('30');
  });

  it('q-reloads-post-14, q-unknown-10: with the frequency quota used up, 403 RELOADS-013', async () => {
    await tenant.switches({ 'reloads.frequencyQuota': 1 });
    await tenant.app('a');
    await tenant.app('b');
    await tenant.reloadToEnd('a');
    const { status, body } = await tenant.reload('a');
    expect([status, body.errors[0].code]).to.deep.equal([403, 'RELOADS-013']);
    expect((await tenant.reload('b')).status).to.equal(201);
  });

  it('q-reloads-post-15: the same body again after the end is a new reload', async () => {
    await tenant.app('a');
    const first = await tenant.reloadToEnd('a', { resourceId: 'same' });
    const { status, body } = await tenant.reload('a', { resourceId: 'same' });
    expect(status).to.equal(201);
    expect(body.id).not.to.equal(first);
  });

  it('q-reloads-post-16: when the answer is lost after the request was accepted, the reload runs all the same', async () => {
    await tenant.app('a');
    await tenant.faults({ on: 'POST /api/v1/reloads', kind: 'drop-after', times: 1 });
    const failure = await tenant.reload('a').catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(TypeError);
    await tenant.journal((entry) => entry['kind'] === 'reload' && entry['status'] === 'SUCCEEDED');
    expect((await tenant.call('GET', '/api/v1/reloads?appId=a')).body.data).to.have.length(1);
  });
});

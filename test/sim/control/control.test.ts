import { expect } from 'chai';
import { useReceiver } from '../support/use-receiver.ts';
import { useTenant } from '../support/use-tenant.ts';

describe('sim: the control interface', () => {
  const tenant = useTenant();
  const receiver = useReceiver();

  it('takes one app or several, and replaces the settings of a known one', async () => {
    await tenant.call('POST', '/_sim/apps', { id: 'a', name: 'First', outcomes: ['failed'] });
    const two = [
      { id: 'a', name: 'Second' },
      { id: 'b', name: 'Other', spaceId: 's' },
    ];
    expect((await tenant.call('POST', '/_sim/apps', two)).status).to.equal(201);
    const { data } = (await tenant.call('GET', '/_sim/apps')).body;
    expect(data.map((app: { id: string; name: string }) => [app.id, app.name])).to.deep.equal([
      ['a', 'Second'],
      ['b', 'Other'],
    ]);
    await tenant.reload('a');
    await tenant.journal((entry) => entry['kind'] === 'reload' && entry['status'] === 'SUCCEEDED');
  });

  it('starts the outcomes of an app anew when its settings are replaced', async () => {
    const ends: string[] = [];
    for (const round of [1, 2]) {
      await tenant.app('a', { outcomes: ['failed', 'succeeded'], durationMs: round });
      const id = await tenant.reloadToEnd('a');
      ends.push((await tenant.call('GET', `/api/v1/reloads/${id}`)).body.status);
    }
    expect(ends).to.deep.equal(['FAILED', 'FAILED']);
  });

  it('uses each outcome once, and the last one for ever', async () => {
    await tenant.app('a', { outcomes: ['failed', 'succeeded'] });
    const ends: string[] = [];
    for (let round = 1; round <= 3; round += 1) {
      const id = await tenant.reloadToEnd('a');
      ends.push((await tenant.call('GET', `/api/v1/reloads/${id}`)).body.status);
    }
    expect(ends).to.deep.equal(['FAILED', 'SUCCEEDED', 'SUCCEEDED']);
  });

  for (const app of [
    { id: 'a' },
    { name: 'A' },
    { id: 'a/b', name: 'A' },
    { id: 'a', name: 'A', durationMs: -1 },
    { id: 'a', name: 'A', durationMs: [2, 1] },
    { id: 'a', name: 'A', durationMs: [1, 2, 3] },
    { id: 'a', name: 'A', engineAttempts: 0 },
    { id: 'a', name: 'A', usage: 'FUN' },
    { id: 'a', name: 'A', isSessionApp: 'no' },
    { id: 'a', name: 'A', outcomes: [] },
    { id: 'a', name: 'A', outcomes: ['exploded'] },
    { id: 'a', name: 'A', mayReload: 'no' },
    { id: 'a', name: 'A', color: 'red' },
  ]) {
    it(`refuses the app ${JSON.stringify(app)}, and none of those beside it is made`, async () => {
      expect((await tenant.call('POST', '/_sim/apps', [{ id: 'z', name: 'Z' }, app])).status).to.equal(400);
      expect((await tenant.call('GET', '/_sim/apps')).body.data).to.deep.equal([]);
    });
  }

  it('takes outcomes that come before those of the app', async () => {
    await tenant.app('a', { outcomes: ['succeeded'] });
    const next = await tenant.call('PUT', '/_sim/apps/a/next-outcomes', ['failed', 'canceled']);
    expect([next.status, next.body]).to.deep.equal([200, { data: ['failed', 'canceled'] }]);
    const ends: string[] = [];
    for (let round = 1; round <= 3; round += 1) {
      const id = await tenant.reloadToEnd('a');
      ends.push((await tenant.call('GET', `/api/v1/reloads/${id}`)).body.status);
    }
    expect(ends).to.deep.equal(['FAILED', 'CANCELED', 'SUCCEEDED']);
    expect((await tenant.call('PUT', '/_sim/apps/a/next-outcomes', [])).status).to.equal(200);
    expect((await tenant.call('PUT', '/_sim/apps/a/next-outcomes', ['exploded'])).status).to.equal(400);
    expect((await tenant.call('PUT', '/_sim/apps/nobody/next-outcomes', [])).status).to.equal(404);
  });

  it('starts a reload later, unless the app has one then', async () => {
    const later = { type: 'chronos', afterMs: 3_600_000 };
    await tenant.app('a', { durationMs: 60_000 });
    for (const _ of [1, 2]) {
      const answer = await tenant.call('POST', '/_sim/apps/a/reload', later);
      expect([answer.status, typeof answer.body.startsAt]).to.deep.equal([202, 'number']);
    }
    expect((await tenant.call('GET', '/_sim/journal')).body.data).to.deep.equal([]);
    await tenant.advance(3_601_000);
    const made = (await tenant.call('GET', '/api/v1/reloads?appId=a')).body.data;
    expect(made.map(({ type, status }: Record<string, string>) => `${type} ${status}`)).to.deep.equal([
      'chronos RELOADING',
    ]);
    expect((await tenant.call('POST', '/_sim/apps/a/reload', { afterMs: -1 })).status).to.equal(400);
  });

  it('takes a schedule as a whole, or not at all', async () => {
    await tenant.app('a', { durationMs: 1000 });
    const good = { appId: 'a', afterMs: 60_000 };
    for (const bad of [{ appId: 'nobody', afterMs: 1 }, { appId: 'a' }, { ...good, type: 'magic' }, 'a']) {
      expect((await tenant.call('POST', '/_sim/schedule', [good, bad])).status).to.be.oneOf([400, 404]);
    }
    expect((await tenant.call('POST', '/_sim/schedule', good)).status).to.equal(400);
    const planned = await tenant.call('POST', '/_sim/schedule', [good, { ...good, type: 'hub', afterMs: 120_000 }]);
    expect([planned.status, planned.body]).to.deep.equal([202, { data: 2 }]);
    await tenant.advance(180_000);
    const made = (await tenant.call('GET', '/api/v1/reloads?appId=a&sort=creationTime')).body.data;
    expect(made.map(({ type }: { type: string }) => type)).to.deep.equal(['chronos', 'hub']);
  });

  it('starts a reload by hand, or as something else, also where the key may not', async () => {
    await tenant.app('a', { mayReload: false });
    const byHand = await tenant.call('POST', '/_sim/apps/a/reload');
    expect([byHand.status, byHand.body.type]).to.deep.equal([201, 'hub']);
    await tenant.journal((entry) => entry['status'] === 'SUCCEEDED');
    const bySchedule = await tenant.call('POST', '/_sim/apps/a/reload', { type: 'chronos' });
    expect(bySchedule.body.type).to.equal('chronos');
    expect((await tenant.call('POST', '/_sim/apps/a/reload', { type: 'magic' })).status).to.equal(400);
    expect((await tenant.call('POST', '/_sim/apps/nobody/reload')).status).to.equal(404);
  });

  it('merges switches, all or none, and names what it does not know', async () => {
    const before = (await tenant.call('GET', '/_sim/switches')).body;
    expect(before).to.include({
      'reloads.echo': 'both',
      'reloads.pendingCovers': 'active',
      'reloads.unknownApp': 404,
      'reloads.listLagMs': 0,
      'reloads.frequencyQuota': 'off',
      'delivery.form': 'cloudevents',
      'delivery.contentType': 'application/json',
      'api.latencyMs': 0,
    });
    const refused = await tenant.switches({ 'reloads.echo': 'none', 'reloads.ecko': 'none' });
    expect(refused.status).to.equal(400);
    expect(refused.body.errors[0].detail).to.contain('reloads.ecko');
    expect((await tenant.switches({ 'reloads.echo': 'loud' })).status).to.equal(400);
    expect((await tenant.call('GET', '/_sim/switches')).body).to.deep.equal(before);
    expect((await tenant.switches({ 'reloads.echo': 'none' })).body).to.deep.equal({
      ...before,
      'reloads.echo': 'none',
    });
  });

  it('journals calls, states and deliveries in their order, numbered from 1', async () => {
    await receiver.subscribe(tenant, { eventTypes: ['com.qlik.v1.reload.finished'] });
    await tenant.app('a', { name: 'Sales' });
    const { body } = await tenant.reload('a', { resourceId: 'r' });
    await tenant.journal((entry) => entry['kind'] === 'delivery');
    const { data, last } = (await tenant.call('GET', '/_sim/journal')).body;
    expect(data.map((entry: { seq: number }) => entry.seq)).to.deep.equal([1, 2, 3, 4, 5, 6]);
    expect(last).to.equal(6);
    const kinds = data.map((entry: { kind: string; status: unknown }) => `${entry.kind} ${entry.status}`);
    expect(kinds[0]).to.equal('request 201');
    expect(kinds.filter((kind: string) => kind.startsWith('reload'))).to.deep.equal([
      'reload QUEUED',
      'reload RELOADING',
      'reload SUCCEEDED',
    ]);
    const me = (await tenant.call('GET', '/api/v1/users/me')).body;
    const request = data.find((entry: { path: string }) => entry.path === '/api/v1/reloads');
    expect(request).to.deep.include({
      method: 'POST',
      status: 201,
      user: me.id,
      appId: 'a',
      body: { appId: 'a', resourceId: 'r' },
    });
    expect(request.answeredAt >= request.receivedAt).to.equal(true);
    const state = data.find((entry: { kind: string }) => entry.kind === 'reload');
    expect(state).to.include({ id: body.id, appId: 'a', appName: 'Sales', type: 'external', resourceId: 'r' });
    const delivery = data.find((entry: { kind: string }) => entry.kind === 'delivery');
    expect(delivery).to.include({
      eventType: 'com.qlik.v1.reload.finished',
      status: 'success',
      statusCode: 200,
      body: 'fine',
    });
  });

  it('journals a call whose answer was dropped without status', async () => {
    await tenant.app('a');
    await tenant.faults({ on: 'POST /api/v1/reloads', kind: 'drop-after' });
    await tenant.reload('a').catch(() => undefined);
    const [entry] = await tenant.journal((each) => each['path'] === '/api/v1/reloads');
    expect(entry).not.to.have.any.keys('status', 'answeredAt');
  });

  it('lets a reader wait for what comes next, and answers nothing when nothing came', async () => {
    const { last } = (await tenant.call('GET', '/_sim/journal')).body;
    const none = await tenant.call('GET', `/_sim/journal?after=${last}&waitMs=20`);
    expect(none.body).to.deep.equal({ data: [], last });
    const waiting = tenant.call('GET', `/_sim/journal?after=${last}&waitMs=10000`);
    await tenant.call('GET', '/api/v1/users/me');
    expect((await waiting).body.data[0]).to.include({ seq: last + 1, path: '/api/v1/users/me' });
    expect((await tenant.call('GET', '/_sim/journal?after=x')).status).to.equal(400);
  });

  it('delivers to a webhook that exists only', async () => {
    expect((await tenant.call('POST', '/_sim/deliver', { webhookId: 'nobody', body: 'x' })).status).to.equal(404);
    const webhookId = await receiver.subscribe(tenant);
    expect((await tenant.call('POST', '/_sim/deliver', { webhookId, body: {} })).status).to.equal(400);
  });
});

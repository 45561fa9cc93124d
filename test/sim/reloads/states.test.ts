import { expect } from 'chai';
import { useTenant } from '../support/use-tenant.ts';

describe('sim: the states of a reload', () => {
  const tenant = useTenant();
  const get = async (id: string) => (await tenant.call('GET', `/api/v1/reloads/${id}`)).body;
  const cancel = (id: string) => tenant.call('POST', `/api/v1/reloads/${id}/actions/cancel`);
  const running = (id: string) => tenant.journal((each) => each['id'] === id && each['status'] === 'RELOADING');
  const ended = (id: string, status: string) =>
    tenant.journal((each) => each['id'] === id && each['status'] === status);
  const statesOf = async (id: string) => {
    const { body } = await tenant.call('GET', '/_sim/journal');
    const entries: { kind: string; id: string; status: string }[] = body.data;
    return entries.filter((each) => each.kind === 'reload' && each.id === id).map((each) => each.status);
  };

  const roads: Record<string, string[]> = {
    succeeded: ['QUEUED', 'RELOADING', 'SUCCEEDED'],
    failed: ['QUEUED', 'RELOADING', 'FAILED'],
    'exceeded-limit': ['QUEUED', 'RELOADING', 'EXCEEDED_LIMIT'],
    canceled: ['QUEUED', 'RELOADING', 'CANCELING', 'CANCELED'],
  };
  for (const [outcome, road] of Object.entries(roads)) {
    it(`q-states-01: a reload that is to end as ${outcome} goes ${road.join(' → ')}`, async () => {
      await tenant.app('a', { outcomes: [outcome] });
      const id = await tenant.reloadToEnd('a');
      expect(await statesOf(id)).to.deep.equal(road);
    });
  }

  it('q-states-02: with room for two, a third stays QUEUED until one ends', async () => {
    await tenant.switches({ 'reloads.concurrency': 2 });
    await tenant.app('a', { durationMs: 60_000 });
    await tenant.app('b', { durationMs: 60_000 });
    await tenant.app('c');
    const [a, b, c] = [await tenant.reload('a'), await tenant.reload('b'), await tenant.reload('c')];
    await running(a.body.id);
    await running(b.body.id);
    expect((await get(c.body.id)).status).to.equal('QUEUED');
    await cancel(a.body.id);
    await ended(c.body.id, 'SUCCEEDED');
  });

  it('q-states-03: the greater weight starts first, of equal ones the older', async () => {
    await tenant.switches({ 'reloads.concurrency': 1 });
    await tenant.app('first', { durationMs: 60_000 });
    for (const id of ['light', 'heavy', 'heavy-too']) await tenant.app(id, { spaceId: 's' });
    const first = await tenant.reload('first');
    await running(first.body.id);
    await tenant.reload('light', { weight: 1 });
    await tenant.reload('heavy', { weight: 9 });
    await tenant.reload('heavy-too', { weight: 9 });
    await cancel(first.body.id);
    const starts = await tenant.journal((each) => each['status'] === 'RELOADING', 4);
    expect(starts.map((each) => each['appId'])).to.deep.equal(['first', 'heavy', 'heavy-too', 'light']);
  });

  it('q-reloads-get-01: one reload is the record that the list has', async () => {
    await tenant.app('a', { outcomes: ['failed'] });
    const id = await tenant.reloadToEnd('a');
    const list = await tenant.call('GET', '/api/v1/reloads?appId=a');
    expect(list.body.data).to.deep.equal([await get(id)]);
  });

  it('q-reloads-get-02: an unknown id is 404', async () => {
    const { status, body } = await tenant.call('GET', '/api/v1/reloads/000000000000000000000000');
    expect(status).to.equal(404);
    expect(body.errors).to.have.length(1);
  });

  it('q-reloads-get-03: has startTime once it runs, and endTime once it ended, in this order', async () => {
    await tenant.switches({ 'reloads.concurrency': 1 });
    await tenant.app('a', { durationMs: 60_000 });
    await tenant.app('b');
    const first = (await tenant.reload('a')).body.id;
    const second = (await tenant.reload('b')).body.id;
    await running(first);
    expect(await get(second)).not.to.have.any.keys('startTime', 'endTime');
    expect(await get(first)).to.have.property('startTime');
    expect(await get(first)).not.to.have.property('endTime');
    await cancel(first);
    await ended(second, 'SUCCEEDED');
    const { creationTime, startTime, endTime } = await get(second);
    expect(startTime >= creationTime && endTime >= startTime).to.equal(true);
  });

  it('q-reloads-get-04, q-events-04: a load in the editor has no record', async () => {
    await tenant.app('a');
    const { status, body } = await tenant.call('POST', '/_sim/apps/a/editor-load');
    expect(status).to.equal(202);
    expect((await tenant.call('GET', `/api/v1/reloads/${body.reloadId}`)).status).to.equal(404);
  });

  it('q-cancel-01: a reload that waits is canceled at once, with 204 and no body', async () => {
    await tenant.switches({ 'reloads.concurrency': 1 });
    await tenant.app('a', { durationMs: 60_000 });
    await tenant.app('b');
    await running((await tenant.reload('a')).body.id);
    const { id } = (await tenant.reload('b')).body;
    const { status, body } = await cancel(id);
    expect([status, body]).to.deep.equal([204, '']);
    expect((await get(id)).status).to.equal('CANCELED');
    expect(await statesOf(id)).to.deep.equal(['QUEUED', 'CANCELING', 'CANCELED']);
  });

  it('q-cancel-02: a reload that runs answers 202 CANCELING, and is CANCELED later', async () => {
    await tenant.app('a', { durationMs: 60_000 });
    const { id } = (await tenant.reload('a')).body;
    await running(id);
    const { status, body } = await cancel(id);
    expect([status, body]).to.deep.equal([202, { status: 'CANCELING' }]);
    await ended(id, 'CANCELED');
    expect((await get(id)).status).to.equal('CANCELED');
  });

  it('q-states-01: a canceled reload stays canceled when the time comes at which it would have ended', async () => {
    await tenant.app('a', { durationMs: 400 });
    await tenant.app('longer', { durationMs: 500 });
    const { id } = (await tenant.reload('a')).body;
    await running(id);
    await cancel(id);
    await tenant.reloadToEnd('longer');
    expect((await get(id)).status).to.equal('CANCELED');
    expect(await statesOf(id)).to.deep.equal(['QUEUED', 'RELOADING', 'CANCELING', 'CANCELED']);
  });

  it('q-cancel-03: a reload that has ended is 409, and does not change', async () => {
    await tenant.app('a');
    const id = await tenant.reloadToEnd('a');
    const before = await get(id);
    const { status, body } = await cancel(id);
    expect(status).to.equal(409);
    expect(body.errors[0]).to.include.keys('code', 'title');
    expect(await get(id)).to.deep.equal(before);
  });

  it('q-cancel-04: an unknown id is 404; without the right to it, 403', async () => {
    expect((await cancel('000000000000000000000000')).status).to.equal(404);
    await tenant.app('a', { durationMs: 60_000 });
    const { id } = (await tenant.reload('a')).body;
    await tenant.app('a', { mayReload: false });
    expect((await cancel(id)).status).to.equal(403);
  });
});

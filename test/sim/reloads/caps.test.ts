import { expect } from 'chai';
import { useReceiver } from '../support/use-receiver.ts';
import { useTenant } from '../support/use-tenant.ts';

const HOUR = 3_600_000;
const ENGINE = 'com.qlik.v1.app.reload.finished';

describe('sim: how long a reload may wait and run', () => {
  const tenant = useTenant({ clock: 'hand' });
  const receiver = useReceiver();
  const get = async (id: string) => (await tenant.call('GET', `/api/v1/reloads/${id}`)).body;
  const sent = () => receiver.received.map(({ event }) => event);

  /** Posts a reload that waits behind another, which would run for 20 hours. */
  async function waiting(): Promise<string> {
    await tenant.switches({ 'reloads.concurrency': 1 });
    await tenant.app('busy', { durationMs: 20 * HOUR });
    await tenant.app('a', { durationMs: 1000 });
    await tenant.call('POST', '/_sim/apps/busy/reload');
    await tenant.advance(0);
    // The running reload ends after 3 hours; then three others run.
    for (const id of ['b', 'c', 'd']) {
      await tenant.app(id, { durationMs: 20 * HOUR, spaceId: 's' });
      await tenant.reload(id, { weight: 9 });
    }
    return (await tenant.reload('a')).body.id;
  }

  it('q-states-04, q-unknown-12: one that waited 6 hours fails, without having run', async () => {
    const id = await waiting();
    await receiver.subscribe(tenant, { filter: 'topLevelResourceId eq "a"' });
    await tenant.advance(6 * HOUR - 1);
    expect((await get(id)).status).to.equal('QUEUED');
    await tenant.advance(1);
    const record = await get(id);
    expect(record).to.include({ status: 'FAILED', endTime: '2026-11-21T13:00:00.000Z' });
    expect(record.errorMessage).to.contain('6 hours');
    expect(record).not.to.have.property('startTime');
    expect(sent().map(({ type, data }) => [type, data.status, data.succeeded])).to.deep.equal([
      ['com.qlik.v1.reload.finished', 'FAILED', false],
    ]);
    await tenant.advance(24 * HOUR);
    expect((await get(id)).status).to.equal('FAILED');
  });

  it('q-unknown-12: by switch it ends as EXCEEDED_LIMIT', async () => {
    await tenant.switches({ 'reloads.queueCapStatus': 'EXCEEDED_LIMIT' });
    const id = await waiting();
    await tenant.advance(6 * HOUR);
    expect((await get(id)).status).to.equal('EXCEEDED_LIMIT');
  });

  it('q-states-05, q-unknown-11: one that ran 3 hours ends as EXCEEDED_LIMIT, and its attempt is an error', async () => {
    await receiver.subscribe(tenant);
    await tenant.app('a', { durationMs: 20 * HOUR });
    const { id } = (await tenant.reload('a')).body;
    await tenant.advance(3 * HOUR - 1);
    expect((await get(id)).status).to.equal('RELOADING');
    await tenant.advance(1);
    expect(await get(id)).to.include({ status: 'EXCEEDED_LIMIT', endTime: '2026-11-21T10:00:00.000Z' });
    expect(sent().map(({ data }) => data.status)).to.deep.equal(['error', 'EXCEEDED_LIMIT']);
  });

  it('q-unknown-11: by switch it fails', async () => {
    await tenant.switches({ 'reloads.runCapStatus': 'FAILED' });
    await tenant.app('a', { durationMs: 20 * HOUR });
    const { id } = (await tenant.reload('a')).body;
    await tenant.advance(3 * HOUR);
    expect(await get(id)).to.include({ status: 'FAILED' });
  });

  it('q-states-05: the time in the queue does not count', async () => {
    await tenant.switches({ 'reloads.concurrency': 1 });
    await tenant.app('first', { durationMs: 2 * HOUR });
    await tenant.app('second', { durationMs: 2 * HOUR });
    await tenant.reload('first');
    const { id } = (await tenant.reload('second')).body;
    await tenant.advance(4 * HOUR);
    expect(await get(id)).to.include({ status: 'SUCCEEDED', startTime: '2026-11-21T09:00:00.000Z' });
  });

  it('q-events-03: an attempt that fails and is repeated with success: error, ok, and a single SUCCEEDED', async () => {
    await receiver.subscribe(tenant);
    await tenant.app('a', { durationMs: 60_000, engineAttempts: 2 });
    const { id } = (await tenant.reload('a')).body;
    await tenant.advance(60_000);
    expect((await get(id)).status).to.equal('RELOADING');
    expect(sent().map(({ data }) => data.status)).to.deep.equal(['error']);
    await tenant.advance(60_000);
    expect(sent().map(({ data }) => data.status)).to.deep.equal(['error', 'ok', 'SUCCEEDED']);
    const attempts = sent().filter(({ type }) => type === ENGINE);
    expect(attempts.map(({ data }) => [data.reloadId, data.duration, data.endTime])).to.deep.equal([
      [id, 60_000, '2026-11-21T07:01:00Z'],
      [id, 60_000, '2026-11-21T07:02:00Z'],
    ]);
    expect(sent()[2].data).to.include({ id, succeeded: true, durationSeconds: 120 });
  });

  it('q-events-03: an attempt that fails again: error, error, FAILED', async () => {
    await receiver.subscribe(tenant);
    await tenant.app('a', { engineAttempts: 2, outcomes: ['failed'] });
    await tenant.reload('a');
    await tenant.advance(0);
    expect(sent().map(({ data }) => data.status)).to.deep.equal(['error', 'error', 'FAILED']);
  });

  it('q-events-06: by switch the record shows the end late', async () => {
    await tenant.switches({ 'reloads.recordLagMs': 5000 });
    await tenant.app('a', { durationMs: 60_000 });
    const { id } = (await tenant.reload('a')).body;
    expect((await get(id)).status).to.equal('QUEUED');
    await tenant.advance(64_999);
    expect(await get(id))
      .to.include({ status: 'RELOADING' })
      .and.not.have.property('endTime');
    await tenant.advance(1);
    expect((await get(id)).status).to.equal('SUCCEEDED');
  });

  it('draws how long an attempt takes, from the least to the greatest', async () => {
    await tenant.app('a', { durationMs: [1000, 3000] });
    const durations = new Set<number>();
    for (let round = 1; round <= 10; round += 1) {
      const { id } = (await tenant.reload('a')).body;
      await tenant.advance(3000);
      const { startTime, endTime } = await get(id);
      durations.add(Date.parse(endTime) - Date.parse(startTime));
    }
    for (const duration of durations) expect(duration).to.be.within(1000, 3000);
    expect(durations.size).to.be.above(5);
  });

  it('q-events-05: a reload that fails says what its app says', async () => {
    await receiver.subscribe(tenant, { eventTypes: ['com.qlik.v1.reload.finished'] });
    await tenant.app('a', { outcomes: ['failed'], errorMessage: 'Tabelle „Umsätze“ fehlt 🎉' });
    const { id } = (await tenant.reload('a')).body;
    await tenant.advance(0);
    const error = { errorCode: 'EngineConnectionError', errorMessage: 'Tabelle „Umsätze“ fehlt 🎉' };
    expect(await get(id)).to.include(error);
    expect(sent()[0].data).to.include(error);
  });

  it('q-events-07, -08: session apps, loads that store nothing and script apps are marked in their events', async () => {
    await receiver.subscribe(tenant);
    await tenant.app('a', { isSessionApp: true, isSkipStore: true, usage: 'DATA_PREPARATION' });
    await tenant.call('POST', '/_sim/apps/a/editor-load');
    await tenant.reload('a');
    await tenant.advance(0);
    const [editor, engine, reload] = sent();
    for (const { data } of [editor, engine]) {
      expect(data).to.include({ isSessionApp: true, isSkipStore: true, usage: 'DATA_PREPARATION' });
    }
    expect(reload.data.appUsage).to.equal('DATA_PREPARATION');
    expect((await tenant.call('GET', '/api/v1/apps/a')).body.attributes.usage).to.equal('DATA_PREPARATION');
  });

  it('q-envelopes-04: by switch the event of the outcome has no status', async () => {
    await tenant.switches({ 'events.status': 'absent' });
    await receiver.subscribe(tenant, { eventTypes: ['com.qlik.v1.reload.finished'] });
    await tenant.app('a');
    await tenant.reload('a');
    await tenant.advance(0);
    expect(sent()[0].data).to.include({ succeeded: true }).and.not.have.property('status');
  });
});

import { expect } from 'chai';
import { startClock } from '../../../sim/clock.ts';
import { TenantInTest, useTenant } from '../support/use-tenant.ts';

const HOUR = 3_600_000;

describe('sim: the clock', () => {
  describe('that goes on where it was saved an hour ago', () => {
    const from = () => ({ now: 1_000_000, machineNow: Date.now() - HOUR });

    it('stands until it is released; then it does what was due meanwhile, each at its time, and has caught up', () => {
      const clock = startClock('real', { from: from(), isHeld: true });
      const done: number[] = [];
      clock.after(2000, () => done.push(clock.now()));
      clock.after(1000, () => clock.after(500, () => done.push(clock.now())));
      expect(clock.now()).to.equal(1_000_000);
      expect(done).to.deep.equal([]);
      clock.release();
      expect(done).to.deep.equal([1_001_500, 1_002_000]);
      expect(clock.now()).to.be.at.least(1_000_000 + HOUR);
      clock.close();
    });

    it('stood meanwhile at any other pace', () => {
      const clock = startClock(2, { from: from() });
      expect(clock.now()).to.be.below(1_000_000 + HOUR);
      clock.close();
    });
  });

  describe('moved by hand', () => {
    const tenant = useTenant({ clock: 'hand' });
    const clock = async () => (await tenant.call('GET', '/_sim/clock')).body;
    const statusOf = async (id: string) => (await tenant.call('GET', `/api/v1/reloads/${id}`)).body.status;

    it('begins on 2026-11-21 at 07:00 UTC and stands still', async () => {
      const expected = { now: 1_795_244_400_000, time: '2026-11-21T07:00:00.000Z', pace: 'hand' };
      expect(await clock()).to.deep.equal(expected);
      expect(await clock()).to.deep.equal(expected);
    });

    it('does nothing by itself, and all that is due when it is moved', async () => {
      await tenant.app('a', { durationMs: 1000 });
      const { id } = (await tenant.reload('a')).body;
      expect(await statusOf(id)).to.equal('QUEUED');
      await tenant.advance(0);
      expect(await statusOf(id)).to.equal('RELOADING');
      await tenant.advance(999);
      expect(await statusOf(id)).to.equal('RELOADING');
      await tenant.advance(1);
      expect(await statusOf(id)).to.equal('SUCCEEDED');
    });

    it('does in order, and each at its time, what becomes due on the way, also what becomes due meanwhile', async () => {
      await tenant.switches({ 'reloads.concurrency': 1 });
      await tenant.app('a', { durationMs: 2 * HOUR });
      await tenant.app('b', { durationMs: HOUR });
      await tenant.reload('a');
      await tenant.call('POST', '/_sim/apps/b/reload', { type: 'chronos', afterMs: HOUR });
      const { body } = await tenant.advance(10 * HOUR);
      expect(body.time).to.equal('2026-11-21T17:00:00.000Z');
      const states = (await tenant.journal((entry) => entry['kind'] === 'reload')).map(
        ({ at, appId, status }) => `${new Date(Number(at)).toISOString().slice(11, 16)} ${appId} ${status}`,
      );
      expect(states).to.deep.equal([
        '07:00 a QUEUED',
        '07:00 a RELOADING',
        '08:00 b QUEUED',
        '09:00 a SUCCEEDED',
        '09:00 b RELOADING',
        '10:00 b SUCCEEDED',
      ]);
    });

    it('serves moves that come at the same time one after the other', async () => {
      const moves = await Promise.all([tenant.advance(HOUR), tenant.advance(HOUR), tenant.advance(HOUR)]);
      expect(moves.map(({ body }) => body.time.slice(11, 16)).sort()).to.deep.equal(['08:00', '09:00', '10:00']);
    });

    for (const body of [{}, { advanceMs: -1 }, { advanceMs: 0.5 }, { advanceMs: '1' }, { advanceMs: 4e11 }]) {
      it(`refuses to be moved by ${JSON.stringify(body)}`, async () => {
        expect((await tenant.call('POST', '/_sim/clock', body)).status).to.equal(400);
        expect((await clock()).time).to.equal('2026-11-21T07:00:00.000Z');
      });
    }
  });

  it('runs so many times as fast as the machine’s, and keeps to the planned times', async () => {
    const tenant = new TenantInTest({ clock: 36_000 });
    await tenant.start();
    try {
      await tenant.app('a', { durationMs: 2 * HOUR });
      const id = await tenant.reloadToEnd('a');
      const { startTime, endTime } = (await tenant.call('GET', `/api/v1/reloads/${id}`)).body;
      expect(Date.parse(endTime) - Date.parse(startTime)).to.be.within(2 * HOUR, 3 * HOUR);
    } finally {
      await tenant.sim.close();
    }
  });

  it('can be moved on also where it goes by itself', async () => {
    const tenant = new TenantInTest({});
    await tenant.start();
    try {
      await tenant.app('a', { durationMs: 2 * HOUR });
      const { id } = (await tenant.reload('a')).body;
      await tenant.advance(2 * HOUR);
      expect((await tenant.call('GET', `/api/v1/reloads/${id}`)).body.status).to.equal('SUCCEEDED');
      await tenant.app('b', { durationMs: 1 });
      await tenant.reloadToEnd('b');
    } finally {
      await tenant.sim.close();
    }
  });
});

import { expect } from 'chai';
import { Alarm } from '../../../../local/host/alarms/alarm.ts';
import type { AlarmConfig } from '../../../../local/host/alarms/alarm-config.ts';
import { fakeClock } from '../support/fake-clock.ts';

const START = Date.parse('2026-03-01T12:00:10Z');
const MINUTE = 60_000;
const payload = {};
const interval: AlarmConfig = { feed: 'interval', payload, minutes: 5, startDate: START + 30_000 };
const cron = (pattern: string, more: object = {}): AlarmConfig =>
  ({ feed: 'alarm', payload, cron: pattern, timezone: 'UTC', ...more }) as AlarmConfig;

/** Starts an alarm on a clock of its own. The host answers its fires with `answers`, and then with 202. */
function start(config: AlarmConfig, answers: number[] = []) {
  const clock = fakeClock(START);
  const fires: string[] = [];
  const removed: string[] = [];
  const alarm = new Alarm(config, {
    now: clock.now,
    later: clock.later,
    fire: () => {
      fires.push(new Date(clock.now()).toISOString().slice(11, 19));
      return answers.shift() ?? 202;
    },
    remove: (what) => removed.push(what),
  });
  return { clock, fires, removed, alarm };
}

describe('an alarm', () => {
  it('fires an interval at its start date, and then every so many minutes', () => {
    const { clock, fires } = start(interval);
    clock.pass(11 * MINUTE);
    expect(fires).to.deep.equal(['12:00:40', '12:05:40', '12:10:40']);
  });

  it('fires by five fields, and by six with seconds', () => {
    const five = start(cron('*/2 * * * *'));
    five.clock.pass(4 * MINUTE);
    expect(five.fires).to.deep.equal(['12:02:00', '12:04:00']);
    const six = start(cron('*/20 * * * * *'));
    six.clock.pass(MINUTE);
    expect(six.fires).to.deep.equal(['12:00:20', '12:00:40', '12:01:00']);
  });

  it('reads a cron in its time zone, on both sides of the change to summer time', () => {
    // Berlin has 08:00 at 07:00 UTC until 29 March 2026, and at 06:00 UTC from then on.
    const { clock, fires } = start(cron('0 8 * * *', { timezone: 'Europe/Berlin' }));
    clock.pass(24 * 60 * MINUTE);
    expect(fires).to.deep.equal(['07:00:00']);
    clock.pass(28 * 24 * 60 * MINUTE);
    expect(fires.at(-1)).to.equal('06:00:00');
  });

  it('does not fire before its start date, nor after its stop date, and is off then', () => {
    const dates = { startDate: Date.parse('2026-03-01T12:03:00Z'), stopDate: Date.parse('2026-03-01T12:05:30Z') };
    const { clock, fires, alarm } = start(cron('* * * * *', dates));
    clock.pass(30 * MINUTE);
    expect(fires).to.deep.equal(['12:03:00', '12:04:00', '12:05:00']);
    expect(alarm.status).to.deep.include({ active: false });
    expect(alarm.status.reason?.message).to.equal('Automatically disabled after firing last scheduled cron trigger');
  });

  it('waits for a date that is further away than a timer can be', () => {
    const days = 40;
    const { clock, fires } = start({
      feed: 'once',
      payload,
      date: START + days * 86_400_000,
      deleteAfterFire: 'false',
    });
    clock.pass(days * 86_400_000 - 1);
    expect(fires).to.have.lengthOf(0);
    clock.pass(1);
    expect(fires).to.have.lengthOf(1);
  });

  for (const [deleteAfterFire, expected] of [
    ['false', []],
    ['true', ['trigger']],
    ['rules', ['rules']],
  ] as const) {
    it(`fires once and with deleteAfterFire ${deleteAfterFire} removes ${expected[0] ?? 'nothing'}`, () => {
      const { clock, fires, removed, alarm } = start({ feed: 'once', payload, date: START + 1, deleteAfterFire });
      clock.pass(MINUTE);
      expect(fires).to.have.lengthOf(1);
      expect(removed).to.deep.equal(expected);
      expect(alarm.status.active).to.equal(false);
    });
  }

  it('ends after so many fires when there is a most', () => {
    const { clock, fires } = start(cron('* * * * *', { maxTriggers: 2 }));
    clock.pass(10 * MINUTE);
    expect(fires).to.deep.equal(['12:01:00', '12:02:00']);
  });

  it('ow-feeds-07: tries a failed fire again each second, ten times, and goes on with the next', () => {
    const { clock, fires, alarm } = start(interval, Array(11).fill(503));
    clock.pass(MINUTE);
    expect(fires).to.have.lengthOf(11);
    expect(fires.at(-1)).to.equal('12:00:50');
    expect(alarm.status.active).to.equal(true);
    clock.pass(5 * MINUTE);
    expect(fires).to.have.lengthOf(12);
  });

  it('ow-feeds-07: waits longer each time after 429, and is off for good when it never ends', () => {
    const twice = start(interval, [429, 429]);
    twice.clock.pass(MINUTE);
    expect(twice.fires).to.deep.equal(['12:00:40', '12:00:41', '12:00:45']);
    const always = start({ ...interval, minutes: 60 }, Array(99).fill(429));
    always.clock.pass(30 * MINUTE);
    expect(always.fires).to.have.lengthOf(11);
    expect(always.alarm.status).to.deep.include({ active: false });
    expect(always.alarm.status.reason).to.include({ kind: 'AUTO', statusCode: 429 });
  });

  for (const status of [400, 401, 403, 404, 413]) {
    it(`ow-feeds-07: is off for good after ${status}`, () => {
      const { clock, fires, alarm } = start(interval, [status]);
      clock.pass(60 * MINUTE);
      expect(fires).to.have.lengthOf(1);
      expect(alarm.status.reason).to.deep.equal({
        kind: 'AUTO',
        statusCode: status,
        message: `Automatically disabled after receiving a ${status} status code when firing the trigger`,
      });
    });
  }

  for (const status of [408, 409]) {
    it(`ow-feeds-07: tries again after ${status}`, () => {
      const { clock, fires } = start(interval, [status]);
      clock.pass(MINUTE);
      expect(fires).to.deep.equal(['12:00:40', '12:00:41']);
    });
  }

  it('fires nothing while it is paused, not even a retry, and goes on when it is not', () => {
    const { clock, fires, alarm } = start(interval, [503]);
    clock.pass(30_000);
    alarm.pause();
    clock.pass(7 * MINUTE);
    expect(fires).to.have.lengthOf(1);
    alarm.resume();
    clock.pass(5 * MINUTE);
    expect(fires).to.deep.equal(['12:00:40', '12:10:40']);
  });
});

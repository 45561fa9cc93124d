import { expect } from 'chai';
import type { DurationMs, EpochMs } from '../../src/core/units.ts';
import { lastDeadline, nextDeadline } from '../../src/ledger/deadlines.ts';

const at = (time: string): EpochMs => Date.parse(time) as EpochMs;

/** The last deadline at an instant, and the time after which a success counts for it. */
function deadlineAt(now: string, cron: string, zone: string, graceMinutes = 0): readonly (string | undefined)[] {
  const grace = graceMinutes === 0 ? {} : { grace: (graceMinutes * 60_000) as DurationMs };
  const found = lastDeadline({ cron, zone, ...grace }, at(now));
  return [found?.deadline, found?.after].map((instant) => instant && new Date(instant).toISOString().slice(0, 16));
}

describe('the last deadline', () => {
  it('is that of the day in its zone, and the one before it is on the day before', () => {
    // Stockholm is at UTC+1 in November.
    expect(deadlineAt('2026-11-25T12:00Z', '0 7 * * *', 'Europe/Stockholm')).to.deep.equal([
      '2026-11-25T06:00',
      '2026-11-24T06:00',
    ]);
  });

  it('goes over the weekend for workdays', () =>
    expect(deadlineAt('2026-11-23T12:00Z', '0 7 * * 1-5', 'Europe/Stockholm')).to.deep.equal([
      '2026-11-23T06:00',
      '2026-11-20T06:00',
    ]));

  for (const [now, expected] of [
    ['2026-11-25T05:59:59.999Z', '2026-11-24T06:00'],
    ['2026-11-25T06:00:00.000Z', '2026-11-25T06:00'],
    ['2026-11-25T06:00:00.001Z', '2026-11-25T06:00'],
  ] as const) {
    it(`has passed at its own instant: ${now}`, () =>
      expect(deadlineAt(now, '0 7 * * *', 'Europe/Stockholm')[0]).to.equal(expected));
  }

  it('has passed at the end of its grace, and so has the one before it', () => {
    const daily = (now: string) => deadlineAt(now, '0 7 * * *', 'Europe/Stockholm', 10);
    expect(daily('2026-11-25T06:09:59.999Z')).to.deep.equal(['2026-11-24T06:00', '2026-11-23T06:10']);
    expect(daily('2026-11-25T06:10:00.000Z')).to.deep.equal(['2026-11-25T06:00', '2026-11-24T06:10']);
  });
});

/** In Berlin the clocks go from 2 to 3 on 29 March 2026 at 01:00 UTC, and from 3 to 2 on 25 October at 01:00 UTC. */
describe('a deadline when the clocks change', () => {
  it('stays at its local time: the days between two deadlines have 23 or 25 hours', () => {
    expect(deadlineAt('2026-03-29T12:00Z', '0 7 * * *', 'Europe/Berlin')).to.deep.equal([
      '2026-03-29T05:00',
      '2026-03-28T06:00',
    ]);
    expect(deadlineAt('2026-10-25T12:00Z', '0 7 * * *', 'Europe/Berlin')).to.deep.equal([
      '2026-10-25T06:00',
      '2026-10-24T05:00',
    ]);
  });

  it('is right after the hour that never comes, if it is in that hour', () =>
    expect(deadlineAt('2026-03-29T12:00Z', '30 2 * * *', 'Europe/Berlin')).to.deep.equal([
      '2026-03-29T01:00',
      '2026-03-28T01:30',
    ]));

  it('is there once in the hour that comes twice, the first time', () =>
    expect(deadlineAt('2026-10-25T12:00Z', '30 2 * * *', 'Europe/Berlin')).to.deep.equal([
      '2026-10-25T00:30',
      '2026-10-24T00:30',
    ]));

  it('does the same for a list of hours', () => {
    expect(deadlineAt('2026-03-29T02:00Z', '30 2,14 * * *', 'Europe/Berlin')[0]).to.equal('2026-03-29T01:00');
    expect(deadlineAt('2026-10-25T02:00Z', '30 2,14 * * *', 'Europe/Berlin')[0]).to.equal('2026-10-25T00:30');
  });

  it('goes by the rules of its own zone: in New York it is another day', () =>
    // From 8 March on New York is at UTC-4; Berlin follows three weeks later.
    expect(
      ['2026-03-07', '2026-03-08', '2026-03-28', '2026-03-29'].map((day) => [
        deadlineAt(`${day}T23:00Z`, '0 7 * * *', 'America/New_York')[0],
        deadlineAt(`${day}T23:00Z`, '0 7 * * *', 'Europe/Berlin')[0],
      ]),
    ).to.deep.equal([
      ['2026-03-07T12:00', '2026-03-07T06:00'],
      ['2026-03-08T11:00', '2026-03-08T06:00'],
      ['2026-03-28T11:00', '2026-03-28T06:00'],
      ['2026-03-29T11:00', '2026-03-29T05:00'],
    ]));
});

describe('the next deadline', () => {
  const nextAt = (now: string, graceMinutes = 0): readonly (string | undefined)[] => {
    const grace = (graceMinutes * 60_000) as DurationMs;
    const found = nextDeadline({ cron: '0 7 * * 1-5', zone: 'Europe/Stockholm', grace }, at(now));
    return [found?.deadline, found?.after].map((instant) => instant && new Date(instant).toISOString().slice(0, 16));
  };

  it('comes after the present instant, and a success after the one before it counts', () => {
    expect(nextAt('2026-11-20T05:59:59.999Z')).to.deep.equal(['2026-11-20T06:00', '2026-11-19T06:00']);
    expect(nextAt('2026-11-20T06:00:00.000Z')).to.deep.equal(['2026-11-23T06:00', '2026-11-20T06:00']);
  });

  it('is the present one while its grace lasts', () => {
    expect(nextAt('2026-11-20T06:09:59.999Z', 10)).to.deep.equal(['2026-11-20T06:00', '2026-11-19T06:10']);
    expect(nextAt('2026-11-20T06:10:00.000Z', 10)).to.deep.equal(['2026-11-23T06:00', '2026-11-20T06:10']);
  });

  it('is none if no day has it', () =>
    expect(nextDeadline({ cron: '0 7 30 2 *', zone: 'UTC' }, at('2026-11-20T06:00Z'))).to.equal(undefined));
});

import { expect } from 'chai';
import { reloadTimes, reloadTimesText, sumOfTimes } from '../../../src/core/runs/reload-times.ts';
import type { EpochMs } from '../../../src/core/units.ts';

const timesOf = (endedAt: number, times: { createdAt?: number; startedAt?: number }) =>
  reloadTimes({ endedAt, ...times } as { endedAt: EpochMs });

describe('the times of a reload', () => {
  it('are how long it was queued and how long it ran, as far as Qlik said it', () => {
    expect(timesOf(90_000, { createdAt: 10_000, startedAt: 13_000 })).to.deep.equal({ queued: 3_000, ran: 77_000 });
    expect(timesOf(90_000, { startedAt: 13_000 })).to.deep.equal({ ran: 77_000 });
    expect(timesOf(90_000, { createdAt: 10_000 })).to.deep.equal({});
  });

  it('are never negative: clocks differ', () => {
    expect(timesOf(90_000, { createdAt: 14_000, startedAt: 13_000 })).to.deep.equal({ queued: 0, ran: 77_000 });
  });

  it('are words for people', () => {
    expect(reloadTimesText({})).to.equal('');
    expect(reloadTimesText(timesOf(90_000, { startedAt: 13_000 }))).to.equal('ran 1 min 17 s');
    expect(reloadTimesText(timesOf(13_600, { createdAt: 13_000, startedAt: 13_000 }))).to.equal(
      'queued 0 s, ran < 1 s',
    );
    expect(reloadTimesText(timesOf(90_000, { createdAt: 10_000, startedAt: 13_000 }))).to.equal(
      'queued 3 s, ran 1 min 17 s',
    );
  });

  it('are added up as far as they are known', () => {
    const known = timesOf(90_000, { createdAt: 10_000, startedAt: 13_000 });
    expect(sumOfTimes([known, timesOf(5, {}), timesOf(20_000, { startedAt: 19_000 })])).to.deep.equal({
      queued: 3_000,
      ran: 78_000,
    });
    expect(sumOfTimes([timesOf(5, {})])).to.deep.equal({});
  });
});

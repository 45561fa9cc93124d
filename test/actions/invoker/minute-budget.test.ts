import { expect } from 'chai';
import { minuteBudget, untilNextMinuteMs } from '../../../actions/invoker/minute-budget.ts';
import type { EpochMs } from '../../../src/core/units.ts';

describe('the minute’s budget', () => {
  let nowMs = 0;
  const budget = () => minuteBudget(() => nowMs as EpochMs);

  it('keeps two invocations back, and counts each call', () => {
    nowMs = 60_000;
    const { spend, left } = budget();
    expect(left(60)).to.equal(58);
    spend();
    spend();
    expect(left(60)).to.equal(56);
    for (let calls = 0; calls < 100; calls += 1) spend();
    expect(left(60)).to.equal(0);
  });

  it('is new with each minute of the clock on the wall, not a minute after the first call', () => {
    nowMs = 119_999;
    const { spend, left } = budget();
    spend();
    expect(left(60)).to.equal(57);
    nowMs = 120_000;
    expect(left(60)).to.equal(58);
  });

  it('allows one call a minute where the limit is too small to keep any back', () => {
    for (const perMinute of [1, 2, 3]) {
      nowMs += 60_000;
      const { spend, left } = budget();
      expect(left(perMinute)).to.equal(1);
      spend();
      expect(left(perMinute)).to.equal(0);
    }
  });

  it('knows how long a minute lasts yet', () => {
    expect(untilNextMinuteMs(60_000 as EpochMs)).to.equal(60_000);
    expect(untilNextMinuteMs(119_999 as EpochMs)).to.equal(1);
  });
});

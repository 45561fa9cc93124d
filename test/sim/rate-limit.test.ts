import { expect } from 'chai';
import { RateLimit } from '../../sim/rate-limit.ts';

describe('sim: a rate limit', () => {
  it('forgets a call after exactly five minutes, and counts the call that takes its place', () => {
    const limit = new RateLimit();
    const waits = [0, 299_999, 300_000, 300_000, 599_999, 600_000].map((now) => limit.take('key', now, 1));
    expect(waits).to.deep.equal([0, 1, 0, 300, 1, 0]);
  });

  it('tells the whole seconds until the oldest of the calls that block is five minutes old', () => {
    const limit = new RateLimit();
    const waits = [0, 10_000, 20_500, 300_000, 300_001].map((now) => limit.take('key', now, 2));
    expect(waits).to.deep.equal([0, 0, 280, 0, 10]);
    expect(limit.take('other', 300_001, 2)).to.equal(0);
  });
});

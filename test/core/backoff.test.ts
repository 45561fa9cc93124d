import { expect } from 'chai';
import { backoff } from '../../src/core/backoff.ts';

const BOUNDS = { firstMs: 200, longestMs: 5_000 };

describe('the pause before the next try', () => {
  it('is twice as long after each, up to a bound', () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7, 50].map((tries) => backoff(tries, BOUNDS, 0.5));
    expect(pauses).to.deep.equal([200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]);
  });

  it('is from half as long to one and a half times as long', () => {
    expect([backoff(1, BOUNDS, 0), backoff(1, BOUNDS, 0.9)]).to.deep.equal([100, 280]);
  });
});

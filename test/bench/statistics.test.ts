import { expect } from 'chai';
import { median, percentile } from '../../bench/statistics.ts';

describe('the median', () => {
  it('is the middle value, whatever order they come in', () => expect(median([9, 1, 5])).to.equal(5));
  it('is the mean of the two in the middle where their number is even', () => expect(median([8, 1, 2, 4])).to.equal(3));
  it('is the value itself where there is one', () => expect(median([7])).to.equal(7));
  it('does not exist where there is none', () => expect(() => median([])).to.throw('no median'));
});

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  it('is the value that so many per cent do not exceed', () => expect(percentile(hundred, 95)).to.equal(95));
  it('is one of the values, also if they are few', () => expect(percentile([9, 1, 5], 50)).to.equal(5));
  it('is the largest value at 100, and the smallest at 0', () => {
    expect([percentile([3, 1, 2], 100), percentile([3, 1, 2], 0)]).to.deep.equal([3, 1]);
  });
  it('does not exist if there is no value', () => expect(() => percentile([], 95)).to.throw('no percentile'));
});

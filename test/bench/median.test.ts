import { expect } from 'chai';
import { median } from '../../bench/statistics.ts';

describe('the median', () => {
  it('is the middle value, whatever order they come in', () => expect(median([9, 1, 5])).to.equal(5));
  it('is the mean of the two in the middle where their number is even', () => expect(median([8, 1, 2, 4])).to.equal(3));
  it('is the value itself where there is one', () => expect(median([7])).to.equal(7));
  it('does not exist where there is none', () => expect(() => median([])).to.throw('no median'));
});

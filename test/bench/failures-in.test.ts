import { expect } from 'chai';
import { failuresIn } from '../../bench/flood/failures-in.ts';

describe('the failures that a message to Slack tells of', () => {
  it('are those of a digest, or the one of a single message', () => {
    expect(failuresIn(':red_circle: 37 failed')).to.equal(37);
    expect(failuresIn(':red_circle: 12 failed, :large_green_circle: 3 recovered')).to.equal(12);
    expect(failuresIn(':red_circle: Sales report failed')).to.equal(1);
    expect(failuresIn(':large_green_circle: Sales report recovered')).to.equal(0);
  });
});

import { expect } from 'chai';
import { addMs, type EpochMs, minutes, seconds } from '../../src/core/units.ts';

describe('units', () => {
  it('count in milliseconds', () => {
    expect(seconds(25)).to.equal(25_000);
    expect(minutes(5)).to.equal(300_000);
    expect(addMs(1_000 as EpochMs, seconds(2))).to.equal(3_000);
  });
});

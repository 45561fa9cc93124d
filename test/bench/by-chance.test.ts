import { expect } from 'chai';
import { byChance } from '../../bench/told/by-chance.ts';

const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;

describe('what a figure of some days may be by chance', () => {
  it('is the figure itself if all days are the same', () => {
    expect(byChance([7, 7, 7], mean)).to.deep.equal({ least: 7, most: 7 });
  });

  it('is about two standard errors to either side', () => {
    // Half of 100 days have 0 and half have 1: a standard deviation of 0.5, so a standard error of 0.05.
    const days = Array.from({ length: 100 }, (_, day) => day % 2);
    const { least, most } = byChance(days, mean);
    expect(least).to.be.within(0.38, 0.42);
    expect(most).to.be.within(0.58, 0.62);
  });

  it('is the same each time', () => {
    const days = [1, 5, 2, 8];
    expect(byChance(days, mean)).to.deep.equal(byChance(days, mean));
  });
});

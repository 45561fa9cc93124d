import { expect } from 'chai';
import { crashEverywhere } from './crash-points.ts';

describe('a crash right after a change to the world', function () {
  this.timeout(120_000);

  it('leaves the same end as without it, at every 25th of such points', async () => {
    const { points, tried, bad } = await crashEverywhere(25);
    expect(points).to.be.greaterThan(100);
    expect(tried).to.be.greaterThan(4);
    expect(bad).to.deep.equal([]);
  });
});

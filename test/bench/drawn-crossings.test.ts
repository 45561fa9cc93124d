import { expect } from 'chai';
import { drawnCrossings } from '../../bench/layout/drawn-crossings.ts';

const line = (...points: readonly (readonly [number, number])[]) => points.map(([x, y]) => ({ x, y }));

describe('the crossings of a drawing', () => {
  const up = line([0, 10], [10, 0]);
  const down = line([0, 0], [10, 10]);

  it('are counted where two lines cross', () => {
    const edges = [
      { from: 0, to: 1 },
      { from: 2, to: 3 },
    ];
    expect(drawnCrossings(edges, [up, down])).to.equal(1);
    expect(drawnCrossings(edges, [up, down.toReversed()])).to.equal(1);
    expect(drawnCrossings(edges, [up, line([0, 10], [10, 20])])).to.equal(0);
  });

  it('are two if the lines cross twice', () => {
    const edges = [
      { from: 0, to: 1 },
      { from: 2, to: 3 },
    ];
    expect(drawnCrossings(edges, [line([0, 5], [30, 5]), line([0, 0], [10, 10], [20, 0])])).to.equal(2);
  });

  it('are not counted between edges of one node', () => {
    const edges = [
      { from: 0, to: 1 },
      { from: 0, to: 3 },
    ];
    expect(drawnCrossings(edges, [up, down])).to.equal(0);
  });
});

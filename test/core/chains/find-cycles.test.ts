import { expect } from 'chai';
import { findCycles } from '../../../src/core/chains/find-cycles.ts';

describe('finding cycles in a graph', () => {
  it('finds each cycle of a tangle once, the least node first', () => {
    const graph = [[1], [2, 0], [0, 2], [0]];
    const [tangle, ...others] = findCycles(graph, 10);
    expect(others).to.deep.equal([]);
    expect(tangle?.isCut).to.equal(false);
    expect([...(tangle?.nodes ?? [])].sort()).to.deep.equal([0, 1, 2]);
    expect(tangle?.cycles.map(String).sort()).to.deep.equal(['0,1', '0,1,2', '2']);
  });

  it('says that it was cut only where there are more cycles than the limit', () => {
    const graph = [
      [0, 1],
      [0, 1],
    ];
    expect(findCycles(graph, 3).map(({ cycles, isCut }) => [cycles.length, isCut])).to.deep.equal([[3, false]]);
    expect(findCycles(graph, 2).map(({ cycles, isCut }) => [cycles.length, isCut])).to.deep.equal([[2, true]]);
  });

  it('finds none in a chain of 100,000 nodes, without overflowing the stack', () => {
    const graph = Array.from({ length: 100_000 }, (_, node) => (node < 99_999 ? [node + 1] : []));
    expect(findCycles(graph, 100)).to.deep.equal([]);
  });
});

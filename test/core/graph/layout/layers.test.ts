import { expect } from 'chai';
import { assignLayers } from '../../../../src/core/graph/layout/assign-layers.ts';
import { backEdges, type Edge } from '../../../../src/core/graph/layout/break-cycles.ts';
import { layeredGraph } from '../../../../src/core/graph/layout/layered-graph.ts';
import { orderBands } from '../../../../src/core/graph/layout/order-bands.ts';
import { orderLayers } from '../../../../src/core/graph/layout/order-layers.ts';

/** Edges from texts such as `0>1`. */
const edgesOf = (text: string): readonly Edge[] =>
  text.split(' ').map((each) => {
    const [from = 0, to = 0] = each.split('>').map(Number);
    return { from, to };
  });

describe('the edges that lead back', () => {
  it('are those that close a cycle, and no others', () => {
    expect(backEdges(4, edgesOf('0>1 1>2 2>3 0>3'))).to.deep.equal([false, false, false, false]);
    expect(backEdges(3, edgesOf('0>1 1>2 2>0'))).to.deep.equal([false, false, true]);
    expect(backEdges(2, edgesOf('0>1 1>1'))).to.deep.equal([false, true]);
  });

  it('are found from a node that nothing leads to: so the way into a cycle leads forward', () => {
    expect(backEdges(3, edgesOf('0>1 1>0 2>1'))).to.deep.equal([true, false, false]);
  });
});

describe('the layers', () => {
  it('lead from left to right, each edge at least one layer', () => {
    expect(assignLayers(4, edgesOf('0>1 1>2 0>2 2>3'))).to.deep.equal([0, 1, 2, 3]);
  });

  it('keep edges short: an app that only the last one follows stands right before it, and so do those before it', () => {
    expect(assignLayers(6, edgesOf('0>1 1>2 2>3 5>4 4>3'))).to.deep.equal([0, 1, 2, 3, 2, 1]);
  });

  it('move three edges for one: the node with more edges to the right stands there', () => {
    expect(assignLayers(7, edgesOf('0>1 1>2 2>3 0>4 4>3 4>5 4>6 2>5 2>6'))).to.deep.equal([0, 1, 2, 3, 2, 3, 3]);
  });

  it('begin at 0 in each connected part', () => {
    expect(assignLayers(5, edgesOf('0>1 2>3'))).to.deep.equal([0, 1, 0, 1, 0]);
  });
});

describe('the bands', () => {
  it('lie next to each other if edges lead from one to the other', () => {
    const [first = 0, second = 0, third = 0] = orderBands(3, [
      [0, 2],
      [0, 2],
      [1, 2],
    ]);
    expect(Math.abs(first - third)).to.equal(1);
    expect(Math.abs(second - third)).to.equal(1);
  });

  it('keep their order if no edge says otherwise', () => {
    expect(orderBands(3, [])).to.deep.equal([0, 1, 2]);
  });
});

describe('the layered graph', () => {
  it('has a bend where an edge passes a layer', () => {
    const graph = layeredGraph([0, 1, 2], [0, 0, 0], edgesOf('0>1 1>2 0>2'));
    expect(graph.layerOf).to.deep.equal([0, 1, 2, 1]);
    expect(graph.routes).to.deep.equal([
      [0, 1],
      [1, 2],
      [0, 3, 2],
    ]);
    expect(graph.right).to.deep.equal([[1, 3], [2], [], [2]]);
    expect(graph.left).to.deep.equal([[], [0], [1, 3], [0]]);
  });

  it('changes the band of an edge where the fewest edges are in the way', () => {
    // Band 1 lies between, with two edges in the gap after layer 0 and none after layer 1.
    const graph = layeredGraph([0, 2, 0, 1, 1], [0, 2, 1, 1, 1], edgesOf('0>1 2>3 2>4'));
    expect(graph.bandOf[5]).to.equal(0);
    const mirrored = layeredGraph([0, 2, 1, 2, 2], [0, 2, 1, 1, 1], edgesOf('0>1 2>3 2>4'));
    expect(mirrored.bandOf[5]).to.equal(2);
  });

  it('has at most 100,000 bends: the longest edges have none then', () => {
    // From node 0, edges of 2, 3, 4 … layers have 1, 2, 3 … bends. Up to 447 layers that makes 99,681; 448 would be
    // over.
    const nodes = Array.from({ length: 601 }, (_, node) => node);
    const edges = nodes.slice(2).map((to) => ({ from: 0, to }));
    const { routes, layerOf } = layeredGraph(
      nodes,
      nodes.map(() => 0),
      edges,
    );
    expect(routes[445]).to.have.length(448);
    expect(routes[446]).to.deep.equal([0, 448]);
    expect(layerOf).to.have.length(601 + 99_681);
  });
});

describe('the order of the layers', () => {
  it('untangles what need not cross', () => {
    const edges = edgesOf('0>5 1>4 2>3');
    const order = orderLayers(layeredGraph([0, 0, 0, 1, 1, 1], [0, 0, 0, 0, 0, 0], edges));
    const [left = [], right = []] = order;
    expect(left.map((from) => edges.find((edge) => edge.from === from)?.to)).to.deep.equal(right);
  });

  it('keeps the vertices of a band together, and the bands in their order', () => {
    const order = orderLayers(layeredGraph([0, 0, 0, 0], [1, 0, 1, 0], []));
    expect(order).to.deep.equal([[1, 3, 0, 2]]);
  });

  it('puts what leads to a band above at the top of its band', () => {
    // Node 3 is in the band above. Of the nodes 0, 1, 2 below it, only node 2 leads there.
    const order = orderLayers(layeredGraph([0, 0, 0, 1], [1, 1, 1, 0], edgesOf('2>3')));
    expect(order[0]?.[0]).to.equal(2);
  });
});

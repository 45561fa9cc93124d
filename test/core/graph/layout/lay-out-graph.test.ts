import { expect } from 'chai';
import fc from 'fast-check';
import {
  type Box,
  DRAWING_SIZES,
  type Drawing,
  type GraphToDraw,
  layOutGraph,
  type Point,
  pathOf,
} from '../../../../src/core/graph/layout/lay-out-graph.ts';

const graphs: fc.Arbitrary<GraphToDraw> = fc.integer({ min: 1, max: 40 }).chain((nodeCount) =>
  fc.record({
    bands: fc.array(fc.nat(5), { minLength: nodeCount, maxLength: nodeCount }),
    edges: fc.array(fc.record({ from: fc.nat(nodeCount - 1), to: fc.nat(nodeCount - 1) }), { maxLength: 80 }),
  }),
);

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const isInside = (inner: Box, outer: Box): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

const pairsOf = <T>(values: readonly T[]): readonly (readonly [T, T])[] =>
  values.flatMap((one, index) => values.slice(index + 1).map((other) => [one, other] as const));

/** Whether a straight line passes through the inside of a box: looked at in 40 points. */
const passes = (from: Point, to: Point, { x, y, width, height }: Box): boolean =>
  Array.from({ length: 39 }, (_, index) => (index + 1) / 40).some((part) => {
    const at = { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
    return at.x > x + 0.01 && at.x < x + width - 0.01 && at.y > y + 0.01 && at.y < y + height - 0.01;
  });

const drawn = (graph: GraphToDraw): Drawing => layOutGraph(graph, DRAWING_SIZES);

describe('the drawing of a graph', () => {
  it('has its first app in the upper left corner, the next one to the right, and a straight line between', () => {
    const { nodes, bands, edges, width, height } = drawn({ bands: [0, 0], edges: [{ from: 0, to: 1 }] });
    expect(nodes).to.deep.equal([
      { x: 16, y: 24, width: 176, height: 40 },
      { x: 264, y: 24, width: 176, height: 40 },
    ]);
    expect(bands).to.deep.equal([{ x: 0, y: 0, width: 456, height: 80 }]);
    expect(edges.map(({ points }) => pathOf(points))).to.deep.equal(['M192 44L264 44']);
    const corners = [
      { x: 192, y: 44 },
      { x: 264, y: 100.04 },
    ];
    expect(pathOf(corners)).to.equal('M192 44C228 44 228 100 264 100');
    expect([width, height]).to.deep.equal([456, 80]);
  });

  it('has the chains one below the other, each in its box', () => {
    const { bands, nodes } = drawn({ bands: [0, 1], edges: [] });
    expect(bands).to.deep.equal([
      { x: 0, y: 0, width: 208, height: 80 },
      { x: 0, y: 104, width: 208, height: 80 },
    ]);
    expect(nodes[1]).to.deep.equal({ x: 16, y: 128, width: 176, height: 40 });
  });

  it('has an app that two others follow at the height between them', () => {
    const { nodes } = drawn({
      bands: [0, 0, 0],
      edges: [
        { from: 0, to: 1 },
        { from: 0, to: 2 },
      ],
    });
    expect(nodes.map(({ y }) => y)).to.deep.equal([52, 24, 80]);
  });

  it('draws an edge that closes a cycle to the left, and an edge to the same app around it', () => {
    const { edges } = drawn({
      bands: [0, 0],
      edges: [
        { from: 0, to: 1 },
        { from: 1, to: 0 },
        { from: 1, to: 1 },
      ],
    });
    expect(edges.map(({ isBack }) => isBack)).to.deep.equal([false, true, true]);
    expect(pathOf(edges[1]?.points ?? [])).to.equal('M264 44L192 44');
    expect(pathOf(edges[2]?.points ?? [])).to.equal('M440 44L448 44L448 16L256 16L256 44L264 44');
  });

  it('is empty if the graph is', () => {
    expect(drawn({ bands: [], edges: [] })).to.deep.equal({ width: 0, height: 0, nodes: [], bands: [], edges: [] });
  });

  it('is the same for the same graph', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        expect(drawn(graph)).to.deep.equal(drawn(graph));
      }),
      { numRuns: 50 },
    );
  });

  it('has no two nodes, and no two boxes of chains, that overlap, and each node in the box of its chain', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { nodes, bands } = drawn(graph);
        const used = bands.filter((_, band) => graph.bands.includes(band));
        expect(pairsOf(nodes).some(([a, b]) => overlap(a, b))).to.equal(false);
        expect(pairsOf(used).some(([a, b]) => overlap(a, b))).to.equal(false);
        for (const [node, box] of nodes.entries()) {
          expect(isInside(box, bands[graph.bands[node] ?? 0] ?? box)).to.equal(true);
        }
      }),
    );
  });

  it('has everything inside its width and height', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { nodes, bands, width, height } = drawn(graph);
        const whole = { x: 0, y: 0, width, height };
        for (const box of [...nodes, ...bands]) expect(isInside(box, whole)).to.equal(true);
      }),
    );
  });

  it('leads each edge from its first node to its last one: to the right, or to the left if it closes a cycle', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { nodes, edges } = drawn(graph);
        for (const [index, { points, isBack }] of edges.entries()) {
          const { from = 0, to = 0 } = graph.edges[index] ?? {};
          if (from === to) continue;
          const [start, end] = isBack ? [to, from] : [from, to];
          const xs = (isBack ? points.toReversed() : points).map(({ x }) => x);
          expect(xs[0]).to.equal((nodes[start]?.x ?? 0) + DRAWING_SIZES.nodeWidth);
          expect(xs.at(-1)).to.equal(nodes[end]?.x);
          expect(xs).to.deep.equal([...xs].sort((a, b) => a - b));
        }
      }),
    );
  });

  it('has a node that leads back only in a graph with a cycle', () => {
    fc.assert(
      fc.property(graphs, ({ bands, edges }) => {
        const onward = edges.filter(({ from, to }) => from < to);
        expect(drawn({ bands, edges: onward }).edges.some(({ isBack }) => isBack)).to.equal(false);
      }),
    );
  });

  it('leads no edge through a node', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { nodes, edges } = drawn(graph);
        for (const [index, { points }] of edges.entries()) {
          if (graph.edges[index]?.from === graph.edges[index]?.to) continue;
          for (const [part, to] of points.slice(1).entries()) {
            const from = points[part];
            expect(from !== undefined && nodes.some((box) => passes(from, to, box))).to.equal(false);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('can have 5,000 nodes, in one long path or in a hundred chains with cycles', () => {
    const nodes = Array.from({ length: 5_000 }, (_, node) => node);
    const path = nodes.slice(1).map((to) => ({ from: to - 1, to }));
    expect(drawn({ bands: nodes.map(() => 0), edges: path }).nodes[4_999]?.x).to.equal(16 + 4_999 * 248);
    const tangle = nodes.map((from) => ({ from, to: from - (from % 50) + ((from * 7 + 3) % 50) }));
    const tangled = drawn({ bands: nodes.map((node) => Math.floor(node / 50)), edges: tangle });
    expect(tangled.nodes).to.have.length(5_000);
  });
});

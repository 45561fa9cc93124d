import type { Viz } from '@viz-js/viz';
import type { GraphToDraw, Point } from '../../src/core/graph/layout/lay-out-graph.ts';

/**
 * Draws a graph with Graphviz's `dot`, from left to right, with the same sizes as ours.
 *
 * @param isGrouped - whether the apps of a chain are drawn together, in a cluster.
 * @returns for each edge the corners of its line. A curve has eight corners.
 */
export function graphvizLines(
  viz: Viz,
  { bands, edges }: GraphToDraw,
  isGrouped: boolean,
): readonly (readonly Point[])[] {
  const names = bands.map((_, node) => String(node));
  const clusters = isGrouped ? [...new Set(bands)] : [];
  const drawn = viz.renderJSON({
    graphAttributes: { rankdir: 'LR', nodesep: 0.2, ranksep: 1 },
    nodeAttributes: { shape: 'box', fixedsize: true, width: 2.4, height: 0.55 },
    nodes: names.map((name) => ({ name })),
    edges: edges.map(({ from, to }, edge) => ({
      tail: String(from),
      head: String(to),
      attributes: { id: String(edge) },
    })),
    subgraphs: clusters.map((band) => ({
      name: `cluster_${band}`,
      nodes: names.filter((_, node) => bands[node] === band).map((name) => ({ name })),
    })),
  }) as { readonly edges?: readonly { readonly id: string; readonly pos: string }[] };
  const lines = edges.map((): readonly Point[] => []);
  for (const { id, pos } of drawn.edges ?? []) lines[Number(id)] = cornersOf(pos);
  return lines;
}

/** The corners of a B-spline as Graphviz writes it: `e,x,y x,y x,y x,y …`, the arrow's tip first. */
function cornersOf(pos: string): readonly Point[] {
  const points = pos
    .split(' ')
    .filter((text) => !/^[es],/.test(text))
    .map((text) => {
      const [x = 0, y = 0] = text.split(',').map(Number);
      return { x, y };
    });
  const corners = points.slice(0, 1);
  for (let first = 0; first + 3 < points.length; first += 3) {
    const [a, b, c, d] = points.slice(first, first + 4);
    if (a === undefined || b === undefined || c === undefined || d === undefined) break;
    for (let step = 1; step <= 8; step += 1) corners.push(onCurve([a, b, c, d], step / 8));
  }
  return corners;
}

function onCurve([a, b, c, d]: readonly [Point, Point, Point, Point], t: number): Point {
  const u = 1 - t;
  const mix = (p: number, q: number, r: number, s: number): number =>
    u ** 3 * p + 3 * u ** 2 * t * q + 3 * u * t ** 2 * r + t ** 3 * s;
  return { x: mix(a.x, b.x, c.x, d.x), y: mix(a.y, b.y, c.y, d.y) };
}

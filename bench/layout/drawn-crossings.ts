import type { Edge } from '../../src/core/graph/layout/break-cycles.ts';
import type { Point } from '../../src/core/graph/layout/lay-out-graph.ts';

/** A straight part of an edge's line, from left to right. */
interface Part {
  readonly edge: number;
  readonly from: Point;
  readonly to: Point;
}

/**
 * Counts the crossings that a person sees in a drawing. It does not compare lines of edges that share a node, as they
 * meet there in any case.
 *
 * @param lines - for each edge the corners of its line.
 */
export function drawnCrossings(edges: readonly Edge[], lines: readonly (readonly Point[])[]): number {
  const parts = lines.flatMap(partsOf).sort((a, b) => a.from.x - b.from.x);
  let open: Part[] = [];
  let crossings = 0;
  for (const part of parts) {
    open = open.filter(({ to }) => to.x >= part.from.x);
    for (const other of open) if (areApart(edges, part.edge, other.edge) && cross(part, other)) crossings += 1;
    open.push(part);
  }
  return crossings;
}

function partsOf(line: readonly Point[], edge: number): readonly Part[] {
  return line.slice(1).flatMap((to, index) => {
    const from = line[index];
    if (from === undefined) return [];
    return [from.x <= to.x ? { edge, from, to } : { edge, from: to, to: from }];
  });
}

function areApart(edges: readonly Edge[], one: number, other: number): boolean {
  const [a, b] = [edges[one], edges[other]];
  if (a === undefined || b === undefined || one === other) return false;
  return a.from !== b.from && a.from !== b.to && a.to !== b.from && a.to !== b.to;
}

function cross(a: Part, b: Part): boolean {
  return side(a, b.from) * side(a, b.to) < 0 && side(b, a.from) * side(b, a.to) < 0;
}

/** On which side of a part's line a point is: positive, negative, or 0 if it is on the line. */
const side = ({ from, to }: Part, point: Point): number =>
  Math.sign((to.x - from.x) * (point.y - from.y) - (to.y - from.y) * (point.x - from.x));

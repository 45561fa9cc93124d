import type { Drawing } from '../../src/core/graph/layout/lay-out-graph.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';

/**
 * The node that lies next to another one, in a direction. To the left and to the right it is the nearest one of another
 * layer, up and down the next one of the same layer. If there is none, it is the node itself.
 */
export function nextInDirection({ nodes }: Pick<Drawing, 'nodes'>, from: number, direction: Direction): number {
  const start = nodes[from];
  if (start === undefined) return from;
  let best = from;
  let least = Number.POSITIVE_INFINITY;
  for (const [place, { x, y }] of nodes.entries()) {
    const [dx, dy] = [x - start.x, y - start.y];
    const along = { left: -dx, right: dx, up: -dy, down: dy }[direction];
    const across = direction === 'left' || direction === 'right' ? Math.abs(dy) : Math.abs(dx);
    if (along <= 0) continue;
    // Up and down stay in the layer. To the left and to the right, the next layer comes before all others.
    if ((direction === 'up' || direction === 'down') && across > 0) continue;
    const distance = direction === 'up' || direction === 'down' ? along : along * LAYER_FIRST + across;
    if (distance >= least) continue;
    least = distance;
    best = place;
  }
  return best;
}

/** Greater than any height of a drawing divided by the distance of two layers. */
const LAYER_FIRST = 10_000;

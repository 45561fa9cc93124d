/*
 * In the view Now, a person goes through the graph of the chains with the arrow keys. In its drawing each app is a
 * node. The nodes stand in columns, the layers, from left to right. This file finds the node to which an arrow leads.
 */

import type { Drawing } from '../../src/core/graph/layout/lay-out-graph.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';

/**
 * Finds the node that lies next to another one in a direction. Left and right lead to the nearest other layer, and
 * there to the node with the nearest height. Up and down stay in the layer.
 *
 * @param from - the number of the node where the person is.
 * @returns the number of the next node; `from` if there is none in this direction.
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
    // This node is in another layer.
    if ((direction === 'up' || direction === 'down') && across > 0) continue;
    const distance = direction === 'up' || direction === 'down' ? along : along * LAYER_FIRST + across;
    if (distance >= least) continue;
    least = distance;
    best = place;
  }
  return best;
}

/**
 * How much more a pixel to the left or right counts than a pixel up or down. Two layers are at least 200 pixels apart.
 * So the nearest layer comes first, unless the drawing is two million pixels high.
 */
const LAYER_FIRST = 10_000;

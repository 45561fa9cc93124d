/*
 * A step of drawing the chains (lay-out-graph.ts): it gives each app its layer, that is, its column. Apps are nodes,
 * and links are edges.
 */

import type { Edge } from './break-cycles.ts';
import { LayerTree } from './layer-tree.ts';

/**
 * The most exchanges (see below), for each node of the graph. The search usually ends by itself after fewer. No
 * exchange makes all edges together longer, so the search may end at any time.
 */
const MOST_EXCHANGES = 2;

/**
 * Gives each node its layer, from 0 at the left. Each edge leads at least one layer to the right. The search makes all
 * edges together as short as it can, because short edges are easier to follow, and cross less.
 *
 * This is the network simplex method (Gansner, Koutsofios, North and Vo 1993). `LayerTree` has a tree of edges that
 * lead exactly one layer to the right, and so fix the layers. An exchange takes one edge out of the tree and puts
 * another one in. The search goes on until no exchange makes all edges together shorter, or until it has made the most
 * exchanges.
 *
 * @param edges - without a cycle.
 */
export function assignLayers(nodeCount: number, edges: readonly Edge[]): readonly number[] {
  const tree = new LayerTree(longestPaths(nodeCount, edges), edges);
  for (let left = MOST_EXCHANGES * nodeCount; left > 0; left -= 1) {
    const leaving = tree.nextToLeave();
    if (leaving === undefined) break;
    tree.exchange(leaving);
  }
  return tree.layersFromZero();
}

/** For each node the length of the longest path to it. */
function longestPaths(nodeCount: number, edges: readonly Edge[]): number[] {
  const after: number[][] = Array.from({ length: nodeCount }, () => []);
  const missing = new Int32Array(nodeCount);
  for (const { from, to } of edges) {
    after[from]?.push(to);
    missing[to] = (missing[to] ?? 0) + 1;
  }
  const layers = new Array<number>(nodeCount).fill(0);
  const ready = [...layers.keys()].filter((node) => missing[node] === 0);
  // The list grows while it is read: a node is ready when all nodes before it have their layer.
  for (const node of ready) {
    for (const next of after[node] ?? []) {
      layers[next] = Math.max(layers[next] ?? 0, (layers[node] ?? 0) + 1);
      missing[next] = (missing[next] ?? 0) - 1;
      if (missing[next] === 0) ready.push(next);
    }
  }
  return layers;
}

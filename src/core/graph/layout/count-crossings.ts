/*
 * Measures how good the order of apps in a drawing of the chains is: the fewer edges (links) cross, the better.
 * order-part.ts compares orders by it.
 *
 * The drawing has columns, which are called layers. A vertex is an app, or a bend of a long edge. One part of the graph
 * is ordered at a time. Two vertices of it stand for everything `above` the part and everything `below` it.
 */

import type { GraphPart } from './graph-parts.ts';

/**
 * Counts the crossings of the edges between two neighbouring layers (Barth, Jünger and Mutzel 2002).
 *
 * @param leftLayer - the vertices of the left layer, from top to bottom.
 * @param placeOf - the place of each vertex in its layer, from 0 at the top.
 */
export function countCrossings(
  { left, right, above, below }: GraphPart,
  leftLayer: readonly number[],
  rightLayer: readonly number[],
  placeOf: Int32Array,
): number {
  // A binary indexed tree: how many edges end at each place so far. Its places are: above the part, the vertices of the
  // right layer, below the part. `at & -at` is the lowest bit of `at`, by which such a tree is walked.
  const size = rightLayer.length + 2;
  const tree = new Int32Array(size + 1);
  let crossings = 0;
  let edges = 0;
  const placeIn = (vertex: number): number =>
    vertex === above ? 1 : vertex === below ? size : (placeOf[vertex] ?? 0) + 2;
  const add = (place: number): void => {
    for (let at = place; at <= size; at += at & -at) tree[at] = (tree[at] ?? 0) + 1;
    edges += 1;
  };
  const countAfter = (place: number): number => {
    let sum = edges;
    for (let at = place; at > 0; at -= at & -at) sum -= tree[at] ?? 0;
    return sum;
  };
  // First the edges that begin above the part. They end in the right layer. Where exactly they begin is unknown, so
  // their crossings with each other are not counted.
  for (const vertex of rightLayer) for (const start of left[vertex] ?? []) if (start === above) add(placeIn(vertex));
  for (const vertex of leftLayer) {
    const ends = right[vertex] ?? [];
    for (const end of ends) crossings += countAfter(placeIn(end));
    for (const end of ends) add(placeIn(end));
  }
  for (const vertex of rightLayer) {
    for (const start of left[vertex] ?? []) if (start === below) crossings += countAfter(placeIn(vertex));
  }
  return crossings;
}

/*
 * A step of drawing the chains (lay-out-graph.ts): it improves the order of one layer (column), so that fewer edges
 * (links) cross. A vertex is an app, or a bend of a long edge. A band is the strip of the drawing that one chain has.
 */

import type { LayeredGraph } from './layered-graph.ts';

/** The neighbours of each vertex. With `bandOf`, vertices of different bands are not swapped. */
type Neighbours = Pick<LayeredGraph, 'left' | 'right'> & Partial<Pick<LayeredGraph, 'bandOf'>>;

/** The places of a vertex's neighbours, each list sorted. */
interface Near {
  readonly left: readonly number[];
  readonly right: readonly number[];
}

/** The most rounds of swaps. They bound the time. No round adds crossings, so they may end at any time. */
const MOST_ROUNDS = 8;

/**
 * Swaps vertices that lie next to each other in a layer if fewer edges then cross, until no swap helps, or for eight
 * rounds.
 *
 * @param layer - from top to bottom; it is changed.
 * @param placeOf - the place of each vertex in its layer; it is changed.
 * @param swapsEqual - whether the first round also swaps vertices if that changes nothing. This leads out of dead ends.
 * @returns by how many the crossings have become fewer.
 */
export function swapInLayer(
  layer: number[],
  { left, right, bandOf }: Neighbours,
  placeOf: Int32Array,
  swapsEqual: boolean,
): number {
  const near: Near[] = layer.map((vertex) => ({
    left: sortedPlaces(left[vertex] ?? [], placeOf),
    right: sortedPlaces(right[vertex] ?? [], placeOf),
  }));
  let gained = 0;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    let gain = 0;
    for (let place = 0; place + 1 < layer.length; place += 1) {
      const [upper = 0, lower = 0] = [layer[place], layer[place + 1]];
      const [nearUpper, nearLower] = [near[place], near[place + 1]];
      if (bandOf?.[upper] !== bandOf?.[lower] || nearUpper === undefined || nearLower === undefined) continue;
      const fewer = crossingsOf(nearUpper, nearLower) - crossingsOf(nearLower, nearUpper);
      if (fewer < 0 || (fewer === 0 && !(swapsEqual && round === 0))) continue;
      layer[place] = lower;
      layer[place + 1] = upper;
      near[place] = nearLower;
      near[place + 1] = nearUpper;
      gain += fewer;
    }
    gained += gain;
    if (gain === 0) break;
  }
  for (const [place, vertex] of layer.entries()) placeOf[vertex] = place;
  return gained;
}

function sortedPlaces(vertices: readonly number[], placeOf: Int32Array): readonly number[] {
  const places = vertices.map((vertex) => placeOf[vertex] ?? 0);
  return places.length > 1 ? places.sort((a, b) => a - b) : places;
}

const crossingsOf = (upper: Near, lower: Near): number =>
  pairsInverted(upper.left, lower.left) + pairsInverted(upper.right, lower.right);

/**
 * How many edges of two vertices cross on one side: pairs in which the neighbour of the upper vertex lies below that of
 * the lower one. Both lists are the sorted places of the neighbours.
 */
function pairsInverted(upper: readonly number[], lower: readonly number[]): number {
  let inverted = 0;
  let below = 0;
  for (const place of upper) {
    while (below < lower.length && (lower[below] ?? 0) < place) below += 1;
    inverted += below;
  }
  return inverted;
}

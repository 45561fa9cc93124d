/*
 * A step of drawing the chains (lay-out-graph.ts): it orders the vertices (apps and bends of long edges) of one
 * connected part of a chain, so that few edges (links) cross. A layer is a column of the drawing.
 */

import { countCrossings } from './count-crossings.ts';
import type { GraphPart } from './graph-parts.ts';
import { swapInLayer } from './swap-in-layer.ts';

/** The search from one end is over if so many passes in a row have found nothing better than the best order so far. */
const PATIENCE = 6;
/**
 * The most passes from one end, and the most rounds of swaps in a pass. They bound the time; the best order so far
 * counts.
 */
const MOST_PASSES = 24;
const MOST_SWAP_ROUNDS = 10;

/** The place of everything that lies below the part: greater than any place in a layer. */
const FAR = 2 ** 30;

/** An order that changes while it is improved. */
interface Work {
  readonly layers: number[][];
  /** The place of each vertex in its layer. */
  readonly placeOf: Int32Array;
}

/**
 * Orders the vertices of each layer of a part so that few edges cross.
 *
 * This is the usual search by layers (Sugiyama 1981, Gansner 1993). It begins at the left end of the part, and then
 * once more at the right end. Each pass goes through the layers and sorts each one by where its neighbours are. Then
 * vertices that lie next to each other are swapped, if that helps. The best order of all passes counts. If no edges
 * cross, the search is over.
 */
export function orderPart(part: GraphPart): readonly (readonly number[])[] {
  let best: readonly (readonly number[])[] = part.layers;
  let fewest = Number.POSITIVE_INFINITY;
  for (const start of ['left', 'right'] as const) {
    const work = firstOrder(part, start);
    let crossings = crossingsOf(part, work);
    const keep = (): boolean => {
      if (crossings >= fewest) return false;
      fewest = crossings;
      best = work.layers.map((layer) => [...layer]);
      return true;
    };
    keep();
    for (let pass = 0, idle = 0; pass < MOST_PASSES && idle < PATIENCE && crossings > 0; pass += 1) {
      passOnce(part, work, pass);
      crossings = crossingsOf(part, work);
      idle = keep() ? 0 : idle + 1;
    }
    if (fewest === 0) break;
  }
  return best;
}

/**
 * The order in which a depth-first search from one end of the part finds the vertices. If the edges form a tree that
 * branches only away from this end, none of them cross.
 */
function firstOrder({ layers: given, left, right, above, below }: GraphPart, start: 'left' | 'right'): Work {
  const next = start === 'left' ? right : left;
  const layers: number[][] = given.map(() => []);
  const layerOf = new Int32Array(above);
  for (const [index, layer] of given.entries()) for (const vertex of layer) layerOf[vertex] = index;
  const isSeen = new Uint8Array(below + 1);
  isSeen[above] = 1;
  isSeen[below] = 1;
  const search = (root: number): void => {
    const open = [root];
    for (let vertex = open.pop(); vertex !== undefined; vertex = open.pop()) {
      if (isSeen[vertex] === 1) continue;
      isSeen[vertex] = 1;
      layers[layerOf[vertex] ?? 0]?.push(vertex);
      const followers = next[vertex] ?? [];
      for (let index = followers.length - 1; index >= 0; index -= 1) open.push(followers[index] ?? 0);
    }
  };
  for (const layer of start === 'left' ? given : given.toReversed()) for (const vertex of layer) search(vertex);
  const work = { layers, placeOf: new Int32Array(below + 1) };
  work.placeOf[above] = -1;
  work.placeOf[below] = FAR;
  for (const layer of layers) notePlaces(work, layer);
  return work;
}

/** Notes the places of a layer's vertices after the layer has changed. */
function notePlaces({ placeOf }: Work, layer: readonly number[]): void {
  for (const [place, vertex] of layer.entries()) placeOf[vertex] = place;
}

function crossingsOf(part: GraphPart, { layers, placeOf }: Work): number {
  let sum = 0;
  for (const index of layers.keys()) sum += countCrossings(part, layers[index] ?? [], layers[index + 1] ?? [], placeOf);
  return sum;
}

/** Sorts all layers by their neighbours, then swaps. The direction changes from pass to pass. */
function passOnce(part: GraphPart, work: Work, pass: number): void {
  const { layers, placeOf } = work;
  const isRightward = pass % 2 === 0;
  const neighbours = isRightward ? part.left : part.right;
  // Vertices with the same measure keep their order in two passes, and change it in the next two.
  const isReversing = pass % 4 >= 2;
  for (const layer of isRightward ? layers : layers.toReversed()) {
    sortByNeighbours(layer, neighbours, placeOf, isReversing);
    notePlaces(work, layer);
  }
  swapAll(part, work, isReversing);
}

/** Swaps in all layers, and then again in those next to a layer that has changed, until nothing changes. */
function swapAll(part: GraphPart, { layers, placeOf }: Work, swapsEqual: boolean): void {
  let open = layers.map(() => true);
  for (let round = 0; round < MOST_SWAP_ROUNDS && open.includes(true); round += 1) {
    const next = layers.map(() => false);
    for (const [index, layer] of layers.entries()) {
      if (!open[index] || swapInLayer(layer, part, placeOf, swapsEqual && round === 0) === 0) continue;
      if (index > 0) next[index - 1] = true;
      if (index + 1 < layers.length) next[index + 1] = true;
    }
    open = next;
  }
}

/** Sorts a layer by the median place of the neighbours. Vertices without neighbours keep their places. */
function sortByNeighbours(
  layer: number[],
  neighbours: readonly (readonly number[])[],
  placeOf: Int32Array,
  isReversing: boolean,
): void {
  const measured: { readonly vertex: number; readonly measure: number; readonly place: number }[] = [];
  const places: number[] = [];
  for (const [place, vertex] of layer.entries()) {
    const near = neighbours[vertex] ?? [];
    if (near.length === 0) continue;
    measured.push({ vertex, measure: medianPlace(near, placeOf), place: isReversing ? -place : place });
    places.push(place);
  }
  measured.sort((a, b) => a.measure - b.measure || a.place - b.place);
  for (const [index, { vertex }] of measured.entries()) layer[places[index] ?? 0] = vertex;
}

/** The median of the places; of an even number a value between the two in the middle, nearer to the denser side. */
function medianPlace(vertices: readonly number[], placeOf: Int32Array): number {
  if (vertices.length === 1) return placeOf[vertices[0] ?? 0] ?? 0;
  if (vertices.length === 2) return ((placeOf[vertices[0] ?? 0] ?? 0) + (placeOf[vertices[1] ?? 0] ?? 0)) / 2;
  const places = vertices.map((vertex) => placeOf[vertex] ?? 0).sort((a, b) => a - b);
  const middle = places.length >> 1;
  const [lower = 0, upper = 0] = [places[middle - 1], places[middle]];
  if (places.length % 2 === 1) return upper;
  const [below, above] = [lower - (places[0] ?? 0), (places.at(-1) ?? 0) - upper];
  return below + above === 0 ? (lower + upper) / 2 : (lower * above + upper * below) / (below + above);
}

/*
 * A step of drawing the chains (lay-out-graph.ts): it cuts long edges (links) into pieces, so that each piece leads
 * from one layer (column) to the next. The later steps then need to look only at neighbouring layers. Apps are nodes. A
 * band is the strip of the drawing that one chain has.
 */

import type { Edge } from './break-cycles.ts';

/**
 * A graph in layers, whose long edges are cut. Where an edge passes a layer, it has a bend. The vertices of the graph
 * are the nodes, by their numbers, and then the bends.
 */
export interface LayeredGraph {
  /** Vertices from this number on are bends. */
  readonly nodeCount: number;
  readonly layerCount: number;
  /** The layer of each vertex, from 0 at the left. */
  readonly layerOf: readonly number[];
  /** The band of each vertex, from 0 at the top. Bands lie one below the other. */
  readonly bandOf: readonly number[];
  /** For each vertex: the vertices in the layer to its left from which edges lead to it. */
  readonly left: readonly (readonly number[])[];
  /** For each vertex: the vertices in the layer to its right to which its edges lead. */
  readonly right: readonly (readonly number[])[];
  /** The vertices of each edge, from left to right. */
  readonly routes: readonly (readonly number[])[];
}

/**
 * The most bends of a graph, so that it does not fill the memory. With more, the longest edges are not cut: they have
 * no bends and are in no list of neighbours.
 */
const MOST_BENDS = 100_000;

/**
 * Makes the bends of the long edges.
 *
 * @param layers - the layer of each node.
 * @param bands - the band of each node.
 * @param edges - each leads at least one layer to the right.
 */
export function layeredGraph(
  layers: readonly number[],
  bands: readonly number[],
  edges: readonly Edge[],
): LayeredGraph {
  const nodeCount = layers.length;
  const layerOf = [...layers];
  const bandOf = [...bands];
  const left: number[][] = layers.map(() => []);
  const right: number[][] = layers.map(() => []);
  const connect = (from: number, to: number): void => {
    right[from]?.push(to);
    left[to]?.push(from);
  };
  const spanOf = ({ from, to }: Edge): number => (layers[to] ?? 0) - (layers[from] ?? 0);
  const longest = longestWithBends(edges.map(spanOf));
  const gaps = gapFinder(layers, bands, edges);
  const routes = edges.map((edge) => {
    const { from, to } = edge;
    const span = spanOf(edge);
    if (span > longest) return [from, to];
    const first = layers[from] ?? 0;
    const [fromBand, toBand] = [bands[from] ?? 0, bands[to] ?? 0];
    const changesAfter = fromBand === toBand ? first : gaps(edge);
    const route = [from];
    for (let layer = first + 1; layer < first + span; layer += 1) {
      route.push(layerOf.length);
      layerOf.push(layer);
      bandOf.push(layer <= changesAfter ? fromBand : toBand);
      left.push([]);
      right.push([]);
    }
    route.push(to);
    for (let index = 1; index < route.length; index += 1) connect(route[index - 1] ?? 0, route[index] ?? 0);
    return route;
  });
  const layerCount = layers.reduce((most, layer) => Math.max(most, layer + 1), 0);
  return { nodeCount, layerCount, layerOf, bandOf, left, right, routes };
}

/**
 * Up to which span edges are cut: all edges that are not longer have at most `MOST_BENDS` bends together.
 *
 * @param spans - by how many layers each edge leads to the right.
 */
function longestWithBends(spans: readonly number[]): number {
  let bends = 0;
  for (const span of [...spans].sort((a, b) => a - b)) {
    bends += span - 1;
    if (bends > MOST_BENDS) return span - 1;
  }
  return Number.POSITIVE_INFINITY;
}

/**
 * Makes the function that says after which layer an edge changes from its first band to its last one. The function
 * chooses the gap between two layers in which the edge is likely to cross the fewest other edges. It cannot know
 * better, because the order within the layers is found only later. Edges that change their band, too, do not count. A
 * gap has the number of the layer before it.
 */
function gapFinder(
  layers: readonly number[],
  bands: readonly number[],
  edges: readonly Edge[],
): (edge: Edge) => number {
  const bandCount = bands.reduce((most, band) => Math.max(most, band + 1), 0);
  const gapCount = layers.reduce((most, layer) => Math.max(most, layer + 1), 0);
  /**
   * At `gap * (bandCount + 1) + n`: how many edges are in this gap that stay within one band, in the topmost n bands
   * together.
   */
  const above = new Int32Array(gapCount * (bandCount + 1));
  for (const { from, to } of edges) {
    if (bands[from] !== bands[to]) continue;
    for (let gap = layers[from] ?? 0; gap < (layers[to] ?? 0); gap += 1) {
      const at = gap * (bandCount + 1) + (bands[from] ?? 0) + 1;
      above[at] = (above[at] ?? 0) + 1;
    }
  }
  for (let gap = 0; gap < gapCount; gap += 1) {
    for (let band = 1; band <= bandCount; band += 1) {
      const at = gap * (bandCount + 1) + band;
      above[at] = (above[at] ?? 0) + (above[at - 1] ?? 0);
    }
  }
  return ({ from, to }) => {
    const [fromBand, toBand] = [bands[from] ?? 0, bands[to] ?? 0];
    const [first, last] = [Math.min(fromBand, toBand), Math.max(fromBand, toBand)];
    let best = layers[from] ?? 0;
    let fewest = Number.POSITIVE_INFINITY;
    for (let gap = best; gap < (layers[to] ?? 0); gap += 1) {
      const row = gap * (bandCount + 1);
      // The edge surely crosses all edges of the bands between its two bands. Of those in its own two bands it may
      // cross none or all, and half of them is a guess. So a gap with more sure crossings may be chosen. Comparing the
      // sure ones first, and the guess only if they are equal, gave no fewer crossings in `npm run bench -- layout`.
      const between = (above[row + last] ?? 0) - (above[row + first + 1] ?? 0);
      const own = (above[row + last + 1] ?? 0) - (above[row + first] ?? 0) - between;
      const crossed = between + own / 2;
      if (crossed >= fewest) continue;
      fewest = crossed;
      best = gap;
    }
    return best;
  };
}

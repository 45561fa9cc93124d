/*
 * A step of drawing the chains (lay-out-graph.ts). The drawing has columns, which are called layers. This step decides
 * the order from top to bottom in each layer, so that few edges cross. A vertex is an app, or a bend of a long edge. An
 * edge is a link between two apps. A band is the strip of the drawing that one chain has.
 */

import { bandParts } from './graph-parts.ts';
import type { LayeredGraph } from './layered-graph.ts';
import { orderPart } from './order-part.ts';
import { swapInLayer } from './swap-in-layer.ts';

/** The vertices of each layer, from top to bottom. */
export type LayerOrder = readonly (readonly number[])[];

/** The most rounds of swaps at the end. They bound the time. No round adds crossings, so they may end at any time. */
const MOST_SWAP_ROUNDS = 4;

/**
 * Orders the vertices of each layer so that few edges cross. The vertices of a band stay together, and the bands keep
 * their order.
 *
 * Each connected part of a band is first ordered without the others. In this step it only matters whether an edge to
 * another band leads up or down. After that, all places are known. Then two vertices of a band that lie next to each
 * other are swapped if fewer edges cross.
 */
export function orderLayers(graph: LayeredGraph): LayerOrder {
  const { layerCount, layerOf, bandOf } = graph;
  const layers: number[][] = Array.from({ length: layerCount }, () => []);
  for (const part of bandParts(graph)) {
    const order = orderPart(part);
    for (const [index, layer] of order.entries()) {
      layers[part.firstLayer + index]?.push(...layer.map((vertex) => part.vertices[vertex] ?? 0));
    }
  }
  const placeOf = new Int32Array(layerOf.length);
  for (const layer of layers) {
    layer.sort((a, b) => (bandOf[a] ?? 0) - (bandOf[b] ?? 0));
    for (const [place, vertex] of layer.entries()) placeOf[vertex] = place;
  }
  for (let round = 0; round < MOST_SWAP_ROUNDS; round += 1) {
    let gained = 0;
    for (const layer of layers) gained += swapInLayer(layer, graph, placeOf, false);
    if (gained === 0) break;
  }
  return layers;
}

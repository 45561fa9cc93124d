/*
 * A step of drawing the chains (lay-out-graph.ts): it splits each chain's band (its strip of the drawing) into
 * connected parts. Each part can then be ordered by itself, which is much less work. A vertex is an app, or a bend of a
 * long edge (link). A layer is a column.
 */

import type { LayeredGraph } from './layered-graph.ts';

/**
 * A connected part of a band, as a graph of its own, with its own numbers 0, 1, 2 … for its vertices. Two more numbers,
 * `above` and `below`, stand for all vertices of the bands above and below.
 */
export interface GraphPart {
  /** The number of each vertex in the whole graph. Its place in this list is its number in the part. */
  readonly vertices: readonly number[];
  readonly firstLayer: number;
  /** The vertices of each layer. */
  readonly layers: readonly (readonly number[])[];
  /** The neighbours of each vertex in the layer to its left. */
  readonly left: readonly (readonly number[])[];
  /** The neighbours of each vertex in the layer to its right. */
  readonly right: readonly (readonly number[])[];
  /** The numbers of the two that stand for other bands: `vertices.length`, and one more. */
  readonly above: number;
  readonly below: number;
}

/**
 * Splits the bands into their connected parts. They come in the order in which the parts of a band lie from top to
 * bottom: the more of a part's edges lead to bands above, compared with those to bands below, the earlier it comes.
 */
export function bandParts(graph: LayeredGraph): readonly GraphPart[] {
  const { layerOf, bandOf, left, right } = graph;
  /** The number of each vertex in its part; -1 as long as no part has it. */
  const numberOf = new Int32Array(layerOf.length).fill(-1);
  const parts: PulledPart[] = [];
  for (const root of layerOf.keys()) {
    if (numberOf[root] !== -1) continue;
    const vertices = [root];
    numberOf[root] = 0;
    // The list grows while it is read, until it has all that is connected with `root` within the band.
    for (const vertex of vertices) {
      for (const side of [left, right]) {
        for (const next of side[vertex] ?? []) {
          if (numberOf[next] !== -1 || bandOf[next] !== bandOf[root]) continue;
          numberOf[next] = vertices.length;
          vertices.push(next);
        }
      }
    }
    parts.push(partWith(vertices, numberOf, graph));
  }
  return parts.sort((a, b) => a.pull - b.pull).map(({ part }) => part);
}

/** A part, and how many more of its edges lead to bands below than to bands above. */
interface PulledPart {
  readonly part: GraphPart;
  readonly pull: number;
}

/** Makes a part of these vertices, and gives them the numbers that they have in it. */
function partWith(
  vertices: readonly number[],
  numberOf: Int32Array,
  { layerOf, bandOf, left, right }: LayeredGraph,
): PulledPart {
  const [above, below] = [vertices.length, vertices.length + 1];
  const band = bandOf[vertices[0] ?? 0] ?? 0;
  let pull = 0;
  const numbered = (vertex: number): number => {
    const other = bandOf[vertex] ?? 0;
    if (other === band) return numberOf[vertex] ?? 0;
    pull += other < band ? -1 : 1;
    return other < band ? above : below;
  };
  const firstLayer = vertices.reduce(
    (least, vertex) => Math.min(least, layerOf[vertex] ?? 0),
    Number.POSITIVE_INFINITY,
  );
  const layers: number[][] = [];
  for (const [number, vertex] of vertices.entries()) {
    const index = (layerOf[vertex] ?? 0) - firstLayer;
    while (layers.length <= index) layers.push([]);
    layers[index]?.push(number);
  }
  const numberedSide = (side: LayeredGraph['left']): number[][] =>
    vertices.map((vertex) => (side[vertex] ?? []).map(numbered));
  const part = { vertices, firstLayer, layers, left: numberedSide(left), right: numberedSide(right), above, below };
  return { part, pull };
}

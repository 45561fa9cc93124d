/*
 * The last step of drawing the chains (lay-out-graph.ts): it gives each vertex its height. The order in each layer
 * (column) is fixed by now. A vertex is an app, which is a node, or a bend of a long edge (link). A band is the strip
 * of the drawing that one chain has.
 */

import type { LayeredGraph } from './layered-graph.ts';
import type { LayerOrder } from './order-layers.ts';

/** Distances between the centres of vertices that lie next to each other in a layer, in pixels. */
export interface Spacing {
  readonly node: number;
  readonly bend: number;
  /** Between a node and a bend. */
  readonly mixed: number;
}

/** How often the vertices of all layers are moved: each time is one pass through the layers. It bounds the time. */
const PASSES = 12;

/** How strongly an edge pulls its ends to one height. A bend in a long edge disturbs most, so it is pulled most. */
const WEIGHT = { nodes: 1, mixed: 2, bends: 8 } as const;

/** The vertices of one band in one layer, from top to bottom. */
interface Stack {
  readonly vertices: readonly number[];
  /** How far each is below the first one at least. */
  readonly offsets: readonly number[];
}

/**
 * Gives each vertex its height within its band, so that edges are as level as the order allows.
 *
 * Each pass goes through the layers and moves all vertices of a layer as near as possible to the mean height of their
 * neighbours. Only neighbours of the same band pull, so the bands do not depend on each other.
 *
 * @returns for each vertex the height of its centre in pixels. The topmost centre of each band is at 0.
 */
export function placeVertices(graph: LayeredGraph, order: LayerOrder, spacing: Spacing): Float64Array {
  const { bandOf, nodeCount } = graph;
  const heights = new Float64Array(bandOf.length);
  const distance = (upper: number, lower: number): number => {
    const bends = Number(upper >= nodeCount) + Number(lower >= nodeCount);
    return bends === 0 ? spacing.node : bends === 1 ? spacing.mixed : spacing.bend;
  };
  const stacks = order.map((layer) => stacksOf(layer, bandOf, distance));
  for (const stack of stacks.flat()) {
    for (const [index, vertex] of stack.vertices.entries()) heights[vertex] = stack.offsets[index] ?? 0;
  }
  for (let pass = 0; pass < PASSES; pass += 1) {
    const isRightward = pass % 2 === 0;
    // The last pass in each direction looks at both sides, because an edge has two ends.
    const isLast = pass >= PASSES - 2;
    const sides = isLast ? [graph.left, graph.right] : [isRightward ? graph.left : graph.right];
    for (const layer of isRightward ? stacks : stacks.toReversed()) {
      for (const stack of layer) moveStack(stack, graph, sides, heights);
    }
  }
  return fromTop(heights, bandOf);
}

/** Splits a layer into its stacks. The vertices of a stack are as near to each other as they may be. */
function stacksOf(
  layer: readonly number[],
  bandOf: readonly number[],
  distance: (upper: number, lower: number) => number,
): readonly Stack[] {
  const stacks: { readonly vertices: number[]; readonly offsets: number[] }[] = [];
  for (const [place, vertex] of layer.entries()) {
    const above = layer[place - 1];
    const stack = stacks.at(-1);
    if (stack === undefined || above === undefined || bandOf[above] !== bandOf[vertex]) {
      stacks.push({ vertices: [vertex], offsets: [0] });
      continue;
    }
    stack.vertices.push(vertex);
    stack.offsets.push((stack.offsets.at(-1) ?? 0) + distance(above, vertex));
  }
  return stacks;
}

/** Vertices that touch each other, and so move together. */
interface Block {
  sum: number;
  weight: number;
  count: number;
}

/**
 * Moves the vertices of a stack to where their neighbours pull them, with the least sum of squares. They keep their
 * order and their distances: vertices that come too near form a block, which takes the mean place of its vertices (pool
 * adjacent violators).
 */
function moveStack(
  { vertices, offsets }: Stack,
  { nodeCount, bandOf }: LayeredGraph,
  sides: readonly (readonly (readonly number[])[])[],
  heights: Float64Array,
): void {
  const blocks: Block[] = [];
  for (const [index, vertex] of vertices.entries()) {
    let sum = 0;
    let weight = 0;
    for (const side of sides) {
      for (const neighbour of side[vertex] ?? []) {
        if (bandOf[neighbour] !== bandOf[vertex]) continue;
        const bends = Number(vertex >= nodeCount) + Number(neighbour >= nodeCount);
        const pull = bends === 0 ? WEIGHT.nodes : bends === 1 ? WEIGHT.mixed : WEIGHT.bends;
        sum += pull * (heights[neighbour] ?? 0);
        weight += pull;
      }
    }
    const aim = weight === 0 ? (heights[vertex] ?? 0) : sum / weight;
    const strength = weight === 0 ? FREE_WEIGHT : weight;
    let block: Block = { sum: (aim - (offsets[index] ?? 0)) * strength, weight: strength, count: 1 };
    for (let above = blocks.at(-1); above !== undefined; above = blocks.at(-1)) {
      if (above.sum / above.weight <= block.sum / block.weight) break;
      block = { sum: above.sum + block.sum, weight: above.weight + block.weight, count: above.count + block.count };
      blocks.pop();
    }
    blocks.push(block);
  }
  let index = 0;
  for (const { sum, weight, count } of blocks) {
    for (const end = index + count; index < end; index += 1) {
      heights[vertices[index] ?? 0] = sum / weight + (offsets[index] ?? 0);
    }
  }
}

/**
 * How strongly a vertex without neighbours stays where it is: less than the weakest edge pulls, so that it makes way.
 */
const FREE_WEIGHT = 0.1;

/** Measures the heights from the topmost vertex of each band. */
function fromTop(heights: Float64Array, bandOf: readonly number[]): Float64Array {
  const tops: number[] = [];
  for (const [vertex, band] of bandOf.entries()) {
    tops[band] = Math.min(tops[band] ?? Number.POSITIVE_INFINITY, heights[vertex] ?? 0);
  }
  return heights.map((height, vertex) => height - (tops[bandOf[vertex] ?? 0] ?? 0));
}

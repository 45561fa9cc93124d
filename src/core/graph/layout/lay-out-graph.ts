/*
 * Lays out the drawing of the chains on the dashboard, from left to right. Each app is a node, and each link is an
 * edge. Each chain gets a band, a strip of the drawing. A layer is a column. A long edge has a bend in each layer that
 * it passes; nodes and bends together are called vertices.
 *
 * The work has steps, and the files of this folder do them: find the edges that close a cycle, order the bands, give
 * each node a layer, cut long edges at their bends, order each layer so that few edges cross, and give each vertex its
 * height.
 */

import { assignLayers } from './assign-layers.ts';
import { backEdges, type Edge } from './break-cycles.ts';
import { type LayeredGraph, layeredGraph } from './layered-graph.ts';
import { orderBands } from './order-bands.ts';
import { orderLayers } from './order-layers.ts';
import { placeVertices } from './place-vertices.ts';

/** A graph to draw. */
export interface GraphToDraw {
  /** For each node its band, by number from 0. The nodes of a band are drawn together. */
  readonly bands: readonly number[];
  readonly edges: readonly Edge[];
}

/** Lengths of a drawing, in pixels. */
export interface DrawingSizes {
  readonly nodeWidth: number;
  readonly nodeHeight: number;
  /** Between two nodes, one below the other. */
  readonly rowGap: number;
  /** Between two layers. The edges are drawn in this gap. */
  readonly layerGap: number;
  /** Between two edges that pass a layer next to each other. */
  readonly laneGap: number;
  /** Between the border of a band and what is in it. */
  readonly padding: number;
  /** Above the nodes of a band, for its name. */
  readonly titleHeight: number;
  /** Between two bands. */
  readonly bandGap: number;
}

/** The lengths on the dashboard, in pixels. A box of an app has room for its name and one line more. */
export const DRAWING_SIZES: DrawingSizes = {
  nodeWidth: 176,
  nodeHeight: 40,
  rowGap: 16,
  layerGap: 72,
  laneGap: 12,
  padding: 16,
  titleHeight: 24,
  bandGap: 24,
};

/** A point of a drawing, in pixels from its left upper corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** An edge as it is drawn. */
export interface DrawnEdge {
  /** The corners of the line, from the edge's first node to its last one. */
  readonly points: readonly Point[];
  /** True if the edge closes a cycle. Then it leads to the left, or back to its own node. */
  readonly isBack: boolean;
}

/** A drawing of a graph. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** The box of each node; all have the same size. */
  readonly nodes: readonly Box[];
  /** The box around each band. */
  readonly bands: readonly Box[];
  readonly edges: readonly DrawnEdge[];
}

/**
 * Finds the places of all that is drawn, for the dashboard to draw. The same graph gives the same drawing again.
 *
 * - Each edge leads to the right, except edges that close a cycle.
 * - Each band has a box. Boxes of bands do not overlap, nor do nodes.
 * - An edge passes between nodes, never behind one. (In graphs with more than 100,000 bends, the longest edges are
 *   straight lines, which may.)
 */
export function layOutGraph({ bands, edges }: GraphToDraw, sizes: DrawingSizes = DRAWING_SIZES): Drawing {
  const isBack = backEdges(bands.length, edges);
  // An edge that leads back is laid out the other way round, and an edge to the same node not at all.
  const forward = edges.map((edge, index) => (isBack[index] ? { from: edge.to, to: edge.from } : edge));
  const kept = [...forward.keys()].filter((index) => forward[index]?.from !== forward[index]?.to);
  const keptEdges = kept.map((index) => forward[index] ?? { from: 0, to: 0 });
  // In the layered graph, a band has the number of its place.
  const places = placesOfBands(bands, edges);
  const graph = layeredGraph(
    assignLayers(bands.length, keptEdges),
    bands.map((band) => places[band] ?? 0),
    keptEdges,
  );
  const centres = centresOf(graph, sizes);
  const nodes = bands.map((_, node) => boxAround(centres[node] ?? ORIGIN, sizes));
  const routeOf = new Map(kept.map((edge, index) => [edge, graph.routes[index] ?? []]));
  const boxes = bandBoxes(graph, centres, sizes);
  const widest = graph.layerCount * sizes.nodeWidth + Math.max(0, graph.layerCount - 1) * sizes.layerGap;
  return {
    width: graph.layerCount === 0 ? 0 : widest + 2 * sizes.padding,
    height: boxes.reduce((most, { y, height }) => Math.max(most, y + height), 0),
    nodes,
    bands: places.map((place) => boxes[place] ?? { ...ORIGIN, width: 0, height: 0 }),
    edges: edges.map(({ from }, index) => {
      const route = routeOf.get(index);
      const back = isBack[index] ?? false;
      if (route === undefined) return { points: loopAt(nodes[from] ?? boxAround(ORIGIN, sizes), sizes), isBack: back };
      const points = lineOf(route, centres, sizes);
      return { points: back ? points.toReversed() : points, isBack: back };
    }),
  };
}

const ORIGIN: Point = { x: 0, y: 0 };

/** The place of each band, from 0 at the top. */
function placesOfBands(bands: readonly number[], edges: readonly Edge[]): readonly number[] {
  const bandCount = bands.reduce((most, band) => Math.max(most, band + 1), 0);
  const pairs = edges.map(({ from, to }) => [bands[from] ?? 0, bands[to] ?? 0] as const);
  return orderBands(
    bandCount,
    pairs.filter(([one, other]) => one !== other),
  );
}

/** The centre of each vertex, in pixels. The bands lie one below the other. */
function centresOf(graph: LayeredGraph, sizes: DrawingSizes): readonly Point[] {
  const { bandOf, layerOf } = graph;
  const { nodeWidth, nodeHeight, rowGap, layerGap, laneGap, padding, titleHeight, bandGap } = sizes;
  /** How far each vertex is below the topmost one of its band. */
  const heights = placeVertices(graph, orderLayers(graph), {
    node: nodeHeight + rowGap,
    mixed: nodeHeight / 2 + laneGap,
    bend: laneGap,
  });
  const lowest: number[] = [];
  for (const [vertex, band] of bandOf.entries()) lowest[band] = Math.max(lowest[band] ?? 0, heights[vertex] ?? 0);
  const tops: number[] = [];
  let top = titleHeight + nodeHeight / 2;
  for (const height of lowest) {
    tops.push(top);
    top += (height ?? 0) + nodeHeight + padding + bandGap + titleHeight;
  }
  return layerOf.map((layer, vertex) => ({
    x: padding + layer * (nodeWidth + layerGap) + nodeWidth / 2,
    y: (tops[bandOf[vertex] ?? 0] ?? 0) + (heights[vertex] ?? 0),
  }));
}

const boxAround = ({ x, y }: Point, { nodeWidth, nodeHeight }: DrawingSizes): Box => ({
  x: x - nodeWidth / 2,
  y: y - nodeHeight / 2,
  width: nodeWidth,
  height: nodeHeight,
});

/** The box of each band: around its nodes and its bends. */
function bandBoxes(
  { bandOf }: LayeredGraph,
  centres: readonly Point[],
  { nodeWidth, nodeHeight, padding, titleHeight }: DrawingSizes,
): readonly Box[] {
  const corners: { left: number; top: number; right: number; bottom: number }[] = [];
  for (const [vertex, { x, y }] of centres.entries()) {
    const band = bandOf[vertex] ?? 0;
    const known = corners[band] ?? { left: x, top: y, right: x, bottom: y };
    corners[band] = {
      left: Math.min(known.left, x),
      top: Math.min(known.top, y),
      right: Math.max(known.right, x),
      bottom: Math.max(known.bottom, y),
    };
  }
  return corners.map(({ left, top, right, bottom }) => ({
    x: left - nodeWidth / 2 - padding,
    y: top - nodeHeight / 2 - titleHeight,
    width: right - left + nodeWidth + 2 * padding,
    height: bottom - top + nodeHeight + titleHeight + padding,
  }));
}

/** The corners of an edge that leads to the right. At each bend the line is level for the width of a node. */
function lineOf(route: readonly number[], centres: readonly Point[], { nodeWidth }: DrawingSizes): readonly Point[] {
  const half = nodeWidth / 2;
  return route.flatMap((vertex, index) => {
    const { x, y } = centres[vertex] ?? ORIGIN;
    const [before, after] = [
      { x: x - half, y },
      { x: x + half, y },
    ];
    if (index === 0) return [after];
    return index === route.length - 1 ? [before] : [before, after];
  });
}

/** The corners of an edge from a node to itself: around the node's upper side. */
function loopAt({ x, y, width, height }: Box, { rowGap }: DrawingSizes): readonly Point[] {
  const middle = y + height / 2;
  const out = rowGap / 2;
  return [
    { x: x + width, y: middle },
    { x: x + width + out, y: middle },
    { x: x + width + out, y: y - out },
    { x: x - out, y: y - out },
    { x: x - out, y: middle },
    { x, y: middle },
  ];
}

/**
 * The `d` of an SVG path through the corners of an edge. If the next corner is both to the side and higher or lower,
 * the path goes there as a curve that is level at both ends. Otherwise it goes straight. Curves between two layers
 * cross exactly if straight lines would.
 */
export const pathOf = (points: readonly Point[]): string =>
  points.map((point, index) => partOfPath(points[index - 1], point)).join('');

function partOfPath(from: Point | undefined, to: Point): string {
  if (from === undefined) return `M${cornerText(to)}`;
  if (from.y === to.y || from.x === to.x) return `L${cornerText(to)}`;
  const x = (from.x + to.x) / 2;
  return `C${cornerText({ x, y: from.y })} ${cornerText({ x, y: to.y })} ${cornerText(to)}`;
}

const cornerText = ({ x, y }: Point): string => `${tenths(x)} ${tenths(y)}`;

const tenths = (value: number): string => String(Math.round(value * 10) / 10);

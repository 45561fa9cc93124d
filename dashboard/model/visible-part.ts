/*
 * The view Now draws the chains as a graph. A browser is slow if it has to draw thousands of apps, so the page draws
 * only those near the part that a person sees. This file says which ones.
 */

import type { Box, Drawing, Point } from '../../src/core/graph/layout/lay-out-graph.ts';
import type { Viewport } from './now-address.ts';

/** What the page draws: the numbers of the nodes (apps), edges (links) and bands (chains) in the drawing. */
export interface VisiblePart {
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly bands: readonly number[];
}

/**
 * The borders of the drawn part are at multiples of this many pixels of the drawing. So what is drawn changes seldom
 * while a person moves the graph.
 */
const STEP = 200;

/**
 * The box whose content is drawn: what a person sees, enlarged to the next borders.
 *
 * @param width - the width of the part of the screen that shows the drawing, in pixels; `height` is its height.
 */
export function drawnBox({ x, y, zoom }: Viewport, width: number, height: number): Box {
  const left = Math.floor(x / STEP) * STEP;
  const top = Math.floor(y / STEP) * STEP;
  const right = (Math.floor((x + width / zoom) / STEP) + 1) * STEP;
  const bottom = (Math.floor((y + height / zoom) / STEP) + 1) * STEP;
  return { x: left, y: top, width: right - left, height: bottom - top };
}

const touches = (a: Box, b: Box): boolean =>
  a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height;

/** Makes the function that finds what of a drawing touches a box. */
export function partFinder({ nodes, edges, bands }: Drawing): (box: Box) => VisiblePart {
  const lines = edges.map(({ points }) => boxOfLine(points));
  return (box) => {
    const touching = (boxes: readonly Box[]): readonly number[] => {
      const found: number[] = [];
      for (const [index, each] of boxes.entries()) if (touches(each, box)) found.push(index);
      return found;
    };
    return { nodes: touching(nodes), edges: touching(lines), bands: touching(bands) };
  };
}

function boxOfLine(points: readonly Point[]): Box {
  const [first = { x: 0, y: 0 }] = points;
  let [left, top, right, bottom] = [first.x, first.y, first.x, first.y];
  for (const { x, y } of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

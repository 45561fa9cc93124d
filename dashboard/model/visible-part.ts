import type { Box, Drawing, Point } from '../../src/core/graph/layout/lay-out-graph.ts';
import type { Viewport } from './now-address.ts';

/** What of a drawing is drawn: the numbers of the nodes, edges and groups. */
export interface VisiblePart {
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly groups: readonly number[];
}

/**
 * The part of a drawing is drawn in steps of so many pixels of the drawing. So what is drawn changes seldom while a person
 * moves the drawing.
 */
const STEP = 200;

/**
 * The box that is drawn: what is seen, and a margin around it.
 *
 * @param width - of the screen's part that shows the drawing, in pixels of the screen.
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

/** Makes the function that says what of a drawing touches a box. */
export function partFinder({ nodes, edges, groups }: Drawing): (box: Box) => VisiblePart {
  const lines = edges.map(({ points }) => boxOfLine(points));
  return (box) => {
    const touching = (boxes: readonly Box[]): readonly number[] => {
      const found: number[] = [];
      for (const [index, each] of boxes.entries()) if (touches(each, box)) found.push(index);
      return found;
    };
    return { nodes: touching(nodes), edges: touching(lines), groups: touching(groups) };
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

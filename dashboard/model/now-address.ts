/*
 * The view Now has its state in the URL: the app whose panel is open, the filter, and whether a person sees a table or
 * which part of the graph. So a link shows another person the same. This file reads and writes that URL, and computes
 * how the wheel and the zoom change the part that is seen.
 */

import type { AppKey } from '../../src/core/names.ts';
import { hrefTo, type Route } from '../routes.ts';

/** The part of the drawing that is seen: the point in its upper left corner, and how large it is shown. */
export interface Viewport {
  /** In pixels of the drawing. */
  readonly x: number;
  readonly y: number;
  /** 1 is the drawing's own size. */
  readonly zoom: number;
}

/** What the URL of the view Now says. */
export interface NowAddress {
  /** The app whose panel is open. */
  readonly selected?: AppKey;
  /** The text of the filter, such as `chain:sales`: see `selectApps`. */
  readonly filter: string;
  /** Whether the apps are shown as a table. */
  readonly isTable: boolean;
  /** Absent: the beginning of the graph, in its own size. */
  readonly viewport?: Viewport;
}

/**
 * Reads the URL of the view: `#/now/<tenant>%2F<app>?filter=…&as=table&at=<x>,<y>,<zoom>`. What this function does not
 * understand counts as absent.
 */
export function readNowAddress({ path: [selected], query }: Route): NowAddress {
  const [x, y, zoom, ...more] = (query.get('at') ?? '')
    .split(',')
    .map((part) => (part === '' ? Number.NaN : Number(part)));
  const viewport = x !== undefined && y !== undefined && zoom !== undefined && more.length === 0 && { x, y, zoom };
  return {
    ...(selected?.includes('/') && { selected: selected as AppKey }),
    filter: query.get('filter') ?? '',
    isTable: query.get('as') === 'table',
    ...(viewport && isViewport(viewport) && { viewport }),
  };
}

/** The URL that `readNowAddress` reads as this address, with the numbers of the viewport rounded. */
export function hrefToNow({ selected, filter, isTable, viewport }: NowAddress): string {
  return hrefTo('now', selected === undefined ? [] : [selected], {
    ...(filter !== '' && { filter }),
    ...(isTable && { as: 'table' }),
    ...(viewport && { at: `${Math.round(viewport.x)},${Math.round(viewport.y)},${viewport.zoom.toFixed(2)}` }),
  });
}

/** The smallest and the largest zoom. In between, a person can read everything, or at least recognise it. */
export const [LEAST_ZOOM, GREATEST_ZOOM] = [0.2, 2];

const isViewport = ({ x, y, zoom }: Viewport): boolean =>
  Number.isFinite(x) && Number.isFinite(y) && zoom >= LEAST_ZOOM && zoom <= GREATEST_ZOOM;

/**
 * The part that is seen after the wheel has moved it. It stops where the drawing ends. If it was beyond the end
 * already, it does not jump back.
 *
 * @param by - how far the wheel moved, in pixels of the screen.
 * @param room - the drawing with the margins around it, and the part of the screen that shows it, each in its own
 *   pixels.
 * @returns undefined if nothing moves. Then the browser moves the page, so that the wheel does not get stuck in the
 *   graph.
 */
export function wheeled({ x, y, zoom }: Viewport, by: Shift, room: WheelRoom): Viewport | undefined {
  const { start, drawing, frame } = room;
  const next = {
    x: along(x, by.x / zoom, start.x, drawing.width - start.x - frame.width / zoom),
    y: along(y, by.y / zoom, start.y, drawing.height - start.y - frame.height / zoom),
  };
  return next.x === x && next.y === y ? undefined : { ...next, zoom };
}

type Shift = Readonly<Record<'x' | 'y', number>>;
type Size = Readonly<Record<'width' | 'height', number>>;
interface WheelRoom {
  /**
   * The point of the drawing at which the wheel stops in the upper left corner. It is a little outside the drawing, for
   * the margin. At the right and below, the margin is the same.
   */
  readonly start: Shift;
  readonly drawing: Size;
  readonly frame: Size;
}

/** A coordinate after a move by `by`. It stops at `first` and `last`. If it was beyond them, it does not jump back. */
const along = (at: number, by: number, first: number, last: number): number =>
  by > 0 ? Math.max(at, Math.min(at + by, last)) : Math.min(at, Math.max(at + by, first));

/**
 * The part that is seen after a zoom. The point `at` stays where it is on the screen.
 *
 * @param at - in pixels of the screen.
 */
export function zoomed(
  { x, y, zoom }: Viewport,
  factor: number,
  at: { readonly x: number; readonly y: number },
): Viewport {
  const next = Math.min(GREATEST_ZOOM, Math.max(LEAST_ZOOM, zoom * factor));
  return { x: x + at.x / zoom - at.x / next, y: y + at.y / zoom - at.y / next, zoom: next };
}

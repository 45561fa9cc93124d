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

/** What of the view Now is in its URL: everything. */
export interface NowAddress {
  /** The app whose panel is open. */
  readonly selected?: AppKey;
  /** The text of the filter: see `selectApps`. */
  readonly filter: string;
  /** Whether the apps are shown as a table. */
  readonly isTable: boolean;
  readonly viewport?: Viewport;
}

/** Reads the URL of the view. What it does not understand counts as absent. */
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

/** The URL that `readNowAddress` reads as this address. */
export function hrefToNow({ selected, filter, isTable, viewport }: NowAddress): string {
  return hrefTo('now', selected === undefined ? [] : [selected], {
    ...(filter !== '' && { filter }),
    ...(isTable && { as: 'table' }),
    ...(viewport && { at: `${Math.round(viewport.x)},${Math.round(viewport.y)},${viewport.zoom.toFixed(2)}` }),
  });
}

/** The zooms between which everything can be read or at least recognised. */
export const [LEAST_ZOOM, GREATEST_ZOOM] = [0.2, 2];

const isViewport = ({ x, y, zoom }: Viewport): boolean =>
  Number.isFinite(x) && Number.isFinite(y) && zoom >= LEAST_ZOOM && zoom <= GREATEST_ZOOM;

/**
 * A viewport after the wheel. It goes as far as the drawing does, and not back if it was farther already.
 *
 * @param by - in pixels of the screen.
 * @param room - the drawing with the margins around it, and the screen's part that shows it, each in its own pixels.
 * @returns undefined if it would not move: then the page moves, so that the wheel does not end in the graph.
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
  /** Where the drawing begins. */
  readonly start: Shift;
  readonly drawing: Size;
  readonly frame: Size;
}

const along = (at: number, by: number, first: number, last: number): number =>
  by > 0 ? Math.max(at, Math.min(at + by, last)) : Math.min(at, Math.max(at + by, first));

/** A viewport after a zoom around a point that stays where it is. @param at - in pixels of the screen. */
export function zoomed(
  { x, y, zoom }: Viewport,
  factor: number,
  at: { readonly x: number; readonly y: number },
): Viewport {
  const next = Math.min(GREATEST_ZOOM, Math.max(LEAST_ZOOM, zoom * factor));
  return { x: x + at.x / zoom - at.x / next, y: y + at.y / zoom - at.y / next, zoom: next };
}

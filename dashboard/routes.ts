/*
 * The page has one HTML file. The URL's fragment (the part after `#`) says what the page shows. So each place has an
 * address that people can send to each other, and the browser's Back works. This file reads and writes that fragment.
 */

import { pageFragment } from '../src/core/page-fragment.ts';

/** Where in the page a person is: `#/runs/event%3Adefault%3A…?as=timeline`. */
export interface Route {
  /** The first part of the path, which names the view. */
  readonly view: string;
  /** The parts behind it, decoded, without empty ones: which run, which ticket. */
  readonly path: readonly string[];
  /** Filters and the like. */
  readonly query: URLSearchParams;
}

/**
 * Reads a URL's fragment. An empty one gives the view with the empty name. For a view that it does not know, the page
 * shows the first view.
 */
export function parseRoute(fragment: string): Route {
  const [path = '', query = ''] = fragment.replace(/^#/, '').split('?', 2);
  const [view = '', ...rest] = path.replace(/^\//, '').split('/').map(decoded);
  return { view, path: rest.filter((part) => part !== ''), query: new URLSearchParams(query) };
}

/** Makes the fragment that `parseRoute` reads as this route. Messages of Cascade link to the same addresses. */
export const hrefTo = pageFragment;

/**
 * Names the place that a route shows, without its filters. Two routes to one place give the same text, and so do all
 * routes of the view Now: another app there only opens another panel. `startAtTheTop` compares these texts.
 */
export const placeOf = ({ view, path }: Pick<Route, 'view' | 'path'>): string =>
  view === 'now' ? view : JSON.stringify([view, ...path]);

/** Decodes `%3A` and the like. A part with a mistake, such as `%E0`, stays as it is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

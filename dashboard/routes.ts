import { pageFragment } from '../src/core/page-fragment.ts';

/** Where in the page a person is: `#/runs/event:default:…?show=failed`. */
export interface Route {
  /** The first part of the path, which names the view. */
  readonly view: string;
  /** The parts behind it, decoded. */
  readonly path: readonly string[];
  /** Filters and the like. */
  readonly query: URLSearchParams;
}

/** Reads a URL's fragment. What is no route leads to the view with the empty name. */
export function parseRoute(fragment: string): Route {
  const [path = '', query = ''] = fragment.replace(/^#/, '').split('?', 2);
  const [view = '', ...rest] = path.replace(/^\//, '').split('/').map(decoded);
  return { view, path: rest.filter((part) => part !== ''), query: new URLSearchParams(query) };
}

/** The fragment that `parseRoute` reads as this route. Messages link to the same addresses. */
export const hrefTo = pageFragment;

/** A text that is the same for routes that show the same place, with other filters, or in Now with another app's panel. */
export const placeOf = ({ view, path }: Pick<Route, 'view' | 'path'>): string =>
  view === 'now' ? view : JSON.stringify([view, ...path]);

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

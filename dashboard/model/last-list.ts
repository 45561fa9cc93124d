import { hrefTo, type Route } from '../routes.ts';

/** The last list of each view that the person has seen in this tab, with its filters. */
const lists = new Map<string, string>();

/** Notes where the person is, if that is a list of a view, and not one thing in it. */
export function noteList({ view, path, query }: Route): void {
  if (path.length === 0) lists.set(view, hrefTo(view, [], Object.fromEntries(query)));
}

/**
 * The address of a view's list, with the filters that it had when the person saw it last. If the person came by a link
 * to one thing, the address has no filters.
 */
export const hrefToList = (view: string): string => lists.get(view) ?? hrefTo(view);

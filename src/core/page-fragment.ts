/**
 * Makes the fragment of an address on the dashboard's page, such as `#/runs/event%3Adefault%3Ar1?as=timeline`. Messages
 * to people link to the page with it, and the page's own links have it. dashboard/routes.ts reads it. It is ASCII,
 * whatever the parts are.
 *
 * @param view - the view's name.
 * @param path - the thing that the view shows, such as a ticket's id.
 * @param query - filters and the like.
 */
export function pageFragment(
  view: string,
  path: readonly string[] = [],
  query: Readonly<Record<string, string>> = {},
): string {
  const search = new URLSearchParams(query).toString();
  const parts = [view, ...path].map((part) => encodeURIComponent(part.toWellFormed()));
  return `#/${parts.join('/')}${search === '' ? '' : `?${search}`}`;
}

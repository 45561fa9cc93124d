/**
 * The fragment of an address within the dashboard's page: `#/runs/event%3Adefault%3Ar1?as=timeline`. It is ASCII, whatever
 * the parts are. dashboard/routes.ts reads it.
 *
 * @param view - the view's name.
 * @param path - what of the view is shown, such as a ticket's id.
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

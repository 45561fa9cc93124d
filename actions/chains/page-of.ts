/*
 * The web action `chains` answers with rows, page by page, because OpenWhisk limits the bytes of an answer. This file
 * cuts one page out of all rows.
 */

/** Which rows a reader asks for. */
export interface PageRequest {
  /** How many rows come before the page. */
  readonly offset: number;
  /** The most rows of the page, at least 1. */
  readonly limit: number;
  /** The most bytes of the page, as `bytesOf` counts them. The first row may be larger. */
  readonly maxBytes: number;
}

/** One page of rows. */
export interface RowsPage<T> {
  readonly rows: readonly T[];
  /** Where the next page begins; absent on the last one. */
  readonly nextOffset?: number;
}

/** Cuts a page. It ends after `limit` rows, or before the row with which it would have more than `maxBytes`. */
export function pageOf<T>(
  rows: readonly T[],
  { offset, limit, maxBytes }: PageRequest,
  bytesOf: (row: T) => number,
): RowsPage<T> {
  const page: T[] = [];
  let bytes = 0;
  for (const row of rows.slice(offset, offset + limit)) {
    bytes += bytesOf(row);
    if (page.length > 0 && bytes > maxBytes) break;
    page.push(row);
  }
  const nextOffset = offset + page.length;
  return nextOffset < rows.length && page.length > 0 ? { rows: page, nextOffset } : { rows: page };
}

import { type ChainsQuery, LARGEST_LIMIT } from './read-query.ts';

/**
 * Makes the address of a page of rows: `url` with the parameters of a query. An answer of the web action `chains` links
 * with it to itself and to the next page. Parameters with their default value are left out.
 */
export function hrefOf(url: string, { chain, limit, offset }: ChainsQuery): string {
  const query = new URLSearchParams({
    ...(chain !== undefined && { chain }),
    ...(limit !== LARGEST_LIMIT && { limit: String(limit) }),
    ...(offset !== 0 && { offset: String(offset) }),
  });
  return query.size === 0 ? url : `${url}?${query}`;
}

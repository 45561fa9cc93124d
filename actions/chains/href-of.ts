import { type ChainsQuery, LARGEST_LIMIT } from './read-query.ts';

/** An address with the parameters of a query. Parameters with their default value are left out. */
export function hrefOf(url: string, { chain, limit, offset }: ChainsQuery): string {
  const query = new URLSearchParams({
    ...(chain !== undefined && { chain }),
    ...(limit !== LARGEST_LIMIT && { limit: String(limit) }),
    ...(offset !== 0 && { offset: String(offset) }),
  });
  return query.size === 0 ? url : `${url}?${query}`;
}

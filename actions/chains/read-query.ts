/*
 * The web action `chains` answers with rows, or with a tree of a chain's apps. This file reads from the URL's query
 * what a reader wants.
 */

import { CascadeError } from '../../src/core/cascade-error.ts';
import { clipped } from '../../src/core/outside-text.ts';

/** What a reader asks for. */
export interface ChainsQuery {
  /** Only this chain; absent: all. */
  readonly chain?: string;
  readonly limit: number;
  readonly offset: number;
}

/** The largest `limit`, in rows, and the default: the larger the pages, the fewer calls Qlik's connector needs. */
export const LARGEST_LIMIT = 1_000;

/** The parameters of `/tree`, which has no pages. */
export const TREE_PARAMETERS = ['chain'] as const;
export const ROWS_PARAMETERS = ['chain', 'limit', 'offset'] as const;

/**
 * Reads `__ow_query`, the URL's query as OpenWhisk passes it: `chain` (one of `chains`), `limit` (1 to 1,000 rows,
 * default 1,000), `offset` (how many rows to leave out: 0 to 1,000,000, default 0).
 *
 * @param allowed - the parameters that the path takes.
 * @param chains - the names of the deployed chains.
 * @throws CascadeError PARAMETERS_INVALID, naming the parameter.
 */
export function readQuery(owQuery: string, allowed: readonly string[], chains: readonly string[]): ChainsQuery {
  const query = new URLSearchParams(owQuery);
  for (const name of new Set(query.keys())) {
    if (!allowed.includes(name)) throw invalid(name, `is no parameter here; there is ${allowed.join(', ')}`);
    if (query.getAll(name).length > 1) throw invalid(name, 'is given more than once');
  }
  const limit = wholeNumber(query, 'limit', LARGEST_LIMIT, { min: 1, max: LARGEST_LIMIT });
  const offset = wholeNumber(query, 'offset', 0, { min: 0, max: 1_000_000 });
  const chain = query.get('chain');
  if (chain === null) return { limit, offset };
  if (!chains.includes(chain))
    throw invalid('chain', `is ${shown(chain)}, which is no chain here${candidates(chains)}`);
  return { chain, limit, offset };
}

function wholeNumber(
  query: URLSearchParams,
  name: string,
  usual: number,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  const text = query.get(name);
  if (text === null) return usual;
  const value = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw invalid(name, `is ${shown(text)}; it has to be a whole number from ${min} to ${max}`);
}

const invalid = (name: string, problem: string): CascadeError =>
  new CascadeError('PARAMETERS_INVALID', `The parameter ${shown(name)} ${problem}.`);

/** A message shows at most this many letters of a wrong value, so that the message fits on a screen. */
const SHOWN_LETTERS = 50;
const shown = (text: string): string =>
  JSON.stringify(text.length > SHOWN_LETTERS ? `${clipped(text, SHOWN_LETTERS)}…` : text);

/** A message names at most this many chains, for the same reason. */
const SHOWN_CHAINS = 20;
const candidates = (chains: readonly string[]): string =>
  chains.length === 0
    ? ''
    : `; there is ${chains.slice(0, SHOWN_CHAINS).join(', ')}${chains.length > SHOWN_CHAINS ? ' …' : ''}`;

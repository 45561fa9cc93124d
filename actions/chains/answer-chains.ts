import { CascadeError } from '../../src/core/cascade-error.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import type { AppKey, AppRef } from '../../src/core/names.ts';
import { jsonBytes, PAYLOAD_BYTES } from '../../src/core/payload.ts';
import { NOT_CACHEABLE } from '../../src/platform/readers/read-failure.ts';
import { csvLine } from './csv-line.ts';
import { type LastReloads, NONE_KNOWN } from './last-reloads.ts';
import { pageOf, type RowsPage } from './page-of.ts';
import { type ChainsQuery, LARGEST_LIMIT, ROWS_PARAMETERS, readQuery, TREE_PARAMETERS } from './read-query.ts';
import { CHAIN_ROW_COLUMNS, type ChainRow, linksByChain, rowsOf } from './rows-of.ts';
import { treeOf } from './tree-of.ts';

/** A request of a reader that may read. */
export interface ChainsRequest {
  /** `__ow_path` */
  readonly path: string;
  /** `__ow_query` */
  readonly query: string;
  /** The action's absolute URL, as the reader reaches it. */
  readonly ownUrl: string;
}

/** What a web action returns. */
export interface WebAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object | string;
}

/**
 * Answers one of the three resources: rows as JSON (``), rows as CSV (`/rows.csv`), the unrolled tree (`/tree`).
 *
 * @param last - what the rows tell of the apps' last reloads.
 * @throws CascadeError NOT_FOUND for another path, PARAMETERS_INVALID for a parameter it does not take.
 */
export function answerChains(
  { path, query, ownUrl }: ChainsRequest,
  compiled: CompiledChains,
  last: LastReloads = NONE_KNOWN,
): WebAnswer {
  switch (path) {
    case '':
    case '/':
      return rowsAsJson(query, ownUrl, compiled, last);
    case '/rows.csv':
      return rowsAsCsv(query, `${ownUrl}/rows.csv`, compiled, last);
    case '/tree':
      return tree(query, `${ownUrl}/tree`, compiled);
    default:
      throw new CascadeError(
        'NOT_FOUND',
        'There is nothing at this path. There is chains, chains/rows.csv and chains/tree.',
      );
  }
}

/**
 * The apps of which a request's answer tells the last reload: at most as many as a page has rows.
 *
 * @throws CascadeError PARAMETERS_INVALID.
 */
export function appsAsked({ path, query }: Pick<ChainsRequest, 'path' | 'query'>, compiled: CompiledChains): AppRef[] {
  if (path !== '' && path !== '/' && path !== '/rows.csv') return [];
  const asked = queryOf(query, ROWS_PARAMETERS, compiled);
  const rows = rowsAsked(asked, compiled).slice(asked.offset, asked.offset + asked.limit);
  const apps = new Map(rows.map(({ nodeId, tenant, appId }) => [nodeId, { tenant, appId } as AppRef]));
  return [...apps.values()];
}

function rowsAsJson(owQuery: string, url: string, compiled: CompiledChains, last: LastReloads): WebAnswer {
  const query = queryOf(owQuery, ROWS_PARAMETERS, compiled);
  const { rows, nextOffset } = pageOfRows(query, compiled, last, jsonBytes);
  const self = { href: hrefOf(url, query) };
  const links =
    nextOffset === undefined ? { self } : { self, next: { href: hrefOf(url, { ...query, offset: nextOffset }) } };
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json', ...NOT_CACHEABLE, ...toldOf(last) },
    body: { data: rows, links },
  };
}

/** A file cannot say in its lines that it goes on: a `link` header does (RFC 8288). */
function rowsAsCsv(owQuery: string, url: string, compiled: CompiledChains, last: LastReloads): WebAnswer {
  const query = queryOf(owQuery, ROWS_PARAMETERS, compiled);
  const lineOf = (row: ChainRow): string => csvLine(CHAIN_ROW_COLUMNS.map((column) => row[column]));
  const { rows, nextOffset } = pageOfRows(query, compiled, last, (row) => jsonBytes(lineOf(row)));
  const next =
    nextOffset === undefined ? {} : { link: `<${hrefOf(url, { ...query, offset: nextOffset })}>; rel="next"` };
  return {
    statusCode: 200,
    headers: { 'content-type': 'text/csv; charset=utf-8', ...NOT_CACHEABLE, ...toldOf(last), ...next },
    body: csvLine(CHAIN_ROW_COLUMNS) + rows.map(lineOf).join(''),
  };
}

function tree(owQuery: string, url: string, compiled: CompiledChains): WebAnswer {
  const query = queryOf(owQuery, TREE_PARAMETERS, compiled);
  const links = [...linksByChain(compiled)].flatMap(([chain, ofChain]) => (isAsked(query, chain) ? ofChain : []));
  const { rows, cut } = treeOf(links, compiled.apps);
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json', ...NOT_CACHEABLE },
    body: { data: rows, cut, links: { self: { href: hrefOf(url, query) } } },
  };
}

const queryOf = (owQuery: string, allowed: readonly string[], compiled: CompiledChains): ChainsQuery =>
  readQuery(owQuery, allowed, [...linksByChain(compiled).keys()]);

const isAsked = (query: ChainsQuery, chain: string): boolean => query.chain === undefined || query.chain === chain;

/** Empty columns of last reloads mean nothing if this header is there. */
const toldOf = ({ isUnavailable }: LastReloads): Readonly<Record<string, string>> =>
  isUnavailable ? { 'x-cascade-last-reloads': 'unavailable' } : {};

const rowsAsked = (query: ChainsQuery, compiled: CompiledChains): readonly ChainRow[] =>
  rowsOf(compiled).filter(({ chain }) => isAsked(query, chain));

function pageOfRows(
  query: ChainsQuery,
  compiled: CompiledChains,
  { byApp }: LastReloads,
  bytesOf: (row: ChainRow) => number,
): RowsPage<ChainRow> {
  const rows = rowsAsked(query, compiled).map((row) => ({ ...row, ...byApp.get(row.nodeId as AppKey) }));
  return pageOf(rows, { offset: query.offset, limit: query.limit, maxBytes: PAYLOAD_BYTES }, bytesOf);
}

function hrefOf(url: string, { chain, limit, offset }: ChainsQuery): string {
  const query = new URLSearchParams({
    ...(chain === undefined ? {} : { chain }),
    ...(limit === LARGEST_LIMIT ? {} : { limit: String(limit) }),
    ...(offset === 0 ? {} : { offset: String(offset) }),
  });
  return query.size === 0 ? url : `${url}?${query}`;
}

/*
 * The web action `chains` shows people which app follows which: a Qlik app loads its answers and draws them as charts.
 * This file makes the answers, except those to `chains/runs` (answer-runs.ts). main.ts first checks that the reader may
 * read.
 */

import { CascadeError } from '../../src/core/cascade-error.ts';
import { linksByChain } from '../../src/core/chains/home-chains.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import type { AppKey, AppRef } from '../../src/core/names.ts';
import { jsonBytes, PAYLOAD_BYTES } from '../../src/core/payload.ts';
import { answerOk, type WebAnswer } from './answer-ok.ts';
import { csvLine } from './csv-line.ts';
import { hrefOf } from './href-of.ts';
import { type LastReloads, NONE_KNOWN } from './last-reloads.ts';
import { pageOf } from './page-of.ts';
import { type ChainsQuery, ROWS_PARAMETERS, readQuery, TREE_PARAMETERS } from './read-query.ts';
import { CHAIN_ROW_COLUMNS, type ChainRow, rowsOf } from './rows-of.ts';
import { treeOf } from './tree-of.ts';

/** A request of an authenticated reader. */
export interface ChainsRequest {
  /** `__ow_path` */
  readonly path: string;
  /** `__ow_query` */
  readonly query: string;
  /** The action's absolute URL, as the reader reaches it. */
  readonly ownUrl: string;
}

/**
 * Answers one of three paths: rows as JSON (the empty path), rows as CSV (`/rows.csv`), or the tree (`/tree`).
 *
 * @param compiled - the chains, as the build compiled them into the action.
 * @param last - how the apps' last reloads ended. The rows show it.
 * @throws CascadeError NOT_FOUND for another path, PARAMETERS_INVALID for a parameter that the path does not take or
 *   whose value is wrong.
 */
export function answerChains(
  { path, query, ownUrl }: ChainsRequest,
  compiled: CompiledChains,
  last: LastReloads = NONE_KNOWN,
): WebAnswer {
  switch (path) {
    case '':
    case '/': {
      const { rows, self, next } = pageOfRows(query, ownUrl, compiled, last, jsonBytes);
      const links = { self: { href: self }, ...(next !== undefined && { next: { href: next } }) };
      return answerOk('application/json', { data: rows, links }, headersFor(last));
    }
    case '/rows.csv': {
      const { rows, next } = pageOfRows(query, `${ownUrl}/rows.csv`, compiled, last, (row) => jsonBytes(lineOf(row)));
      const body = csvLine(CHAIN_ROW_COLUMNS) + rows.map(lineOf).join('');
      // A CSV file cannot say that another page follows. A `link` header can (RFC 8288).
      const link = next !== undefined && { link: `<${next}>; rel="next"` };
      return answerOk('text/csv; charset=utf-8', body, { ...headersFor(last), ...link });
    }
    case '/tree': {
      const asked = queryOf(query, TREE_PARAMETERS, compiled);
      const links = [...linksByChain(compiled)].flatMap(([chain, ofChain]) => (isAsked(asked, chain) ? ofChain : []));
      const { rows, cut } = treeOf(links, compiled.apps);
      const self = { href: hrefOf(`${ownUrl}/tree`, asked) };
      return answerOk('application/json', { data: rows, cut, links: { self } });
    }
    default:
      throw new CascadeError(
        'NOT_FOUND',
        'There is nothing at this path. There is chains, chains/rows.csv, chains/tree, chains/runs and chains/runs.csv.',
      );
  }
}

/**
 * The apps whose last reloads the answer may show: those of the rows that the request asks for. Only rows show them.
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

/** This header says that the columns of last reloads are empty because CouchDB, which has them, could not be read. */
const headersFor = ({ isUnavailable }: LastReloads): Readonly<Record<string, string>> =>
  isUnavailable ? { 'x-cascade-last-reloads': 'unavailable' } : {};

const queryOf = (owQuery: string, allowed: readonly string[], compiled: CompiledChains): ChainsQuery =>
  readQuery(owQuery, allowed, [...linksByChain(compiled).keys()]);

const isAsked = (query: ChainsQuery, chain: string): boolean => query.chain === undefined || query.chain === chain;

const rowsAsked = (query: ChainsQuery, compiled: CompiledChains): readonly ChainRow[] =>
  rowsOf(compiled).filter(({ chain }) => isAsked(query, chain));

const lineOf = (row: ChainRow): string => csvLine(CHAIN_ROW_COLUMNS.map((column) => row[column]));

/** One page of rows with their last reloads, its URL and the URL of the next page. */
function pageOfRows(
  owQuery: string,
  url: string,
  compiled: CompiledChains,
  { byApp }: LastReloads,
  bytesOf: (row: ChainRow) => number,
) {
  const query = queryOf(owQuery, ROWS_PARAMETERS, compiled);
  const all = rowsAsked(query, compiled).map((row) => ({ ...row, ...byApp.get(row.nodeId as AppKey) }));
  const { rows, nextOffset } = pageOf(all, { ...query, maxBytes: PAYLOAD_BYTES }, bytesOf);
  const next = nextOffset === undefined ? undefined : hrefOf(url, { ...query, offset: nextOffset });
  return { rows, self: hrefOf(url, query), next };
}

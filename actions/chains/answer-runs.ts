/*
 * The web action `chains` shows people at `chains/runs` which reloads ended lately. A Qlik app loads that to monitor
 * the chains. This file answers such a request.
 *
 * The ledger is Cascade's memory, a database in CouchDB. An event is the ledger's document of a reload that ended.
 */

import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { linksByChain } from '../../src/core/chains/home-chains.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import { appKey } from '../../src/core/names.ts';
import { jsonBytes, PAYLOAD_BYTES } from '../../src/core/payload.ts';
import type { EventDocument } from '../../src/ledger/documents/event.ts';
import type { ChainsRequest } from './answer-chains.ts';
import { answerOk, type WebAnswer } from './answer-ok.ts';
import { csvLine } from './csv-line.ts';
import { hrefOf } from './href-of.ts';
import { pageOf } from './page-of.ts';
import { ROWS_PARAMETERS, readQuery } from './read-query.ts';
import { readRecentEnds, withOrders } from './read-run-ends.ts';
import { appsOfRuns, RUN_ROW_COLUMNS, type RunRow, runRow } from './run-rows.ts';

const NO_LEDGER = 'The setting COUCHDB_URL is missing: without a ledger nobody remembers what ran.';

/** Whether this file answers the request. */
export const isForRuns = ({ path }: Pick<ChainsRequest, 'path'>): boolean => path === '/runs' || path === '/runs.csv';

/**
 * Answers `/runs` (JSON) and `/runs.csv`: one page of the reloads that ended, the newest first, with a row for each.
 * Only reloads of apps in a chain are shown.
 *
 * @param store - the ledger; undefined if the deployment has none.
 * @throws CascadeError PARAMETERS_INVALID for a wrong parameter; SETTINGS_INVALID without a ledger; STORE_UNAVAILABLE
 *   and STORE_REFUSED if the ledger cannot be read.
 */
export async function answerRuns(
  { path, query: owQuery, ownUrl }: ChainsRequest,
  compiled: CompiledChains,
  store: Pick<CouchPort, 'latest' | 'many'> | undefined,
): Promise<WebAnswer> {
  const query = readQuery(owQuery, ROWS_PARAMETERS, [...linksByChain(compiled).keys()]);
  if (store === undefined) throw new CascadeError('SETTINGS_INVALID', NO_LEDGER);
  const { limit, offset, chain } = query;
  const apps = appsOfRuns(chain, compiled);
  const isWanted = (event: EventDocument): boolean => apps.has(appKey(event));
  const { events, areMore } = await readRecentEnds(offset + limit, isWanted, store);
  const ends = await withOrders(events.slice(offset), store);
  const isCsv = path === '/runs.csv';
  const bytesOf = (row: RunRow): number => jsonBytes(isCsv ? lineOf(row) : row);
  const all = ends.map((end) => runRow(end, compiled));
  const { rows, nextOffset } = pageOf(all, { offset: 0, limit, maxBytes: PAYLOAD_BYTES }, bytesOf);
  const after = areMore || nextOffset !== undefined ? offset + rows.length : undefined;
  const next = after === undefined ? undefined : hrefOf(`${ownUrl}${path}`, { ...query, offset: after });
  if (isCsv) {
    const link = next !== undefined && { link: `<${next}>; rel="next"` };
    const body = csvLine(RUN_ROW_COLUMNS) + rows.map(lineOf).join('');
    return answerOk('text/csv; charset=utf-8', body, link === false ? {} : link);
  }
  const self = { href: hrefOf(`${ownUrl}${path}`, query) };
  return answerOk('application/json', {
    data: rows,
    links: { self, ...(next !== undefined && { next: { href: next } }) },
  });
}

const lineOf = (row: RunRow): string => csvLine(RUN_ROW_COLUMNS.map((column) => row[column]));

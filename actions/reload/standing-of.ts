import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { readOrder } from '../../src/ledger/documents/order.ts';
import type { LedgerLog } from '../../src/ledger/ledger-log.ts';
import { readOrTell } from '../../src/ledger/malformed.ts';
import { type LedgerResult, ledgerResult } from './ledger-result.ts';

/**
 * How an order by hand stands that another activation, or a person who called it off, was quicker with: as it is stored
 * now, for whoever gave it waits for the result.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function standingOf(
  result: LedgerResult,
  store: Pick<CouchPort, 'get'>,
  log: Pick<LedgerLog, 'error'>,
): Promise<LedgerResult> {
  if (result.did !== 'taken') return result;
  const found = await store.get(result.order);
  const order = readOrTell(found, readOrder, log);
  return order === undefined ? result : ledgerResult('taken', order);
}

import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { EndRecord } from '../../src/contracts/end-record.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { OrderId, ReloadId } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { TimeConstants } from '../../src/core/time-constants.ts';
import { endOrder } from '../../src/ledger/end-order.ts';
import type { LedgerLog } from '../../src/ledger/ledger-log.ts';
import { moveAppStates } from '../../src/ledger/move-app-states.ts';

/** What recording ends needs from the world. */
export interface StorerPorts {
  readonly store: CouchPort;
  readonly times: TimeConstants;
  readonly log: LedgerLog;
}

/** What came of a record. */
export interface StoredEnds {
  readonly ended: readonly { readonly order: OrderId; readonly reloadId: ReloadId }[];
  /** How many apps have a later last end than before. */
  readonly apps: number;
}

/**
 * Ends the orders of some ended reloads, and notes each app's last end. Doing it again changes nothing.
 *
 * @throws CascadeError STORE_UNAVAILABLE. Nothing is lost by it: a posted order is due until its end is found.
 */
export async function storeEnds({ events }: EndRecord, ports: StorerPorts): Promise<StoredEnds> {
  const ended: StoredEnds['ended'][number][] = [];
  for (const event of events) {
    for (const order of await endedBy(event, ports)) ended.push({ order, reloadId: event.reloadId });
  }
  return { ended, apps: await moveAppStates(events, ports.store) };
}

/** A document that somebody spoilt must not keep the other events from being recorded. */
async function endedBy(event: ReloadFinished, ports: StorerPorts): Promise<readonly OrderId[]> {
  try {
    return await endOrder(event, ports);
  } catch (error) {
    if (!(error instanceof CascadeError && error.code === 'LEDGER_MALFORMED')) throw error;
    ports.log.error(error.message, { code: error.code });
    return [];
  }
}

import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { EndRecord } from '../../src/contracts/end-record.ts';
import type { OrderId, ReloadId } from '../../src/core/names.ts';
import type { TimeConstants } from '../../src/core/time-constants.ts';
import { whenAllSettled } from '../../src/core/when-all-settled.ts';
import { skipBadDocument } from '../../src/ledger/bad-document.ts';
import { type EndPorts, endOrder } from '../../src/ledger/end-order.ts';
import type { LedgerLog } from '../../src/ledger/ledger-log.ts';
import { moveAppStates } from '../../src/ledger/move-app-states.ts';
import { type Patience, patient } from '../../src/ledger/patient-store.ts';

/** What recording ends needs from the world. */
export interface StorerPorts extends Patience {
  readonly store: CouchPort;
  readonly times: TimeConstants;
  readonly log: LedgerLog;
}

/** What was stored. */
export interface StoredEnds {
  readonly ended: readonly { readonly order: OrderId; readonly reloadId: ReloadId }[];
  /** How many apps got a new last end. */
  readonly apps: number;
}

/**
 * The storer first waits this long. Nobody waits for it, but a webhook's sender may still wait for the invoker's requests
 * to CouchDB. Those go first.
 */
const AFTER_THE_ANSWER_MS = 50;

/**
 * Stores each app's last end, and ends the orders of these reloads. It repeats its requests while CouchDB does not
 * answer. If it runs twice, the second run changes nothing.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED. No order is lost: a posted order stays due until its end is
 * found. But an app without an order may then never show this end, only its next one.
 */
export async function storeEnds({ events }: EndRecord, given: StorerPorts): Promise<StoredEnds> {
  await given.sleep(AFTER_THE_ANSWER_MS);
  const ports = { ...given, store: { ...given.store, ...patient(given.store, given) } };
  // If one of the two fails, the other is finished all the same, because nobody reports these events again.
  const [apps, ended] = await whenAllSettled([moveAppStates(events, ports), endAll(events, ports)]);
  return { ended, apps };
}

async function endAll(events: EndRecord['events'], ports: EndPorts): Promise<StoredEnds['ended']> {
  const ended: StoredEnds['ended'][number][] = [];
  for (const event of events) {
    // A spoilt document must not stop the other events.
    const orders = await skipBadDocument(() => endOrder(event, ports), ports.log);
    for (const order of orders ?? []) ended.push({ order, reloadId: event.reloadId });
  }
  return ended;
}

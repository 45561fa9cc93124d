import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { httpCouchdb } from '../../src/clients/couchdb/http-couchdb.ts';
import type { CreatedOrder } from '../../src/contracts/order-request.ts';
import type { AppRef, ChainName } from '../../src/core/names.ts';
import { orderId } from '../../src/core/order.ts';
import { timeConstants } from '../../src/core/time-constants.ts';
import { type EpochMs, seconds } from '../../src/core/units.ts';
import { newOrder } from '../../src/ledger/documents/order.ts';
import { parseStoreSettings } from '../../src/platform/settings/ledger-settings.ts';
import type { StoreSettings } from './start-bench-store.ts';

/** The actions' own client of the store. */
export function couchPortOf(settings: StoreSettings): CouchPort {
  const target = parseStoreSettings(settings);
  if (target === undefined) throw new Error('The store has no settings.');
  return httpCouchdb(target, { stopwatch: () => performance.now(), timeout: seconds(30) });
}

/**
 * Creates a planned order for each of the apps, as the invoker does.
 *
 * @param cause - a reload id that no reload has.
 */
export async function createBenchOrders(
  port: CouchPort,
  apps: readonly AppRef[],
  cause: string,
  timeFactor: number,
): Promise<readonly CreatedOrder[]> {
  const context = { traceId: cause, now: Date.now() as EpochMs, times: timeConstants(timeFactor) };
  const lineage = { cause, hops: 1, root: `event:default:${cause}` };
  const planned = apps.map((target) => {
    const order = { order: orderId(target, 's', cause), ...target, body: {}, chain: 'bench' as ChainName };
    return newOrder(order, lineage, context);
  });
  const written = await port.bulk(planned.map((order) => ({ ...order })));
  return planned.map((order, index) => {
    const outcome = written[index];
    if (outcome?.kind !== 'stored') throw new Error(`The store did not take ${order._id}.`);
    return { ...order, _rev: outcome.rev };
  });
}

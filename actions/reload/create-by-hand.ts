import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { CreatedRequest, DueRequest } from '../../src/contracts/order-request.ts';
import type { ReloadOrder } from '../../src/core/order.ts';
import type { TimeConstants } from '../../src/core/time-constants.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { createOnce } from '../../src/ledger/create-once.ts';
import { newOrder } from '../../src/ledger/new-order.ts';

/** What creating an order by hand needs. */
export interface ByHand {
  readonly store: CouchPort;
  readonly times: TimeConstants;
  /** The container's clock, where the store did not tell its own yet: too early or late only means looked at early or late. */
  readonly now: EpochMs;
  readonly activationId: string;
}

/**
 * Creates the order that a person gave, so that it is started once whatever becomes of this activation.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED: it may be there, and is then started by the sweep.
 */
export async function createByHand(
  order: ReloadOrder,
  { store, times, now, activationId: traceId }: ByHand,
): Promise<CreatedRequest | DueRequest> {
  const lineage = { cause: `m.${traceId}`, hops: 1, root: order.order };
  const document = newOrder(order, lineage, { traceId, now: store.now() ?? now, times });
  const created = await createOnce(store, { ...document });
  const storeNow = store.now();
  if (created.kind === 'exists' || storeNow === undefined) return { traceId, due: order.order };
  return { traceId, created: { ...document, _rev: created.rev }, storeNow };
}

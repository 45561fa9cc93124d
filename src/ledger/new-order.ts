import type { CreatedOrder } from '../contracts/order-request.ts';
import type { Lineage } from '../core/lineage.ts';
import type { ReloadOrder } from '../core/order.ts';
import type { TimeConstants } from '../core/time-constants.ts';
import { addMs, type EpochMs } from '../core/units.ts';

/**
 * An order's document in its first state, as whoever creates it puts it: without a rev, so that of two creators one gets
 * a conflict.
 *
 * @param now - the store's clock: the order is due a little later, so that it is taken up where nobody fires its `reload`.
 */
export function newOrder(
  { order, tenant, appId, body, chain }: ReloadOrder,
  { cause, hops, root, areHopsUnsure }: Lineage,
  { traceId, now, times }: { readonly traceId: string; readonly now: EpochMs; readonly times: TimeConstants },
): Omit<CreatedOrder, '_rev'> {
  return {
    _id: order,
    schema: 1,
    type: 'order',
    tenant,
    appId,
    chain,
    state: 'planned',
    body,
    causes: [cause],
    hops,
    ...(areHopsUnsure === true && { areHopsUnsure }),
    root,
    traceId,
    try: 1,
    claims: 0,
    ends: [],
    createdAt: now,
    dueAt: addMs(now, times.planned),
  };
}

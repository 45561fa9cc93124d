import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { CreatedRequest, DueRequest } from '../../src/contracts/order-request.ts';
import { gateId, tenantId } from '../../src/core/document-ids.ts';
import type { ReloadOrder } from '../../src/core/order.ts';
import type { TimeConstants } from '../../src/core/time-constants.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { boundTenant } from '../../src/ledger/bound-tenant.ts';
import { createOnce } from '../../src/ledger/create-once.ts';
import { echoOf, readGate } from '../../src/ledger/documents/gate.ts';
import { newOrder } from '../../src/ledger/documents/order.ts';
import { readOrTell } from '../../src/ledger/malformed.ts';
import { demandBound } from './demand-bound.ts';
import type { ReloadOrderPorts } from './run-ports.ts';

/** What creating an order by hand needs. */
export interface ByHand extends Pick<ReloadOrderPorts, 'addressOf' | 'log'> {
  readonly store: CouchPort;
  readonly times: TimeConstants;
  /** The container's clock, where the store did not tell its own yet: too early or late only means looked at early or late. */
  readonly now: EpochMs;
  readonly activationId: string;
}

/**
 * Creates the order that a person gave, so that it is started once whatever becomes of this activation.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED: it may be there, and is then started by the sweep; SETTINGS_INVALID
 *   where its tenant is another one for the ledger than for our settings: then it is not there.
 */
export async function createByHand(order: ReloadOrder, ports: ByHand): Promise<CreatedRequest | DueRequest> {
  const { store, times, now, activationId: traceId, log } = ports;
  const [gate, tenant] = await store.many([gateId(order.tenant), tenantId(order.tenant)]);
  const tenantUrl = boundTenant(tenant, log)?.url;
  await demandBound(order.tenant, tenantUrl, { traceId, at: store.now() ?? now }, ports);
  const known = readOrTell(gate, readGate, log);
  const [gateUntil, echoes] = [known?.until, echoOf(known, ports.addressOf(order.tenant))];
  const lineage = { cause: `m.${traceId}`, hops: 1, root: order.order };
  const document = newOrder(order, lineage, { traceId, now: store.now() ?? now, times });
  const created = await createOnce(store, { ...document });
  const storeNow = store.now();
  if (created.kind === 'exists' || storeNow === undefined) return { traceId, due: order.order };
  return {
    traceId,
    created: { ...document, _rev: created.rev },
    storeNow,
    ...(gateUntil !== undefined && { gateUntil }),
    ...(echoes !== undefined && { echoes }),
    ...(tenantUrl !== undefined && { tenantUrl }),
  };
}

import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { manualReload } from '../../src/contracts/generated/manual-reload.cjs';
import type { ManualReload } from '../../src/contracts/manual-reload.ts';
import type { CreatedRequest, DueRequest } from '../../src/contracts/order-request.ts';
import { violationOf } from '../../src/contracts/validator.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { canonicalAppId, isUuid } from '../../src/core/chains/app-index.ts';
import { findApp } from '../../src/core/chains/find-app.ts';
import { gateId, tenantId } from '../../src/core/document-ids.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import { type AppRef, type ChainName, DEFAULT_TENANT, type TenantName } from '../../src/core/names.ts';
import { orderId, type ReloadOrder } from '../../src/core/order.ts';
import type { TimeConstants } from '../../src/core/time-constants.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import { boundTenant } from '../../src/ledger/bound-tenant.ts';
import { createOnce } from '../../src/ledger/create-once.ts';
import { echoOf, readGate } from '../../src/ledger/documents/gate.ts';
import { newOrder, readOrder } from '../../src/ledger/documents/order.ts';
import type { LedgerLog } from '../../src/ledger/ledger-log.ts';
import type { Params } from '../../src/platform/define-action.ts';
import { demandBound, type ReloadOrderPorts } from './attempt.ts';
import { type LedgerResult, ledgerResult } from './outcome.ts';

const TAKEN = 'app, tenant, partial, variables, weight';
/** An order's chain if no chain called for it. */
const BY_HAND = 'by-hand' as ChainName;

/**
 * The order that a person gives with `wsk action invoke cascade/reload -p app …`.
 *
 * @param params - what was passed, without the action's own settings.
 * @param activationId - becomes the order's cause: each invocation is an order of its own.
 * @throws CascadeError PARAMETERS_INVALID, also for an app that no chain file names and that is no app id.
 */
export function orderByHand(params: Params, apps: CompiledChains['apps'], activationId: string): ReloadOrder {
  if (!manualReload(params)) {
    throw new CascadeError('PARAMETERS_INVALID', `The reload ${violationOf(manualReload)}. Parameters are: ${TAKEN}.`);
  }
  const { app, tenant, ...body } = params;
  const target = targetOf(app, tenant, apps);
  return { order: orderId(target, 's', `m.${activationId}`), ...target, body, chain: BY_HAND };
}

function targetOf(app: ManualReload['app'], tenant: string | undefined, apps: CompiledChains['apps']): AppRef {
  const appId = canonicalAppId(app);
  const isNamed = Object.values(apps).some((known) => known.appId === appId);
  if (isUuid(app) && (tenant !== undefined || !isNamed)) {
    return { tenant: (tenant ?? DEFAULT_TENANT) as TenantName, appId };
  }
  const found = findApp({ links: {}, apps }, app);
  if (tenant === undefined || tenant === found.tenant) return { tenant: found.tenant, appId: found.appId };
  throw new CascadeError('PARAMETERS_INVALID', `The app "${app}" is in tenant "${found.tenant}", not in "${tenant}".`);
}

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
  const known = readOrLog(gate, readGate, log);
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
  const order = readOrLog(found, readOrder, log);
  return order === undefined ? result : ledgerResult('taken', order);
}

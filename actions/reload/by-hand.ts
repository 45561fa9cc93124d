/*
 * A person can reload an app by hand, and so let its chain go on: `wsk action invoke cascade/reload -p app …`. The
 * action `reload` then first makes an order (a reload that Cascade owes), and starts it like any other order. This file
 * makes that order.
 */

import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { manualReload } from '../../src/contracts/generated/manual-reload.cjs';
import type { ManualReload } from '../../src/contracts/manual-reload.ts';
import type { CreatedRequest, DueRequest } from '../../src/contracts/order-request.ts';
import { violationOf } from '../../src/contracts/validator.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { canonicalAppId, isUuid } from '../../src/core/chains/app-index.ts';
import { findApp } from '../../src/core/chains/find-app.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import { type AppRef, type ChainName, DEFAULT_TENANT, type TenantName } from '../../src/core/names.ts';
import { orderId, type ReloadOrder } from '../../src/core/order.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import { createOnce } from '../../src/ledger/create-once.ts';
import { newOrder, readOrder } from '../../src/ledger/documents/order.ts';
import type { LedgerLog } from '../../src/ledger/ledger-log.ts';
import type { Params } from '../../src/platform/define-action.ts';
import { factIds, type ReloadOrderPorts, readFacts } from './order-work.ts';
import { type LedgerResult, ledgerResult } from './outcome.ts';

const PARAMETERS = 'app, tenant, partial, variables, weight';
/** The `chain` of an order by hand, which belongs to no chain. */
const BY_HAND = 'by-hand' as ChainName;

/**
 * Makes the order from the parameters that a person gave. It is not stored yet.
 *
 * @param params - the parameters without the action's settings.
 * @param activationId - becomes the order's cause, so that each invocation is an order of its own.
 * @throws CascadeError PARAMETERS_INVALID: the parameters break their schema; or the app is neither an app id nor named
 *   in a chain file; or its name is ambiguous; or it is in another tenant than the parameters say.
 */
export function orderByHand(params: Params, apps: CompiledChains['apps'], activationId: string): ReloadOrder {
  if (!manualReload(params)) {
    throw new CascadeError(
      'PARAMETERS_INVALID',
      `The reload ${violationOf(manualReload)}. Parameters are: ${PARAMETERS}.`,
    );
  }
  const { app, tenant, ...body } = params;
  const target = targetOf(app, tenant, apps);
  // `s` is what the order of a link without a name has in its id. `m.` is the prefix of a cause by hand.
  return { order: orderId(target, 's', `m.${activationId}`), ...target, body, chain: BY_HAND };
}

/**
 * The app that the parameters mean. An app id is taken as it is if the parameters name a tenant, or if no chain has the
 * app. The tenant is then the named one, or else the default one. Everything else is looked up in the chains.
 */
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
export interface ByHand extends Pick<ReloadOrderPorts, 'addressOf' | 'log' | 'store' | 'times'> {
  /**
   * The clock of this machine, used only if CouchDB's answers have no `Date`. If it is wrong, the order is due too
   * early or too late.
   */
  readonly now: EpochMs;
  readonly activationId: string;
}

/**
 * Stores the order that a person gave in the ledger (Cascade's memory). If this activation dies, the order is due a
 * minute later: the sweep, which runs every 5 minutes, has it started.
 *
 * @returns the request to start the order. Usually it has the document, as `created`. If the order existed already, or
 *   if CouchDB's answers have no `Date`, the request has only the order's id, as `due`, and the order is read again.
 * @throws CascadeError SETTINGS_INVALID if the tenant's address differs between settings and ledger: nothing is stored.
 *   STORE_UNAVAILABLE, STORE_REFUSED: the order may be stored; if it is, the sweep starts it. DOCUMENT_REFUSED: CouchDB
 *   refuses the order for its content.
 */
export async function createByHand(order: ReloadOrder, ports: ByHand): Promise<CreatedRequest | DueRequest> {
  const { store, times, activationId: traceId } = ports;
  const documents = await store.many(factIds(order.tenant));
  const now = store.now() ?? ports.now;
  const facts = await readFacts(order.tenant, documents, { traceId, at: now }, ports);
  const lineage = { cause: `m.${traceId}`, hops: 1, root: order.order };
  const document = newOrder(order, lineage, { traceId, now, times });
  const created = await createOnce(store, { ...document });
  const storeNow = store.now();
  if (created.kind === 'exists' || storeNow === undefined) return { traceId, due: order.order };
  return { traceId, created: { ...document, _rev: created.rev }, storeNow, ...facts };
}

/**
 * The result for the person who gave the order. If another activation or a person took the order meanwhile, this reads
 * the order again, to show its present state.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function resultNow(
  result: LedgerResult,
  store: Pick<CouchPort, 'get'>,
  log: Pick<LedgerLog, 'error'>,
): Promise<LedgerResult> {
  if (result.did !== 'taken') return result;
  const order = readOrLog(await store.get(result.order), readOrder, log);
  return order === undefined ? result : ledgerResult('taken', order);
}

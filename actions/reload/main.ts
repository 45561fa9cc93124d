/*
 * The action `reload` asks Qlik for one reload. The action `invoker` starts it for each order (a reload that Cascade
 * owes). A person can start it by hand, too. This file reads the action's parameters and settings, and chooses the way:
 * with the ledger (Cascade's memory), or without it.
 */

import apps from 'cascade:apps';
import timeFactor from 'cascade:time-factor';
import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { QlikPort } from '../../src/clients/qlik/qlik-port.ts';
import type { QlikTenant } from '../../src/clients/qlik/qlik-tenant.ts';
import { orderRequest } from '../../src/contracts/generated/order-request.cjs';
import type { CreatedRequest, DueRequest, OrderRequest } from '../../src/contracts/order-request.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { TenantName } from '../../src/core/names.ts';
import type { ReloadOrder } from '../../src/core/order.ts';
import { timeConstants } from '../../src/core/time-constants.ts';
import { type ActionContext, defineAction, type Params } from '../../src/platform/define-action.ts';
import { openLedger } from '../../src/platform/open-ledger.ts';
import { readStepInput } from '../../src/platform/read-step-input.ts';
import { parseMaxStartsPerHour } from '../../src/platform/settings/ledger-settings.ts';
import { parseReloadSettings, RELOAD_INPUTS } from '../../src/platform/settings/reload-settings.ts';
import { addressesIn, tenantPort } from '../../src/platform/tenant-ports.ts';
import { createByHand, orderByHand, resultNow } from './by-hand.ts';
import { reloadOrder } from './reload-order.ts';
import { type ReloadResult, resultOf, resultWithLedger } from './result-of.ts';
import { startReload } from './start-reload.ts';

const times = timeConstants(timeFactor);

/** An order that a person gives with `-p app …`. It is not stored yet. */
interface ByHandRequest {
  readonly byHand: ReloadOrder;
}

/** What the action was invoked with: a request of the invoker, or an order by hand. */
function requestOf(given: Params, activationId: string): OrderRequest | ByHandRequest {
  const params = Object.fromEntries(Object.entries(given).filter(([name]) => !RELOAD_INPUTS.includes(name)));
  if ('request' in params) return readStepInput(params, 'request', orderRequest);
  return { byHand: orderByHand(params, apps, activationId) };
}

/** Starts the reload without the ledger. */
async function startPlainly(
  order: ReloadOrder,
  tenants: readonly QlikTenant[],
  context: ActionContext,
): Promise<ReloadResult> {
  const qlik = tenantPort(order.tenant, tenants, context.now);
  return resultOf(order.order, await startReload(order, { ...context, qlik }));
}

/** Starts the reload with the ledger. An order by hand is stored first. */
async function startByLedger(
  request: CreatedRequest | DueRequest | ByHandRequest,
  store: CouchPort,
  tenants: readonly QlikTenant[],
  maxStartsPerHour: number,
  context: ActionContext,
): Promise<ReloadResult> {
  const { activationId, now, log, withTraceId } = context;
  const qlikOf = (tenant: TenantName): QlikPort => tenantPort(tenant, tenants, now);
  const ledger = { store, times, addressOf: addressesIn(tenants), log };
  const logOf = (traceId: string) => withTraceId(traceId).log;
  const ports = { ...context, ...ledger, logOf, qlikOf, owner: activationId, maxStartsPerHour };
  if (!('byHand' in request)) {
    const result = await reloadOrder(request, ports);
    // Only the activation that gives the order up returns an error, so the error is logged once. In later activations
    // `did` is `finished`.
    return result.did === 'gave-up' ? resultWithLedger(result) : result;
  }
  // This throws if the tenant is not in the settings. It comes before the order is stored, because nobody could start
  // that order.
  qlikOf(request.byHand.tenant);
  const stored = await createByHand(request.byHand, { ...ledger, now: now(), activationId });
  return resultWithLedger(await resultNow(await reloadOrder(stored, ports), store, log));
}

/**
 * Starts the reload. A request of the invoker says by its form whether the order is in the ledger. An order by hand
 * goes into the ledger if there is one.
 */
async function start(
  request: OrderRequest | ByHandRequest,
  params: Params,
  context: ActionContext,
): Promise<ReloadResult> {
  const store = openLedger(params, 'reload', context);
  const { tenants } = parseReloadSettings(params);
  if ('order' in request) return startPlainly(request.order, tenants, context);
  if (store !== undefined) return startByLedger(request, store, tenants, parseMaxStartsPerHour(params), context);
  if ('byHand' in request) return startPlainly(request.byHand, tenants, context);
  throw new CascadeError('SETTINGS_INVALID', 'The setting COUCHDB_URL is missing, and the order is in the ledger.');
}

/**
 * The action. Its parameters are a request of the invoker; or, by hand, `app` and perhaps `tenant`, `partial`,
 * `variables` and `weight`.
 */
export const main = defineAction({
  name: 'reload',
  work: async (params, context) => {
    const request = requestOf(params, context.activationId);
    // The trace id of an order in the ledger is known only once the order is read. The result is logged with it.
    let traced = context;
    const withTraceId = (traceId: string): ActionContext => {
      traced = { ...context.withTraceId(traceId), withTraceId };
      return traced;
    };
    const result = await start(
      request,
      params,
      'traceId' in request ? withTraceId(request.traceId) : { ...context, withTraceId },
    );
    logResult(result, traced);
    return result;
  },
  failed: (error) => ({ error }),
});

function logResult(result: ReloadResult, { log }: ActionContext): void {
  if ('error' in result) log.error('No reload was started', { ...result.error });
  else if ('did' in result) log.info(`The order is ${result.state}`, { ...result });
  else log.info('Reload started', { ...result });
}

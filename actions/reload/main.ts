import apps from 'cascade:apps';
import timeFactor from 'cascade:time-factor';
import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { QlikTenant } from '../../src/clients/qlik/qlik-tenant.ts';
import { orderRequest } from '../../src/contracts/generated/order-request.cjs';
import type { OrderRequest } from '../../src/contracts/order-request.ts';
import { ACTION_LIMITS } from '../../src/core/action-limits.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { ReloadOrder } from '../../src/core/order.ts';
import { timeConstants } from '../../src/core/time-constants.ts';
import { type ActionContext, defineAction, type Params } from '../../src/platform/define-action.ts';
import { openLedger } from '../../src/platform/open-ledger.ts';
import { readStepInput } from '../../src/platform/read-step-input.ts';
import { parseMaxStartsPerHour } from '../../src/platform/settings/ledger-settings.ts';
import { parseReloadSettings, RELOAD_SETTINGS } from '../../src/platform/settings/reload-settings.ts';
import { sleep } from '../../src/platform/sleep.ts';
import { addressesIn, tenantPort } from '../../src/platform/tenant-ports.ts';
import { createByHand, orderByHand, standingOf } from './by-hand.ts';
import { reloadOrder } from './reload-order.ts';
import { type ReloadResult, resultOf, resultWithLedger } from './result-of.ts';
import { startReload } from './start-reload.ts';

const times = timeConstants(timeFactor);

/** What the invoker passed; or, by hand, the order that the parameters give. */
function requestOf(given: Params, activationId: string): OrderRequest | { readonly byHand: ReloadOrder } {
  const params = Object.fromEntries(Object.entries(given).filter(([name]) => !RELOAD_SETTINGS.includes(name)));
  if ('request' in params) return readStepInput(params, 'request', orderRequest);
  return { byHand: orderByHand(params, apps, activationId) };
}

type Ledgerless = Extract<OrderRequest, { order: ReloadOrder }>;

async function startPlainly(
  order: ReloadOrder,
  tenants: readonly QlikTenant[],
  { deadline, now, log }: ActionContext,
): Promise<ReloadResult> {
  const qlik = tenantPort(order.tenant, tenants, now);
  const answer = await startReload(order, { qlik, deadline, now, sleep, random: Math.random, log });
  return resultOf(order.order, answer);
}

async function startByLedger(
  request: Exclude<OrderRequest, Ledgerless> | { readonly byHand: ReloadOrder },
  store: CouchPort,
  tenants: readonly QlikTenant[],
  maxStartsPerHour: number,
  { activationId, deadline, now, log }: ActionContext,
): Promise<ReloadResult> {
  const ports = { store, times, deadline, now, sleep, random: Math.random, log, owner: activationId };
  const qlikOf: Parameters<typeof reloadOrder>[1]['qlikOf'] = (tenant) => tenantPort(tenant, tenants, now);
  const addressOf = addressesIn(tenants);
  // Before the order is created: for a tenant that the settings do not know it would stay due for ever.
  if ('byHand' in request) qlikOf(request.byHand.tenant);
  const byHand = { store, times, now: now(), activationId, addressOf, log };
  const settled = 'byHand' in request ? await createByHand(request.byHand, byHand) : request;
  const result = await reloadOrder(settled, { ...ports, qlikOf, addressOf, maxStartsPerHour });
  if ('byHand' in request) return resultWithLedger(await standingOf(result, store, log));
  // What an earlier activation gave up is told as such by that one.
  return result.did === 'gave-up' ? resultWithLedger(result) : result;
}

async function start(
  request: OrderRequest | { readonly byHand: ReloadOrder },
  params: Params,
  context: ActionContext,
): Promise<ReloadResult> {
  const store = openLedger(params, ACTION_LIMITS.reload.store, context);
  const { tenants } = parseReloadSettings(params);
  if ('order' in request) return startPlainly(request.order, tenants, context);
  if (store !== undefined) return startByLedger(request, store, tenants, parseMaxStartsPerHour(params), context);
  if ('byHand' in request) return startPlainly(request.byHand, tenants, context);
  throw new CascadeError('SETTINGS_INVALID', 'The setting COUCHDB_URL is missing, and the order is in the ledger.');
}

/** Starts one reload: for an order of the invoker's, or by hand with `app` and what a reload takes. */
export const main = defineAction({
  name: 'reload',
  work: async (params, context) => {
    const request = requestOf(params, context.activationId);
    const traced = 'traceId' in request ? context.withTraceId(request.traceId) : context;
    const result = await start(request, params, traced);
    tell(result, traced);
    return result;
  },
  failed: ({ code, message, traceId }) => ({ error: { code, message, traceId } }),
});

function tell(result: ReloadResult, { log }: ActionContext): void {
  if ('error' in result) log.error('No reload was started', { ...result.error });
  else if ('did' in result) log.info(`The order is ${result.state}`, { ...result });
  else log.info('Reload started', { ...result });
}

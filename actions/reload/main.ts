import apps from 'cascade:apps';
import { httpQlik } from '../../src/clients/qlik/http-qlik.ts';
import type { QlikPort } from '../../src/clients/qlik/qlik-port.ts';
import type { QlikTenant } from '../../src/clients/qlik/qlik-tenant.ts';
import { orderRequest } from '../../src/contracts/generated/order-request.cjs';
import type { OrderRequest } from '../../src/contracts/order-request.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { TenantName } from '../../src/core/names.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { defineAction, type Params } from '../../src/platform/define-action.ts';
import { readEnvelope } from '../../src/platform/read-envelope.ts';
import { parseReloadSettings, RELOAD_SETTINGS } from '../../src/platform/settings/reload-settings.ts';
import { sleep } from '../../src/platform/sleep.ts';
import { orderByHand } from './order-by-hand.ts';
import { resultOf } from './result-of.ts';
import { startReload } from './start-reload.ts';

// Kept while the container lives, with the OAuth token inside; made anew when the settings change.
const ports = new Map<string, QlikPort>();

function portOf(tenant: QlikTenant): QlikPort {
  const key = JSON.stringify(tenant);
  const port = ports.get(key) ?? httpQlik(tenant, () => Date.now() as EpochMs);
  ports.set(key, port);
  return port;
}

function tenantCalled(name: TenantName, tenants: readonly QlikTenant[]): QlikTenant {
  const tenant = tenants.find((candidate) => candidate.name === name);
  if (tenant !== undefined) return tenant;
  const known = tenants.map((candidate) => candidate.name).join(', ');
  throw new CascadeError(
    'SETTINGS_INVALID',
    `The tenant "${name}" is not in the settings, which know ${known}. Add it to QLIK_TENANTS and deploy again.`,
  );
}

function requestOf(given: Params, activationId: string): OrderRequest {
  const params = Object.fromEntries(Object.entries(given).filter(([name]) => !RELOAD_SETTINGS.includes(name)));
  if ('request' in params) return readEnvelope(params, 'request', orderRequest);
  return { traceId: activationId, order: orderByHand(params, apps, activationId) };
}

/** Starts one reload: for an order of the invoker's, or by hand with `app` and what a reload takes. */
export const main = defineAction({
  name: 'reload',
  work: async (params, context) => {
    const { order, traceId } = requestOf(params, context.activationId);
    const { log, deadline, now } = context.withTraceId(traceId);
    const qlik = portOf(tenantCalled(order.tenant, parseReloadSettings(params).tenants));
    const answer = await startReload(order, { qlik, deadline, now, sleep, random: Math.random, log });
    const result = resultOf(order.order, answer);
    if ('error' in result) log.error('No reload was started', { ...result.error });
    else log.info('Reload started', { ...result });
    return result;
  },
  failed: ({ code, message, traceId }) => ({ error: { code, message, traceId } }),
});

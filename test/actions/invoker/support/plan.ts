import type { Target } from '../../../../actions/invoker/targets.ts';
import type { Plan } from '../../../../src/contracts/plan.ts';
import type { AppId, ChainName, OrderId, TenantName } from '../../../../src/core/names.ts';
import type { ReloadOrder } from '../../../../src/core/order.ts';
import type { EpochMs } from '../../../../src/core/units.ts';

export const orderTo = (app: string): ReloadOrder => ({
  order: `order:default:${app}:s:r0` as OrderId,
  tenant: 'default' as TenantName,
  appId: app as AppId,
  body: {},
  chain: 'sales' as ChainName,
});

/** A plan with orders to the apps `a0`, `a1` … */
export const planOf = (count: number): Plan => ({
  traceId: 't1',
  source: 'webhook',
  receivedAt: 0 as EpochMs,
  orders: Array.from({ length: count }, (_, index) => orderTo(`a${index}`)),
  skips: [],
  ignored: [],
});

/** The target that an order becomes if there is no ledger. */
export const targetTo = (app: string): Target => {
  const order = orderTo(app);
  return { kind: 'plain', order: order.order, request: { traceId: 't1', order } };
};

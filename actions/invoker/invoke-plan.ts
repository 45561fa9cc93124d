import type { OrderRequest } from '../../src/contracts/order-request.ts';
import type { Plan } from '../../src/contracts/plan.ts';
import type { ReloadOrder } from '../../src/core/order.ts';
import { type FanOutPorts, fanOut, type Placement } from './fan-out.ts';

/**
 * Fires one `reload` for each order of a plan, if there is no ledger: what becomes of an order is known only from what
 * the host answers now.
 */
export const invokePlan = (plan: Plan, ports: FanOutPorts): Promise<readonly Placement<ReloadOrder>[]> =>
  fanOut<ReloadOrder>(
    {
      targets: plan.orders,
      callOf: (order) => ({
        action: 'reload',
        params: { request: { traceId: plan.traceId, order } satisfies OrderRequest },
      }),
      restOf: (orders) => ({ ...plan, orders, skips: [], ignored: [] }),
      carries: plan.carries ?? 0,
      areDue: false,
    },
    ports,
  );

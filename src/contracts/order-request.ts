import type { ReloadOrder } from '../core/order.ts';

/** What the invoker passes to `reload`, under the one key `request`. */
export interface OrderRequest {
  readonly traceId: string;
  readonly order: ReloadOrder;
}

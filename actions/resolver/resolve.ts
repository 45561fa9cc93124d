import type { Batch } from '../../src/contracts/batch.ts';
import type { Plan } from '../../src/contracts/plan.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import { planOrders } from '../../src/core/plan-orders.ts';

/** Makes the plan for a batch: which reloads are owed for its events, and why the other links are not set off. */
export function resolve(batch: Batch, links: CompiledChains['links']): Plan {
  const { traceId, source, receivedAt, ignored } = batch;
  return { traceId, source, receivedAt, ...planOrders(batch.events, links), ignored };
}

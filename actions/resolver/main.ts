import chains from 'cascade:chains';
import { batch as batchSchema } from '../../src/contracts/generated/batch.cjs';
import { defineAction } from '../../src/platform/define-action.ts';
import { readEnvelope } from '../../src/platform/read-envelope.ts';
import { resolve } from './resolve.ts';

/** The second step of `webhook`: `{ batch }` → `{ plan }`. */
export const main = defineAction({
  name: 'resolver',
  work: async (params, context) => {
    const batch = readEnvelope(params, 'batch', batchSchema);
    const plan = resolve(batch, chains.links);
    const { log } = context.withTraceId(batch.traceId);
    log.info('Resolved', { orders: plan.orders.map(({ order }) => order), skips: plan.skips });
    return { plan };
  },
});

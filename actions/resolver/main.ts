import chains from 'cascade:chains';
import { batch as batchSchema } from '../../src/contracts/generated/batch.cjs';
import { seconds } from '../../src/core/units.ts';
import { defineAction } from '../../src/platform/define-action.ts';
import { openLedger } from '../../src/platform/open-ledger.ts';
import { readEnvelope } from '../../src/platform/read-envelope.ts';
import { parseMaxHops } from '../../src/platform/settings/ledger-settings.ts';
import { resolve } from './resolve.ts';
import { resolveWithLedger } from './resolve-with-ledger.ts';

const STORE_TIMEOUT = seconds(3);

/** The second step of `webhook` and `sweep`: `{ batch }` → `{ plan }`. */
export const main = defineAction({
  name: 'resolver',
  work: async (params, context) => {
    const batch = readEnvelope(params, 'batch', batchSchema);
    const { log } = context.withTraceId(batch.traceId);
    const maxHops = parseMaxHops(params);
    const store = openLedger(params, STORE_TIMEOUT);
    const plan =
      store === undefined
        ? resolve(batch, chains.links)
        : await resolveWithLedger(batch, chains.links, { store, maxHops, log });
    log.info('Resolved', { orders: plan.orders.map(({ order }) => order), skips: plan.skips });
    return { plan };
  },
});

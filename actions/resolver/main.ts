import chains from 'cascade:chains';
import timeFactor from 'cascade:time-factor';
import type { Batch } from '../../src/contracts/batch.ts';
import { batch as batchSchema } from '../../src/contracts/generated/batch.cjs';
import type { Plan } from '../../src/contracts/plan.ts';
import { ACTION_LIMITS } from '../../src/core/action-limits.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { timeConstants } from '../../src/core/time-constants.ts';
import { type ActionContext, defineAction, type Params } from '../../src/platform/define-action.ts';
import { failureOf } from '../../src/platform/failure-of.ts';
import { openLedger } from '../../src/platform/open-ledger.ts';
import { readEnvelopeOrDue } from '../../src/platform/read-step-input.ts';
import { parseMaxHops } from '../../src/platform/settings/ledger-settings.ts';
import { leftDue, resolve } from './resolve.ts';

const NO_LEDGER =
  'The setting COUCHDB_URL is missing, and the events are in the ledger: they stay due. Deploy it again.';

/** The second step of `webhook` and `sweep`: `{ batch }` → `{ plan }`. */
export const main = defineAction({
  name: 'resolver',
  work: async (params, given) => {
    const read = readEnvelopeOrDue(params, 'batch', batchSchema, given);
    if (read.kind === 'due') return { plan: undecidedPlan(read.left, given) };
    const context = given.withTraceId(read.value.traceId);
    const plan = await planFor(read.value, params, context);
    const { orders, skips, undecided } = plan;
    context.log.info('Resolved', { orders: orders.map(({ order }) => order), skips, undecided });
    return { plan };
  },
});

/** Of a batch that this version does not understand. */
const undecidedPlan = (undecided: number, { traceId, now }: ActionContext): Plan => ({
  ...{ traceId, source: 'webhook', receivedAt: now(), orders: [], skips: [], ignored: [] },
  undecided,
});

/** What is stored is due: nothing that fails here may make its sender believe otherwise. */
async function planFor(batch: Batch, params: Params, context: ActionContext): Promise<Plan> {
  try {
    const store = openLedger(params, ACTION_LIMITS.resolver.store, context);
    if (store === undefined && isStored(batch)) throw new CascadeError('SETTINGS_INVALID', NO_LEDGER);
    const ports =
      store === undefined
        ? undefined
        : { store, times: timeConstants(timeFactor), maxHops: parseMaxHops(params), log: context.log };
    return await resolve(batch, chains.links, ports);
  } catch (error) {
    if (!isStored(batch)) throw error;
    failureOf(error, context);
    return leftDue(batch);
  }
}

const isStored = ({ events, hints = [], due = [] }: Batch): boolean =>
  events.some(({ stored }) => stored !== undefined) || hints.length > 0 || due.length > 0;

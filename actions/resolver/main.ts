/*
 * The action `resolver` decides by the chains which reloads follow the reloads that ended (events). It is the second
 * step of two sequences: of `webhook`, and of `sweep`, which runs every 5 minutes and takes up what was left undone.
 * This file reads the action's parameters and settings; resolve.ts does the work.
 */

import chains from 'cascade:chains';
import definition from 'cascade:definition';
import timeFactor from 'cascade:time-factor';
import type { Batch } from '../../src/contracts/batch.ts';
import { batch as batchSchema } from '../../src/contracts/generated/batch.cjs';
import { leftDueIn } from '../../src/contracts/left-due.ts';
import type { Plan } from '../../src/contracts/plan.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { timeConstants } from '../../src/core/time-constants.ts';
import { type ActionContext, defineAction, type Params } from '../../src/platform/define-action.ts';
import { failureOf } from '../../src/platform/failure.ts';
import { openLedger } from '../../src/platform/open-ledger.ts';
import { readStepInput } from '../../src/platform/read-step-input.ts';
import { parseMaxHops } from '../../src/platform/settings/ledger-settings.ts';
import { leftDue, resolve } from './resolve.ts';

const NO_LEDGER =
  'The setting COUCHDB_URL is missing, and the events are in the ledger: they stay due. Deploy it again.';

/**
 * The action. It takes a batch (which reloads ended, and what was left undone), and returns a plan (which reloads to
 * start) for the third step, the invoker.
 *
 * If the action fails, but a part of the batch is stored in the ledger (Cascade's memory), it returns a plan that
 * decides about no event. The sweep will do the stored part.
 */
export const main = defineAction({
  name: 'resolver',
  work: async (params, given) => {
    let context = given;
    let batch: Batch | undefined;
    try {
      batch = readStepInput(params, 'batch', batchSchema);
      context = given.withTraceId(batch.traceId);
      return { plan: await planFor(batch, params, context) };
    } catch (error) {
      const left = leftDueIn(params);
      if (left === 0) throw error;
      failureOf(error, context);
      return { plan: batch === undefined ? undecidedPlan(left, given) : leftDue(batch) };
    }
  },
});

/** The plan for a batch that this version does not understand. */
const undecidedPlan = (undecided: number, { traceId, now }: ActionContext): Plan => ({
  ...{ traceId, source: 'webhook', receivedAt: now(), orders: [], skips: [], ignored: [] },
  undecided,
});

async function planFor(batch: Batch, params: Params, context: ActionContext): Promise<Plan> {
  const { log } = context;
  const store = openLedger(params, 'resolver', context);
  if (store === undefined && leftDueIn({ batch }) > 0) throw new CascadeError('SETTINGS_INVALID', NO_LEDGER);
  const ports =
    store === undefined
      ? undefined
      : { store, times: timeConstants(timeFactor), maxHops: parseMaxHops(params), definition, log };
  const plan = await resolve(batch, chains.links, ports);
  const { orders, skips, undecided } = plan;
  log.info('Resolved', { orders: orders.map(({ order }) => order), skips, undecided });
  return plan;
}

/*
 * The action `invoker` starts the action `reload` for each reload that the resolver decided. It is the last step of
 * three sequences: of `webhook`, of `sweep` (it runs every 5 minutes and takes up what was left undone), and of
 * `socron`, which looks for questions on a Stack Exchange site. This file reads the action's parameters and settings.
 */

import timeFactor from 'cascade:time-factor';
import { openWhiskInvoker } from '../../src/clients/openwhisk/openwhisk-invoker.ts';
import { plan as planSchema } from '../../src/contracts/generated/plan.cjs';
import { leftDueIn } from '../../src/contracts/left-due.ts';
import type { Plan } from '../../src/contracts/plan.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { timeConstants } from '../../src/core/time-constants.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { type ActionContext, defineAction, type Params } from '../../src/platform/define-action.ts';
import { failureOf } from '../../src/platform/failure.ts';
import { openLedger } from '../../src/platform/open-ledger.ts';
import { readStepInput } from '../../src/platform/read-step-input.ts';
import { answerOf } from './answer.ts';
import { fanOutPorts, invocationsOf, newHost } from './fan-out-ports.ts';
import type { FanOutPorts } from './invoke-in-time.ts';
import { invokePlan } from './invoke-plan.ts';

const NO_KEY =
  'The invoker has no API key: deploy it with the annotation provide-api-key set to true, as manifest.yaml does.';
const NO_LEDGER =
  'The setting COUCHDB_URL is missing, and the plan is of the ledger: what it has stays due. Deploy it again.';

// OpenWhisk runs several activations in one container, one after another. They share these counts.
const host = newHost(() => Date.now() as EpochMs);

async function portsFor(plan: Plan, context: ActionContext, apiKey: string | undefined): Promise<FanOutPorts> {
  const { apiHost, actionName } = context;
  if (apiKey === undefined) throw new CascadeError('SETTINGS_INVALID', NO_KEY);
  const packagePath = actionName.slice(0, actionName.lastIndexOf('/') + 1);
  const openwhisk = openWhiskInvoker({ apiHost, apiKey, transactionId: process.env['__OW_TRANSACTION_ID'] });
  return fanOutPorts(plan, host, { ...context, openwhisk, packagePath });
}

/**
 * The action. It takes a plan, starts one activation for each order (a reload that Cascade owes), hint (something that
 * Cascade must check by asking Qlik) and named activation (the plan names its action), and returns the webhook's
 * answer.
 *
 * If the action fails, but a part of the plan is stored in the ledger (Cascade's memory), the answer is no failure: the
 * sweep will do the stored part.
 */
export const main = defineAction({
  name: 'invoker',
  work: async (params, given) => {
    let context = given;
    let known: Pick<Plan, 'traceId' | 'skips' | 'ignored'> = { traceId: given.traceId, skips: [], ignored: [] };
    try {
      const plan = readStepInput(params, 'plan', planSchema);
      known = plan;
      context = given.withTraceId(plan.traceId);
      return await answerTo(plan, params, context);
    } catch (error) {
      const left = leftDueIn(params);
      if (left === 0) throw error;
      failureOf(error, context);
      return answerOf(known, [], left);
    }
  },
});

async function answerTo(plan: Plan, params: Params, context: ActionContext): Promise<object> {
  const apiKey = process.env['__OW_API_KEY'];
  const store = openLedger(params, 'invoker', context);
  if (store === undefined && leftDueIn({ plan }) > 0) throw new CascadeError('SETTINGS_INVALID', NO_LEDGER);
  if (invocationsOf(plan) === 0) return answerOf(plan, [], plan.undecided ?? 0);
  const ports = { ...(await portsFor(plan, context, apiKey)), log: context.log };
  return invokePlan(
    plan,
    store === undefined ? ports : { ...ports, ledger: { store, times: timeConstants(timeFactor) } },
  );
}

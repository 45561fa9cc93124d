import timeFactor from 'cascade:time-factor';
import { DEFAULT_LIMITS, type NamespaceLimits } from '../../src/clients/openwhisk/invoker-port.ts';
import { openWhiskInvoker } from '../../src/clients/openwhisk/openwhisk-invoker.ts';
import { plan as planSchema } from '../../src/contracts/generated/plan.cjs';
import type { Plan } from '../../src/contracts/plan.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { ReloadOrder } from '../../src/core/order.ts';
import { timeConstants } from '../../src/core/time-constants.ts';
import { addMs, type EpochMs, seconds } from '../../src/core/units.ts';
import { type ActionContext, defineAction, type Params } from '../../src/platform/define-action.ts';
import { failureOf } from '../../src/platform/failure-of.ts';
import type { Log } from '../../src/platform/log.ts';
import { openLedger } from '../../src/platform/open-ledger.ts';
import { readEnvelope } from '../../src/platform/read-envelope.ts';
import { sleep } from '../../src/platform/sleep.ts';
import { answerOf } from './answer.ts';
import { answerWithLedger } from './answer-with-ledger.ts';
import { type FanOutPorts, nextMinute, type Placement } from './fan-out.ts';
import { invokePlan } from './invoke-plan.ts';
import { invokeWithLedger } from './invoke-with-ledger.ts';
import { minuteBudget } from './minute-budget.ts';

/** A webhook's sender waits no longer than this for a busy host; what is left is handed on. */
const SENDER_PATIENCE = seconds(4);
const PATIENCE = seconds(30);
const STORE_TIMEOUT = seconds(5);
const NO_KEY =
  'The invoker has no API key: deploy it with the annotation provide-api-key set to true, as manifest.yaml does.';
const NO_LEDGER =
  'The setting COUCHDB_URL is missing, and the plan is of the ledger: what it has stays due. Deploy it again.';

/**
 * So few targets fit into OpenWhisk's default limits, the least that hosts have: a container that does not know the
 * limits yet starts them without asking first, while the default minute has room for them. Where a host has less, it says
 * so by refusing, which is handled as ever.
 */
const FEW_TARGETS = 8;

// Kept while the container lives.
const budget = minuteBudget(() => Date.now() as EpochMs);
let limits: NamespaceLimits | undefined;

/** How many invocations a plan takes. */
const invocationsOf = ({ orders, wake = [], due = [], hints = [], events = [] }: Plan): number =>
  orders.length + wake.length + due.length + hints.length + Math.min(1, events.length);

async function fanOutPorts(plan: Plan, context: ActionContext, apiKey: string | undefined): Promise<FanOutPorts> {
  const { now, deadline, apiHost, actionName } = context;
  if (apiKey === undefined) throw new CascadeError('SETTINGS_INVALID', NO_KEY);
  const openwhisk = openWhiskInvoker({ apiHost, apiKey });
  const isCarried = plan.carries !== undefined;
  const isSomebodyWaiting = !isCarried && plan.source === 'webhook';
  if (isCarried) await nextMinute({ now, sleep, random: Math.random });
  else budget.spend();
  const certain = Math.min(FEW_TARGETS, budget.left(DEFAULT_LIMITS.invocationsPerMinute));
  if (invocationsOf(plan) > certain) limits ??= await openwhisk.limits();
  return {
    openwhisk,
    packagePath: actionName.slice(0, actionName.lastIndexOf('/') + 1),
    limits: limits ?? DEFAULT_LIMITS,
    budget,
    patientUntil: isSomebodyWaiting ? addMs(plan.receivedAt, SENDER_PATIENCE) : addMs(now(), PATIENCE),
    deadline,
    now,
    sleep,
    random: Math.random,
  };
}

/** The last step of `webhook` and `sweep`: `{ plan }` → the webhook's answer; one activation of `reload` for each order. */
export const main = defineAction({
  name: 'invoker',
  work: async (params, given) => {
    const plan = readEnvelope(params, 'plan', planSchema);
    const context = given.withTraceId(plan.traceId);
    try {
      return await answerTo(plan, params, context);
    } catch (error) {
      const left = dueIn(plan);
      if (left === 0) throw error;
      failureOf(error, context);
      return answerWithLedger(plan, [], left, context.log);
    }
  },
});

/** How much of a plan the ledger holds as due: nothing that fails here may make its sender believe otherwise. */
const dueIn = ({ events = [], undecided = 0, due = [], wake = [], hints = [] }: Plan): number =>
  events.length + undecided + due.length + wake.length + hints.length;

async function answerTo(plan: Plan, params: Params, context: ActionContext): Promise<object> {
  const apiKey = process.env['__OW_API_KEY'];
  const store = openLedger(params, STORE_TIMEOUT);
  if (store === undefined) {
    if (dueIn(plan) > 0) throw new CascadeError('SETTINGS_INVALID', NO_LEDGER);
    return withoutLedger(plan, context, apiKey);
  }
  if (invocationsOf(plan) === 0) return answerWithLedger(plan, [], plan.undecided ?? 0, context.log);
  const ports = await fanOutPorts(plan, context, apiKey);
  return invokeWithLedger(plan, { ...ports, store, times: timeConstants(timeFactor), log: context.log });
}

async function withoutLedger(plan: Plan, context: ActionContext, apiKey: string | undefined): Promise<object> {
  if (plan.orders.length === 0) return answerOf(plan, []);
  const placements = await invokePlan(plan, await fanOutPorts(plan, context, apiKey));
  for (const placement of placements) tellPlacement(placement, context.log);
  return answerOf(plan, placements);
}

function tellPlacement(placement: Placement<ReloadOrder>, log: Log): void {
  const { order } = placement.target;
  switch (placement.kind) {
    case 'started':
      log.info('Order started', { order, startedActivationId: placement.activationId });
      break;
    case 'carried':
      log.info('Order carried', { order });
      break;
    case 'failed':
      log.error('Order failed', { order, code: placement.code, reason: placement.message });
      break;
    default:
      placement satisfies never;
  }
}

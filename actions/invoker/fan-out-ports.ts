import { DEFAULT_LIMITS, type NamespaceLimits } from '../../src/clients/openwhisk/invoker-port.ts';
import type { Plan } from '../../src/contracts/plan.ts';
import { addMs, seconds } from '../../src/core/units.ts';
import { type FanOutPorts, nextMinute } from './fan-out.ts';
import type { MinuteBudget } from './minute-budget.ts';

/** A webhook's sender waits no longer than this for a busy host; what is left is handed on. */
const SENDER_PATIENCE = seconds(4);
const PATIENCE = seconds(30);

/**
 * So few targets fit into OpenWhisk's default limits, the least that hosts have: a container that does not know the
 * limits yet starts them without asking first, while the default minute has room for them. If a host has less, it says
 * so by refusing, which is handled as ever.
 */
const FEW_TARGETS = 8;

/** What a container knows of its namespace, from one run to the next. */
export interface KnownHost {
  readonly budget: MinuteBudget;
  /** Absent until they were asked for. */
  limits?: NamespaceLimits | undefined;
}

/** How many invocations a plan takes. */
export const invocationsOf = ({ orders, wake = [], due = [], hints = [], events = [] }: Plan): number =>
  orders.length + wake.length + due.length + hints.length + Math.min(1, events.length);

/**
 * How patient the fan-out of a plan is, and by which limits. A plan that was carried waits for the next minute first;
 * the limits are asked for once, when a plan does not surely fit into OpenWhisk's default ones.
 */
export async function fanOutPorts(
  plan: Plan,
  host: KnownHost,
  ports: Omit<FanOutPorts, 'budget' | 'limits' | 'patientUntil'>,
): Promise<FanOutPorts> {
  const { budget } = host;
  const { now, openwhisk } = ports;
  const isCarried = plan.carries !== undefined;
  const isSomebodyWaiting = !isCarried && plan.source === 'webhook';
  if (isCarried) await nextMinute(ports);
  else budget.spend();
  const certain = Math.min(FEW_TARGETS, budget.left(DEFAULT_LIMITS.invocationsPerMinute));
  if (invocationsOf(plan) > certain) host.limits ??= await openwhisk.limits();
  return {
    ...ports,
    limits: host.limits ?? DEFAULT_LIMITS,
    budget,
    patientUntil: isSomebodyWaiting ? addMs(plan.receivedAt, SENDER_PATIENCE) : addMs(now(), PATIENCE),
  };
}

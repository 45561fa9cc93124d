import { DEFAULT_LIMITS, type NamespaceLimits } from '../../src/clients/openwhisk/invoker-port.ts';
import type { Plan } from '../../src/contracts/plan.ts';
import { addMs, seconds } from '../../src/core/units.ts';
import { type FanOutPorts, nextMinute } from './fan-out.ts';
import type { MinuteBudget } from './minute-budget.ts';

/** A webhook's sender waits no longer than this for a host without a free slot. */
const SENDER_PATIENCE = seconds(4);
const PATIENCE = seconds(30);

/**
 * A container that does not know the namespace's limits starts so few targets without asking for them. They fit into
 * OpenWhisk's default limits, which are the least that hosts have. A host with less refuses some, which the fan-out handles.
 */
const FEW_TARGETS = 8;

/** What a container remembers about its namespace. */
export interface KnownHost {
  readonly budget: MinuteBudget;
  /** Absent until the host was asked for them. */
  limits?: NamespaceLimits | undefined;
}

/** How many invocations a plan takes; one of them is `record`, for all events and notices. */
export const invocationsOf = ({
  orders,
  wake = [],
  due = [],
  slots = [],
  hints = [],
  events = [],
  unrecorded = [],
  owing = [],
}: Plan): number =>
  orders.length +
  wake.length +
  due.length +
  slots.length +
  hints.length +
  Math.min(1, events.length + unrecorded.length + owing.length);

/**
 * Completes the fan-out's ports: for how long it waits, and within which limits.
 *
 * A plan that was handed on first waits here for the next minute; not if it has only slots, which have their own times. The host is asked for the limits once for each container,
 * at the first plan that may not fit into the default ones.
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
  const { slots = [] } = plan;
  const isSlotsOnly = slots.length > 0 && slots.length === invocationsOf(plan);
  if (isCarried && !isSlotsOnly) await nextMinute(ports);
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

/*
 * The invoker starts one activation (a run of an action) for each order of a plan (a reload that Cascade owes): the
 * fan-out. OpenWhisk limits how many activations a namespace may run at once (places), and how many it may start in a
 * minute. This file decides how long the fan-out waits for room, and which limits it keeps to.
 */

import { DEFAULT_LIMITS, type NamespaceLimits } from '../../src/clients/openwhisk/invoker-port.ts';
import type { Plan } from '../../src/contracts/plan.ts';
import { addMs, type DurationMs, type EpochMs, seconds } from '../../src/core/units.ts';
import { nextMinute } from './fan-out.ts';
import type { FanOutPorts } from './invoke-in-time.ts';
import type { MinuteBudget } from './minute-budget.ts';

/**
 * How long the fan-out waits for a free place while a webhook's sender waits for the answer, which should come within a
 * few seconds.
 */
const SENDER_PATIENCE = seconds(4);
/** How long it waits for one if no sender waits. The action has 120 s, so there is time left to hand on the rest. */
const PATIENCE = seconds(30);

/**
 * A container that does not know the namespace's limits starts this many targets without asking for the limits. They
 * fit into OpenWhisk's default limits. A host with lower limits refuses some of them, and the fan-out then tries those
 * again.
 */
const FEW_TARGETS = 8;

/**
 * What a container (the process in which OpenWhisk runs one activation after another) remembers about its namespace.
 */
export interface KnownHost {
  readonly budget: MinuteBudget;
  /** The namespace's limits; absent until we have asked the host for them. */
  limits?: NamespaceLimits | undefined;
}

/** How many invocations a plan takes. At most one is of `record`, for all ended reloads and all notices for people. */
export const invocationsOf = ({
  orders,
  wake = [],
  due = [],
  slots = [],
  hints = [],
  events = [],
  unrecorded = [],
  owing = [],
  calls = [],
}: Plan): number =>
  orders.length +
  calls.length +
  wake.length +
  due.length +
  slots.length +
  hints.length +
  Math.min(1, events.length + unrecorded.length + owing.length);

/**
 * Decides how long the fan-out waits, and which limits of the host it keeps to.
 *
 * If another activation handed this plan on, this first waits for the next minute, unless the plan has only `slots`
 * (orders, each with the instant at which it may start). The host is asked for its limits only before a plan that may
 * not fit into the default limits. `host` remembers the limits, for the next activations in this container.
 *
 * Before a plan with named activations the host is always asked. Such a plan takes half of the limits, and keeps to the
 * host's clock. Containers whose clocks differ would use the same minute of the host for two parts of the plan.
 */
export async function fanOutPorts(
  plan: Plan,
  host: KnownHost,
  ports: Omit<FanOutPorts, 'budget' | 'limits' | 'patientUntil'>,
): Promise<FanOutPorts> {
  const { budget } = host;
  const { openwhisk } = ports;
  const said = plan.calls === undefined ? undefined : await openwhisk.limits();
  host.limits = said ?? host.limits;
  const { now, deadline } = byHostClock(said?.hostNow, ports);
  const isCarried = plan.carries !== undefined;
  const isSomebodyWaiting = !isCarried && plan.source === 'webhook';
  const { slots = [] } = plan;
  const isSlotsOnly = slots.length > 0 && slots.length === invocationsOf(plan);
  if (isCarried && !isSlotsOnly) await nextMinute({ ...ports, now });
  // The host has counted this activation itself in the present minute.
  else budget.spend();
  const certain = Math.min(FEW_TARGETS, budget.left(DEFAULT_LIMITS.invocationsPerMinute));
  if (plan.calls === undefined && invocationsOf(plan) > certain) host.limits ??= await openwhisk.limits();
  const limits = host.limits ?? DEFAULT_LIMITS;
  return {
    ...ports,
    now,
    limits: plan.calls === undefined ? limits : halfOf(limits),
    budget,
    deadline: Math.min(deadline, plan.until ?? deadline) as EpochMs,
    patientUntil: isSomebodyWaiting ? addMs(plan.receivedAt, SENDER_PATIENCE) : addMs(now(), PATIENCE),
  };
}

/** The clock and the deadline by the host's clock. Without `hostNow` they are by the container's own clock. */
function byHostClock(
  hostNow: EpochMs | undefined,
  { now, deadline }: Pick<FanOutPorts, 'now' | 'deadline'>,
): Pick<FanOutPorts, 'now' | 'deadline'> {
  const ahead = ((hostNow ?? now()) - now()) as DurationMs;
  return { now: () => addMs(now(), ahead), deadline: addMs(deadline, ahead) };
}

/**
 * Half of the host's limits, for a plan with named activations: those are no reloads, and leave the other half to the
 * reloads.
 */
const halfOf = ({ invocationsPerMinute, concurrentInvocations }: NamespaceLimits): NamespaceLimits => ({
  invocationsPerMinute: Math.floor(invocationsPerMinute / 2),
  concurrentInvocations: Math.floor(concurrentInvocations / 2),
});

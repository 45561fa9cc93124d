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
import { type MinuteBudget, minuteBudget } from './minute-budget.ts';

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
 * What a container (the process in which OpenWhisk runs one activation after another) remembers about its namespace and
 * the host.
 */
export interface KnownHost {
  /** It counts by the minutes of `now`. */
  readonly budget: MinuteBudget;
  /** The host's clock, as far as the present activation knows it. */
  now: () => EpochMs;
  /** The namespace's limits; absent until the host has said them. */
  limits?: NamespaceLimits | undefined;
  /** How far the host's clock is ahead of the container's. 0 until the host has told its clock. */
  ahead: DurationMs;
}

/** What a new container knows: nothing. @param now - the container's clock. */
export function newHost(now: () => EpochMs): KnownHost {
  const host: KnownHost = { now, ahead: 0 as DurationMs, budget: minuteBudget(() => host.now()) };
  return host;
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
 * not fit into the default limits. `host` remembers the answer, for the next activations in this container.
 *
 * The host counts by minutes of its own clock, which its answer tells. Containers whose clocks differ would use the
 * same minute of the host for two parts of a plan. So the ports have the host's clock, and their instants are by it.
 *
 * A plan with named activations takes half of the limits. Before it the host is always asked.
 */
export async function fanOutPorts(
  plan: Plan,
  host: KnownHost,
  ports: Omit<FanOutPorts, 'budget' | 'limits' | 'patientUntil'>,
): Promise<FanOutPorts> {
  const { budget } = host;
  const { slots = [], until = Number.POSITIVE_INFINITY } = plan;
  const byHost = (instant: EpochMs): EpochMs => addMs(instant, host.ahead);
  const now = (): EpochMs => byHost(ports.now());
  const isCarried = plan.carries !== undefined;
  const isSomebodyWaiting = !isCarried && plan.source === 'webhook';
  const isSlotsOnly = slots.length > 0 && slots.length === invocationsOf(plan);
  // The host counts this activation itself in the present minute.
  const certain = Math.min(FEW_TARGETS, budget.left(DEFAULT_LIMITS.invocationsPerMinute) - 1);
  const isUnsure = host.limits === undefined && invocationsOf(plan) > certain;
  if (plan.calls !== undefined || isUnsure) await askHost(host, ports);
  const isForNextMinute = isCarried && !isSlotsOnly;
  if (isForNextMinute) await nextMinute({ ...ports, now });
  const begunAt = now();
  // Half of a minute is for one activation. So its calls count as those of one minute, even if the clock jumps.
  host.now = plan.calls === undefined ? now : () => begunAt;
  if (!isForNextMinute) budget.spend();
  const limits = host.limits ?? DEFAULT_LIMITS;
  return {
    ...ports,
    now,
    limits: plan.calls === undefined ? limits : halfOf(limits),
    budget,
    deadline: Math.min(byHost(ports.deadline), until) as EpochMs,
    patientUntil: isSomebodyWaiting ? addMs(byHost(plan.receivedAt), SENDER_PATIENCE) : addMs(begunAt, PATIENCE),
  };
}

/** Asks the host for the namespace's limits and for its clock. What it does not say stays as it is known. */
async function askHost(host: KnownHost, { openwhisk, now }: Pick<FanOutPorts, 'openwhisk' | 'now'>): Promise<void> {
  const said = await openwhisk.limits();
  host.limits = said ?? host.limits;
  if (said?.hostNow !== undefined) host.ahead = (said.hostNow - now()) as DurationMs;
}

/**
 * Half of the host's limits, for a plan with named activations: those are no reloads, and leave the other half to the
 * reloads.
 */
const halfOf = ({ invocationsPerMinute, concurrentInvocations }: NamespaceLimits): NamespaceLimits => ({
  invocationsPerMinute: Math.floor(invocationsPerMinute / 2),
  concurrentInvocations: Math.floor(concurrentInvocations / 2),
});

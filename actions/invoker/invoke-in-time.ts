/*
 * The invoker starts activations (runs of actions) on OpenWhisk, which refuses some: the namespace may run only so many
 * at once (the host's places), and start only so many in a minute. This file has one invocation, repeated as long as
 * that helps and as the invoker's own activation has time.
 */

import type { Invocation, InvokerPort, NamespaceLimits } from '../../src/clients/openwhisk/invoker-port.ts';
import { backoff } from '../../src/core/backoff.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { MinuteBudget } from './minute-budget.ts';

/** What the invoker needs to invoke actions within OpenWhisk's limits. */
export interface FanOutPorts {
  readonly openwhisk: InvokerPort;
  /** `/namespace/package/` of the actions. */
  readonly packagePath: string;
  readonly limits: NamespaceLimits;
  readonly budget: MinuteBudget;
  /** If the host has no free place, the fan-out waits for one until this instant. Then it hands the rest on. */
  readonly patientUntil: EpochMs;
  /** When this activation has to be over. */
  readonly deadline: EpochMs;
  readonly now: () => EpochMs;
  readonly sleep: (durationMs: number) => Promise<void>;
  /** From 0 up to 1, as `Math.random`. */
  readonly random: () => number;
}

/** This much of the activation's time is left unused: for the answer, and for a clock that is a little wrong. */
export const MARGIN_MS = 2_000;
/**
 * The longest time of one call. A target is started only if there is time for its call and for handing the others on.
 */
export const CALL_MS = 10_000;
/**
 * How often a call is sent if the host cannot be reached. The fan-out does not wait for a host that is down for longer.
 */
const UNAVAILABLE_TRIES = 3;
/** The pauses before a call is repeated, in milliseconds: most places are free again after a fraction of a second. */
export const PAUSES = { firstMs: 200, longestMs: 2_000 };

/** Whether the activation has this much time left, with the margin. */
export const isTimeLeft = ({ now, deadline }: FanOutPorts, neededMs: number): boolean =>
  now() + neededMs + MARGIN_MS < deadline;

/** Repeats a call. `pauseAfter` returns the pause before the next one in milliseconds, or undefined to stop. */
export async function repeatCall(
  call: () => Promise<Invocation>,
  pauseAfter: (invocation: Invocation, tries: number) => number | undefined,
  { sleep }: FanOutPorts,
): Promise<Invocation> {
  for (let tries = 1; ; tries += 1) {
    const invocation = await call();
    const pauseMs = pauseAfter(invocation, tries);
    if (pauseMs === undefined) return invocation;
    await sleep(pauseMs);
  }
}

/** Invokes an action of the package. The call is repeated only if the host certainly did not queue it. */
export const invokeInTime = (action: string, params: object, ports: FanOutPorts): Promise<Invocation> =>
  repeatCall(
    () => {
      ports.budget.spend();
      return ports.openwhisk.invoke(`${ports.packagePath}${action}`, params);
    },
    ({ kind }, tries) =>
      kind === 'unavailable' && tries < UNAVAILABLE_TRIES && isTimeLeft(ports, 2 * CALL_MS)
        ? backoff(tries + 1, PAUSES, ports.random())
        : undefined,
    ports,
  );

/**
 * Starts one activation that is not a target, such as one of `record`: nobody hands it on. This waits for a place until
 * `patientUntil`. It may spend the few invocations of the minute that are kept in reserve.
 *
 * @returns undefined if no time is left for it.
 */
export async function invokeBeside(
  action: string,
  params: object,
  ports: FanOutPorts,
): Promise<Invocation | undefined> {
  if (!isTimeLeft(ports, 2 * CALL_MS)) return undefined;
  return repeatCall(
    () => invokeInTime(action, params, ports),
    ({ kind }, tries) =>
      kind === 'too-many-concurrent' && ports.now() < ports.patientUntil && isTimeLeft(ports, 2 * CALL_MS)
        ? backoff(tries, PAUSES, ports.random())
        : undefined,
    ports,
  );
}

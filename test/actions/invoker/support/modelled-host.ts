import { fanOut, nextMinute, type Placement as PlacementOf } from '../../../../actions/invoker/fan-out.ts';
import type { FanOutPorts } from '../../../../actions/invoker/invoke-in-time.ts';
import { type MinuteBudget, minuteBudget } from '../../../../actions/invoker/minute-budget.ts';
import { type Target, workOf } from '../../../../actions/invoker/targets.ts';
import type { Invocation, NamespaceLimits } from '../../../../src/clients/openwhisk/invoker-port.ts';
import type { PlainRequest } from '../../../../src/contracts/order-request.ts';
import type { Plan } from '../../../../src/contracts/plan.ts';
import type { EpochMs } from '../../../../src/core/units.ts';

type Placement = PlacementOf<Target>;

export interface HostOptions extends NamespaceLimits {
  /** How far into a minute of the clock the event comes in. */
  readonly startsAtMs?: number;
  /** How long the next activation of `reload` takes. */
  readonly reloadTakesMs?: () => number;
  /** From 0 up to 1: jitter. */
  readonly random?: () => number;
  /** How long the host takes for each answer. Calls at the same time wait for their answers together. */
  readonly callTakesMs?: number;
  /** How far the clock of the activation that received the event is ahead. */
  readonly receivedAheadMs?: number;
  /** The host's answer to this call, whatever its limits are. Undefined: the limits decide. */
  readonly override?: (call: number, action: string) => Invocation | undefined;
  /** How many invocations of others there are in the namespace. The number may change with time. */
  readonly others?: () => number;
  /** Whether each run has a container of its own, which knows nothing of the calls before it. */
  readonly isColdEachTime?: boolean;
}

/** What came of an event, over all runs of the invoker. */
export interface Ended {
  /** How often the host accepted each order, by order id. */
  readonly starts: ReadonlyMap<string, number>;
  /** The first run's placements, which the webhook's sender gets as its answer. */
  readonly told: readonly Placement[];
  readonly failed: readonly Placement[];
  /** The action of each call, in order: `reload` or `invoker`. */
  readonly calls: readonly string[];
  /** The plans that the invoker handed on to its next run, in order. */
  readonly handedOn: readonly Plan[];
  readonly runs: number;
  readonly sentAfterMs: number;
  /** How long the longest run took. */
  readonly longestRunMs: number;
}

const RUN_LIMIT_MS = 120_000;

/**
 * Plays an event through a host with OpenWhisk's two limits on a virtual clock, until no run of the invoker is left.
 */
export async function playThrough(plan: Plan, options: HostOptions): Promise<Ended> {
  const { random = () => 0.5, override = () => undefined, reloadTakesMs = () => 50, others = () => 0 } = options;
  let nowMs = 1_800_000_000_000 + (options.startsAtMs ?? 0);
  const now = () => nowMs as EpochMs;
  let minute = -1;
  let inMinute = 0;
  let running: number[] = [];
  const starts = new Map<string, number>();
  const calls: string[] = [];
  const carried: Plan[] = [];
  const handedOn: Plan[] = [];
  const count = (invocations: number): number => {
    const present = Math.floor(nowMs / 60_000);
    if (present !== minute) inMinute = 0;
    minute = present;
    inMinute += invocations;
    return inMinute;
  };

  function take(action: string, params: object): Invocation {
    calls.push(action);
    const forced = override(calls.length, action);
    const isOver = count(1) > options.invocationsPerMinute;
    if (forced !== undefined && forced.kind !== 'accepted') return forced;
    running = running.filter((until) => until > nowMs);
    if (isOver) return { kind: 'minute-spent' };
    // The run of the invoker is itself one of the concurrent invocations.
    if (running.length + 1 >= options.concurrentInvocations) return { kind: 'too-many-concurrent' };
    if (action === 'invoker') {
      const { plan: rest } = params as { plan: Plan };
      carried.push(rest);
      handedOn.push(rest);
    } else {
      const { order } = (params as { request: PlainRequest }).request;
      starts.set(order.order, (starts.get(order.order) ?? 0) + 1);
      running.push(nowMs + reloadTakesMs());
    }
    return { kind: 'accepted', activationId: `act${calls.length}` };
  }

  const sleep = async (durationMs: number): Promise<void> => {
    nowMs += durationMs;
    count(others());
  };

  async function runOnce(present: Plan, budget: MinuteBudget): Promise<readonly Placement[]> {
    const deadline = (nowMs + RUN_LIMIT_MS) as EpochMs;
    const isCarried = present.carries !== undefined;
    if (isCarried) await nextMinute({ now, sleep, random });
    const ports: FanOutPorts = {
      openwhisk: {
        invoke: async (action, params) => {
          const answeredAt = nowMs + (options.callTakesMs ?? 1);
          // All calls that are made at the same time must begin before time goes on.
          if (options.callTakesMs !== undefined) await new Promise(setImmediate);
          nowMs = Math.max(nowMs, answeredAt);
          return take(action.replace('/guest/cascade/', ''), params);
        },
        limits: async () => options,
      },
      packagePath: '/guest/cascade/',
      limits: options,
      budget,
      patientUntil: (nowMs + (isCarried ? 30_000 : 4_000 + (options.receivedAheadMs ?? 0))) as EpochMs,
      deadline,
      now,
      sleep,
      random,
    };
    return fanOut(workOf(present, undefined), ports);
  }

  const firstAt = nowMs;
  count(1);
  let budget = minuteBudget(now);
  budget.spend();
  const told = await runOnce(plan, budget);
  const sentAfterMs = nowMs - firstAt;
  const failed = told.filter(({ kind }) => kind === 'failed');
  let runs = 1;
  let longestRunMs = sentAfterMs;
  for (let next = carried.shift(); next !== undefined; next = carried.shift()) {
    if (options.isColdEachTime) budget = minuteBudget(now);
    const at = nowMs;
    failed.push(...(await runOnce(next, budget)).filter(({ kind }) => kind === 'failed'));
    longestRunMs = Math.max(longestRunMs, nowMs - at);
    runs += 1;
  }
  return { starts, told, failed, calls, handedOn, runs, sentAfterMs, longestRunMs };
}

/*
 * The invoker starts one activation (a run of an action) for each order of a plan (a reload that Cascade owes), and one
 * for each hint (something that Cascade must check by asking Qlik). OpenWhisk refuses activations beyond two limits of
 * the namespace: how many may run at once (the host's slots), and how many may be started in a minute. This file keeps
 * within these limits. Targets that find no room are carried: the invoker invokes itself with them, and that activation
 * goes on in the next minute.
 */

import pMap from 'p-map';
import type { Invocation, InvokerPort, NamespaceLimits } from '../../src/clients/openwhisk/invoker-port.ts';
import type { Plan } from '../../src/contracts/plan.ts';
import { backoff } from '../../src/core/backoff.ts';
import type { ErrorCode } from '../../src/core/cascade-error.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { type MinuteBudget, RESERVE, untilNextMinuteMs } from './minute-budget.ts';

/**
 * The outcome for one target. A target is something that gets an activation of its own: an order, a hint, or a call (an
 * action that the plan names).
 */
export type Placement<T> =
  | { readonly kind: 'started'; readonly target: T; readonly activationId: string }
  /** The target was handed to a later activation of the invoker. */
  | { readonly kind: 'carried'; readonly target: T }
  | { readonly kind: 'failed'; readonly target: T; readonly code: ErrorCode; readonly message: string };

/** The work of the fan-out. */
export interface FanOutWork<T> {
  readonly targets: readonly T[];
  /** For a target: the action to invoke, and its parameters. */
  readonly callOf: (target: T) => { readonly action: string; readonly params: object };
  /** The plan with which a later activation of the invoker starts the targets that found no room. */
  readonly restOf: (rest: readonly T[]) => Plan;
  /** How many activations have handed on the rest of this work so far. */
  readonly carries: number;
  /**
   * Whether targets that are not started here are started later in any case: orders and hints by the sweep, if they are
   * due in the ledger, and calls by the next run of the questions pipeline. Then the fan-out need not wait beyond
   * `patientUntil`.
   */
  readonly areDue: boolean;
}

/** What the fan-out needs from the world. */
export interface FanOutPorts {
  readonly openwhisk: InvokerPort;
  /** `/namespace/package/` of the actions. */
  readonly packagePath: string;
  readonly limits: NamespaceLimits;
  readonly budget: MinuteBudget;
  /** If the host has no free slot, the fan-out waits for one until this instant. Then it hands the rest on. */
  readonly patientUntil: EpochMs;
  /** When this activation has to be over. */
  readonly deadline: EpochMs;
  readonly now: () => EpochMs;
  readonly sleep: (durationMs: number) => Promise<void>;
  /** From 0 up to 1, as `Math.random`. */
  readonly random: () => number;
}

/** The most calls to OpenWhisk at the same time. The client itself has no limit. */
const PARALLEL_CALLS = 32;
/** This much of the activation's time is left unused: for the answer, and for a clock that is a little wrong. */
const MARGIN_MS = 2_000;
/**
 * The longest time of one call. A target is started only if there is time for its call and for handing the others on.
 */
const CALL_MS = 10_000;
/**
 * How often a call is sent if the host cannot be reached. The fan-out does not wait for a host that is down for longer.
 */
const UNAVAILABLE_TRIES = 3;
/** The pauses before a call is repeated, in milliseconds: most slots are free again after a fraction of a second. */
const PAUSES = { firstMs: 200, longestMs: 2_000 };
/**
 * After this many hand-overs, which take an hour, the invoker gives up. Somebody else must be using up the namespace's
 * limit each minute.
 */
const MOST_CARRIES = 60;

/**
 * Starts one activation for each target, within the namespace's limits. Targets that do not fit into this minute are
 * handed to a later activation of the invoker. If OpenWhisk refuses the hand-over, and the targets are not `areDue`,
 * this waits for the next minute and tries again, as long as the activation has time.
 *
 * @returns a placement for each target. If nobody knows whether OpenWhisk took a target's invocation, the target counts
 *   as failed. The invocation is not repeated, because the target might start twice.
 */
export async function fanOut<T>(work: FanOutWork<T>, ports: FanOutPorts): Promise<readonly Placement<T>[]> {
  const placements: Placement<T>[] = [];
  let open: readonly T[] = work.targets;
  for (;;) {
    open = await startRound(open, placements, work, ports);
    if (open.length === 0) return placements;
    const handedOn = await handOn(open, work, ports);
    if (handedOn !== undefined) return [...placements, ...open.map((target) => placementOf(target, handedOn))];
    if (work.areDue || !isTimeLeft(ports, untilNextMinuteMs(ports.now()))) {
      return [...placements, ...open.map((target) => noRoomPlacement(target))];
    }
    await nextMinute(ports);
  }
}

/** Waits for the next wall-clock minute, with a margin for a host whose clock is a little behind. */
export async function nextMinute({ now, sleep, random }: Pick<FanOutPorts, 'now' | 'sleep' | 'random'>): Promise<void> {
  await sleep(untilNextMinuteMs(now()) + 500 + random() * 1_000);
}

/**
 * Starts as many targets at the same time as the host has slots for. Then it starts the others one after another, as
 * slots become free.
 *
 * @param placements - gets a placement for each target that found room.
 * @returns the targets that found no room.
 */
async function startRound<T>(
  targets: readonly T[],
  placements: Placement<T>[],
  work: FanOutWork<T>,
  ports: FanOutPorts,
): Promise<readonly T[]> {
  const { limits, budget } = ports;
  const slots = Math.min(Math.max(1, limits.concurrentInvocations - RESERVE), budget.left(limits.invocationsPerMinute));
  const burst = await pMap(targets.slice(0, slots), (target) => startOne(target, work, ports), {
    concurrency: PARALLEL_CALLS,
  });
  const refused = burst.filter(isWithoutRoom);
  placements.push(...burst.filter((result): result is Placement<T> => !isWithoutRoom(result)));
  const rest = [...refused.map(({ target }) => target), ...targets.slice(slots)];
  // If the minute or the time is spent, waiting for a slot does not help.
  const isWorthWaiting = refused.every(({ why }) => why === 'too-many-concurrent');
  return isWorthWaiting ? startInTurn(rest, placements, work, ports) : rest;
}

/**
 * Starts targets one after another. While every slot of the host is taken, it waits with growing pauses, until
 * `patientUntil`.
 *
 * @param placements - gets a placement for each target that found room.
 * @returns the targets that found no room.
 */
async function startInTurn<T>(
  targets: readonly T[],
  placements: Placement<T>[],
  work: FanOutWork<T>,
  ports: FanOutPorts,
): Promise<readonly T[]> {
  const rest = [...targets];
  let refusals = 0;
  for (let target = rest[0]; target !== undefined; target = rest[0]) {
    if (ports.budget.left(ports.limits.invocationsPerMinute) === 0 || ports.now() >= ports.patientUntil) break;
    const result = await startOne(target, work, ports);
    if (!isWithoutRoom(result)) {
      placements.push(result);
      rest.shift();
      refusals = 0;
    } else if (result.why !== 'too-many-concurrent') break;
    else {
      refusals += 1;
      await ports.sleep(backoff(refusals, PAUSES, ports.random()));
    }
  }
  return rest;
}

const isWithoutRoom = <T>(result: Placement<T> | NoRoom<T>): result is NoRoom<T> => 'why' in result;

/** A target for which the host had no room, or this activation no time. It may be tried again. */
export interface NoRoom<T> {
  readonly target: T;
  readonly why: 'too-many-concurrent' | 'minute-spent' | 'time-is-up';
}

/** Starts one activation for a target, if the host has room for it and this activation has time. */
export async function startOne<T>(
  target: T,
  work: Pick<FanOutWork<T>, 'callOf'>,
  ports: FanOutPorts,
): Promise<Placement<T> | NoRoom<T>> {
  if (!isTimeLeft(ports, 2 * CALL_MS)) return { target, why: 'time-is-up' };
  const { action, params } = work.callOf(target);
  const invocation = await invoke(action, params, ports);
  if (isNoRoom(invocation)) return { target, why: invocation.kind };
  if (invocation.kind !== 'accepted') return placementOf(target, invocation);
  return { kind: 'started', target, activationId: invocation.activationId };
}

type NoRoomNow = Extract<Invocation, { kind: 'too-many-concurrent' | 'minute-spent' }>;

const isNoRoom = (invocation: Invocation): invocation is NoRoomNow =>
  invocation.kind === 'too-many-concurrent' || invocation.kind === 'minute-spent';

/**
 * The placement of a target that got no activation of its own. `invocation` is the call that handed the target on, or
 * the target's own call if that failed.
 */
function placementOf<T>(target: T, invocation: Exclude<Invocation, NoRoomNow>): Placement<T> {
  switch (invocation.kind) {
    case 'accepted':
      return { kind: 'carried', target };
    case 'refused':
      return { kind: 'failed', target, code: 'OPENWHISK_REFUSED', message: invocation.message };
    case 'unavailable':
    case 'unknown':
      return { kind: 'failed', target, code: 'OPENWHISK_UNREACHABLE', message: invocation.message };
    default:
      return invocation satisfies never;
  }
}

const noRoomPlacement = <T>(target: T): Placement<T> => ({
  kind: 'failed',
  target,
  code: 'OPENWHISK_LIMIT',
  message:
    'OpenWhisk’s invocation limits were spent, or it answered too slowly, and handing the order on was refused too. Raise the namespace’s limits.',
});

/** Repeats a call. `pauseAfter` returns the pause before the next one in milliseconds, or undefined to stop. */
async function repeated(
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

/** One invocation. The call is repeated only if the host certainly did not queue it. */
const invoke = (action: string, params: object, ports: FanOutPorts): Promise<Invocation> =>
  repeated(
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
 * Hands targets to a non-blocking invocation of the invoker itself. That invocation waits for the next minute.
 *
 * If every slot of the host is taken, this tries again after a pause. The pauses grow, because a refused try, too,
 * costs one of the minute's invocations.
 *
 * @returns the host's answer if the host took the targets, or may have taken them; undefined if it certainly did not.
 */
export async function handOn<T>(
  targets: readonly T[],
  { restOf, carries, areDue }: Pick<FanOutWork<T>, 'restOf' | 'carries' | 'areDue'>,
  fanOutPorts: FanOutPorts,
): Promise<Extract<Invocation, { kind: 'accepted' | 'unknown' }> | undefined> {
  if (carries >= MOST_CARRIES) return undefined;
  // Somebody starts these targets later in any case, so handing them on may be given up sooner.
  const ports = areDue ? { ...fanOutPorts, deadline: lastTryAt(fanOutPorts) } : fanOutPorts;
  const plan: Plan = { ...restOf(targets), carries: carries + 1 };
  const invocation = await repeated(
    () => invoke('invoker', { plan }, ports),
    ({ kind }, tries) => {
      // `backoff` does not fit here: this pause has no upper bound, and its random part only makes it shorter.
      const pauseMs = Math.max(PAUSES.firstMs * 2 ** (tries - 1), pauseForFewTriesMs(ports));
      const mayRepeat = kind === 'too-many-concurrent' && isTimeLeft(ports, pauseMs + CALL_MS);
      return mayRepeat ? pauseMs * (0.5 + 0.5 * ports.random()) : undefined;
    },
    ports,
  );
  return invocation.kind === 'accepted' || invocation.kind === 'unknown' ? invocation : undefined;
}

/** The deadline for handing on. With it, the last call begins before `patientUntil`. */
const lastTryAt = ({ deadline, patientUntil }: FanOutPorts): EpochMs =>
  Math.min(deadline, patientUntil + CALL_MS + MARGIN_MS) as EpochMs;

/**
 * The least pause before the next try. It is half of the remaining time if one try is left in this minute, a quarter if
 * two are left, and so on. So a few tries last for the whole time.
 */
function pauseForFewTriesMs({ budget, limits, deadline, now }: FanOutPorts): number {
  const triesLeft = budget.left(limits.invocationsPerMinute + RESERVE);
  return (deadline - MARGIN_MS - now()) / 2 ** triesLeft;
}

const isTimeLeft = ({ now, deadline }: FanOutPorts, neededMs: number): boolean =>
  now() + neededMs + MARGIN_MS < deadline;

/**
 * Starts one activation that is not a target, such as one of `record`: nobody hands it on. This waits for a slot until
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
  return repeated(
    () => invoke(action, params, ports),
    ({ kind }, tries) =>
      kind === 'too-many-concurrent' && ports.now() < ports.patientUntil && isTimeLeft(ports, 2 * CALL_MS)
        ? backoff(tries, PAUSES, ports.random())
        : undefined,
    ports,
  );
}

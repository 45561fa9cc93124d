/*
 * The invoker starts one activation (a run of an action) for each order of a plan (a reload that Cascade owes), and one
 * for each hint (something that Cascade must check by asking Qlik). OpenWhisk refuses activations beyond two limits of
 * the namespace: how many may run at once (the host's places), and how many may be started in a minute. This file keeps
 * within these limits. Targets that find no room are carried: the invoker invokes itself with them, and that activation
 * goes on in the next minute.
 */

import pMap from 'p-map';
import type { Invocation } from '../../src/clients/openwhisk/invoker-port.ts';
import { backoff } from '../../src/core/backoff.ts';
import type { ErrorCode } from '../../src/core/cascade-error.ts';
import { type HandOnWork, handOn } from './hand-on.ts';
import { CALL_MS, type FanOutPorts, invokeInTime, isTimeLeft, PAUSES } from './invoke-in-time.ts';
import { RESERVE, untilNextMinuteMs } from './minute-budget.ts';

/**
 * The outcome for one target. A target is something that gets an activation of its own: an order, a hint, or a named
 * activation (the plan names its action).
 */
export type Placement<T> =
  | { readonly kind: 'started'; readonly target: T; readonly activationId: string }
  /** The target was handed to a later activation of the invoker. */
  | { readonly kind: 'carried'; readonly target: T }
  | { readonly kind: 'failed'; readonly target: T; readonly code: ErrorCode; readonly message: string };

/** The work of the fan-out. */
export interface FanOutWork<T> extends HandOnWork<T> {
  readonly targets: readonly T[];
  /** For a target: the action to invoke, and its parameters. */
  readonly callOf: (target: T) => { readonly action: string; readonly params: object };
}

/** The most calls to OpenWhisk at the same time. The client itself has no limit. */
const PARALLEL_CALLS = 32;

/**
 * Starts one activation for each target, within the namespace's limits. Targets that do not fit into this minute are
 * handed to a later activation of the invoker. If OpenWhisk refuses the hand-over, and no other part of Cascade starts
 * the targets later (`willStartLater`), this waits for the next minute and tries again, as long as the activation has
 * time.
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
    if (work.willStartLater || !isTimeLeft(ports, untilNextMinuteMs(ports.now()))) {
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
 * Starts as many targets as the host's places and the minute allow, up to 32 of them at the same time. Then it starts
 * the others one after another, as places become free, unless the minute or the time is spent.
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
  const places = Math.min(
    Math.max(1, limits.concurrentInvocations - RESERVE),
    budget.left(limits.invocationsPerMinute),
  );
  const burst = await pMap(targets.slice(0, places), (target) => startOne(target, work, ports), {
    concurrency: PARALLEL_CALLS,
  });
  const refused = burst.filter(isWithoutRoom);
  placements.push(...burst.filter((result): result is Placement<T> => !isWithoutRoom(result)));
  const rest = [...refused.map(({ target }) => target), ...targets.slice(places)];
  // If the minute or the time is spent, waiting for a place does not help.
  const isWorthWaiting = refused.every(({ why }) => why === 'too-many-concurrent');
  return isWorthWaiting ? startInTurn(rest, placements, work, ports) : rest;
}

/**
 * Starts targets one after another. While every place of the host is taken, this function waits with growing pauses. It
 * ends if all are started, if the minute's invocations or this activation's time are spent, or if it has waited long
 * enough (`patientUntil`).
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
  const invocation = await invokeInTime(action, params, ports);
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

import pMap from 'p-map';
import type { Invocation, InvokerPort, NamespaceLimits } from '../../src/clients/openwhisk/invoker-port.ts';
import type { Plan } from '../../src/contracts/plan.ts';
import { backoff } from '../../src/core/backoff.ts';
import type { ErrorCode } from '../../src/core/cascade-error.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { type MinuteBudget, RESERVE, untilNextMinuteMs } from './minute-budget.ts';

/** What became of one target: something that is owed an activation of its own. */
export type Placement<T> =
  | { readonly kind: 'started'; readonly target: T; readonly activationId: string }
  /** Handed to a later invocation of the invoker. */
  | { readonly kind: 'carried'; readonly target: T }
  | { readonly kind: 'failed'; readonly target: T; readonly code: ErrorCode; readonly message: string };

/** What is to be fired. */
export interface FanOutWork<T> {
  readonly targets: readonly T[];
  /** The action of this package, and its parameters. */
  readonly callOf: (target: T) => { readonly action: string; readonly params: object };
  /** What a later invocation of the invoker is handed for targets that found no room. */
  readonly restOf: (rest: readonly T[]) => Plan;
  /** How many hand-overs came before. */
  readonly carries: number;
  /** Whether whatever is not fired is due anyway: then nothing is waited for longer than `patientUntil`. */
  readonly areDue: boolean;
}

/** What the fan-out needs from the world. */
export interface FanOutPorts {
  readonly openwhisk: InvokerPort;
  /** `/namespace/package/` of the actions. */
  readonly packagePath: string;
  readonly limits: NamespaceLimits;
  readonly budget: MinuteBudget;
  /** How long a busy host is waited for before the rest is handed on. */
  readonly patientUntil: EpochMs;
  /** When this run has to be over. */
  readonly deadline: EpochMs;
  readonly now: () => EpochMs;
  readonly sleep: (durationMs: number) => Promise<void>;
  /** From 0 up to 1, as `Math.random`. */
  readonly random: () => number;
}

/** Sockets open at once: the client has no cap of its own. */
const PARALLEL_CALLS = 32;
const MARGIN_MS = 2_000;
/** As long as one call may take: no target is fired so late that handing on the rest would find no time. */
const CALL_MS = 10_000;
const UNAVAILABLE_TRIES = 3;
const PAUSES = { firstMs: 200, longestMs: 2_000 };
/** More than this many hand-overs mean that somebody else spends the whole of each minute. */
const MOST_CARRIES = 60;

/** The targets of one round: those that are placed, and those that the host has no room for now. */
interface Round<T> {
  readonly placed: readonly Placement<T>[];
  readonly rest: readonly T[];
}

/**
 * Starts one activation for each target, within the namespace's limits; what does not fit into this minute is handed to a
 * later invocation of the invoker. If that is refused, the next minute is waited for, unless the targets are due anyway.
 *
 * Each target is placed once: an invocation whose fate is unknown is told as failed, never repeated.
 */
export async function fanOut<T>(work: FanOutWork<T>, ports: FanOutPorts): Promise<readonly Placement<T>[]> {
  const placements: Placement<T>[] = [];
  let open: readonly T[] = work.targets;
  for (;;) {
    const { placed, rest } = await fireRound(open, work, ports);
    placements.push(...placed);
    if (rest.length === 0) return placements;
    const handedOn = await handOn(rest, work, ports);
    if (handedOn !== undefined) return [...placements, ...rest.map((target) => placementOf(target, handedOn))];
    if (work.areDue || !isTimeLeft(ports, untilNextMinuteMs(ports.now()))) {
      return [...placements, ...rest.map((target) => noRoom(target))];
    }
    open = rest;
    await nextMinute(ports);
  }
}

/** Waits for the next wall-clock minute, with a margin for a host whose clock is a little behind. */
export async function nextMinute({ now, sleep, random }: Pick<FanOutPorts, 'now' | 'sleep' | 'random'>): Promise<void> {
  await sleep(untilNextMinuteMs(now()) + 500 + random() * 1_000);
}

/** As many at once as the host has slots for, then one after another as slots come free. */
async function fireRound<T>(targets: readonly T[], work: FanOutWork<T>, ports: FanOutPorts): Promise<Round<T>> {
  const { limits, budget } = ports;
  const slots = Math.min(Math.max(1, limits.concurrentInvocations - RESERVE), budget.left(limits.invocationsPerMinute));
  const burst = await pMap(targets.slice(0, slots), (target) => fire(target, work, ports), {
    concurrency: PARALLEL_CALLS,
  });
  const placed = burst.filter((result): result is Placement<T> => 'kind' in result);
  const refused = burst.filter((result): result is NoRoom<T> => !('kind' in result));
  const queue = [...refused.map(({ target }) => target), ...targets.slice(slots)];
  if (refused.some(({ why }) => why !== 'too-many-concurrent')) return { placed, rest: queue };
  const queued = await fireQueue(queue, work, ports);
  return { placed: [...placed, ...queued.placed], rest: queued.rest };
}

async function fireQueue<T>(queue: readonly T[], work: FanOutWork<T>, ports: FanOutPorts): Promise<Round<T>> {
  const placed: Placement<T>[] = [];
  const rest = [...queue];
  let refusals = 0;
  for (let target = rest[0]; target !== undefined; target = rest[0]) {
    if (ports.budget.left(ports.limits.invocationsPerMinute) === 0 || ports.now() >= ports.patientUntil) break;
    const result = await fire(target, work, ports);
    if ('kind' in result) {
      placed.push(result);
      rest.shift();
      refusals = 0;
    } else if (result.why !== 'too-many-concurrent') break;
    else {
      refusals += 1;
      await ports.sleep(backoff(refusals, PAUSES, ports.random()));
    }
  }
  return { placed, rest };
}

/** A target that the host had no room for, or that this run had no time for: it may be tried again. */
interface NoRoom<T> {
  readonly target: T;
  readonly why: 'too-many-concurrent' | 'minute-spent' | 'time-is-up';
}

async function fire<T>(target: T, work: FanOutWork<T>, ports: FanOutPorts): Promise<Placement<T> | NoRoom<T>> {
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

/** What a target has come to with the run that it was handed to, or with a call that did not start it. */
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

/** One call, repeated only if the host certainly did not queue it. */
async function invoke(action: string, params: object, ports: FanOutPorts): Promise<Invocation> {
  for (let tries = 1; ; tries += 1) {
    ports.budget.spend();
    const invocation = await ports.openwhisk.invoke(`${ports.packagePath}${action}`, params);
    if (invocation.kind !== 'unavailable' || tries >= UNAVAILABLE_TRIES || !isTimeLeft(ports, 2 * CALL_MS))
      return invocation;
    await ports.sleep(backoff(tries + 1, PAUSES, ports.random()));
  }
}

/**
 * Hands what is left to a non-blocking invocation of the invoker itself, which waits for the next minute.
 *
 * Where every slot is taken it waits ever longer for one: a try that is refused costs one of the minute's invocations.
 *
 * @returns the host's answer if the rest is no longer ours: also if it is unknown whether it was taken. Undefined
 *   if it certainly was not.
 */
async function handOn<T>(
  targets: readonly T[],
  { restOf, carries, areDue }: FanOutWork<T>,
  given: FanOutPorts,
): Promise<Extract<Invocation, { kind: 'accepted' | 'unknown' }> | undefined> {
  if (carries >= MOST_CARRIES) return undefined;
  const ports = areDue ? { ...given, deadline: lastTryAt(given) } : given;
  const plan: Plan = { ...restOf(targets), carries: carries + 1 };
  for (let pauseMs = PAUSES.firstMs; ; pauseMs *= 2) {
    const invocation = await invoke('invoker', { plan }, ports);
    if (invocation.kind === 'accepted' || invocation.kind === 'unknown') return invocation;
    const longMs = Math.max(pauseMs, pauseForFewTriesMs(ports));
    if (invocation.kind !== 'too-many-concurrent' || !isTimeLeft(ports, longMs + CALL_MS)) return undefined;
    await ports.sleep(longMs * (0.5 + 0.5 * ports.random()));
  }
}

/** The deadline whose last call begins while a busy host is still waited for. */
const lastTryAt = ({ deadline, patientUntil }: FanOutPorts): EpochMs =>
  Math.min(deadline, patientUntil + CALL_MS + MARGIN_MS) as EpochMs;

/** With many tries left in this minute hardly any; the fewer there are, the larger the part of the time that is left. */
function pauseForFewTriesMs({ budget, limits, deadline, now }: FanOutPorts): number {
  const triesLeft = budget.left(limits.invocationsPerMinute + RESERVE);
  return (deadline - MARGIN_MS - now()) / 2 ** triesLeft;
}

const isTimeLeft = ({ now, deadline }: FanOutPorts, neededMs: number): boolean =>
  now() + neededMs + MARGIN_MS < deadline;

const noRoom = <T>(target: T): Placement<T> => ({
  kind: 'failed',
  target,
  code: 'OPENWHISK_LIMIT',
  message:
    'OpenWhisk’s invocation limits were spent, or it answered too slowly, and handing the order on was refused too. Raise the namespace’s limits.',
});

/**
 * Starts one activation beside the targets: waits for a slot as long as a sender is patient, and may use what the targets
 * left of the minute's reserve.
 *
 * @returns undefined if this run has no time for it.
 */
export async function invokeBeside(
  action: string,
  params: object,
  ports: FanOutPorts,
): Promise<Invocation | undefined> {
  for (let tries = 1; ; tries += 1) {
    if (!isTimeLeft(ports, 2 * CALL_MS)) return undefined;
    const invocation = await invoke(action, params, ports);
    if (invocation.kind !== 'too-many-concurrent' || ports.now() >= ports.patientUntil) return invocation;
    await ports.sleep(backoff(tries, PAUSES, ports.random()));
  }
}

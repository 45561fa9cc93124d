import pMap from 'p-map';
import type { Invocation, InvokerPort, NamespaceLimits } from '../../src/clients/openwhisk/invoker-port.ts';
import type { OrderRequest } from '../../src/contracts/order-request.ts';
import type { Plan } from '../../src/contracts/plan.ts';
import type { ErrorCode } from '../../src/core/cascade-error.ts';
import type { ReloadOrder } from '../../src/core/order.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { type MinuteBudget, RESERVE, untilNextMinuteMs } from './minute-budget.ts';

/** What became of one order. */
export type Placement =
  | { readonly kind: 'started'; readonly order: ReloadOrder; readonly activationId: string }
  /** Handed to a later invocation of the invoker. */
  | { readonly kind: 'carried'; readonly order: ReloadOrder }
  | { readonly kind: 'failed'; readonly order: ReloadOrder; readonly code: ErrorCode; readonly message: string };

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
/** As long as one call may take: no order is fired so late that handing on the rest would find no time. */
const CALL_MS = 10_000;
const UNAVAILABLE_TRIES = 3;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2_000;
/** More than this many hand-overs mean that somebody else spends the whole of each minute. */
const MOST_CARRIES = 60;

/** The orders of one round: those that are placed, and those that the host has no room for now. */
interface Round {
  readonly placed: readonly Placement[];
  readonly rest: readonly ReloadOrder[];
}

/**
 * Starts one activation of `reload` for each order, within the namespace's limits; what does not fit into this minute is
 * handed to a later invocation of the invoker.
 *
 * Each order is placed once: an invocation whose fate is unknown is told as failed, never repeated.
 */
export async function fanOut(plan: Plan, ports: FanOutPorts): Promise<readonly Placement[]> {
  const placements: Placement[] = [];
  let open: readonly ReloadOrder[] = plan.orders;
  for (;;) {
    const { placed, rest } = await fireRound(open, plan.traceId, ports);
    placements.push(...placed);
    if (rest.length === 0) return placements;
    const handedOn = await handOn(rest, plan, ports);
    if (handedOn !== undefined) return [...placements, ...rest.map((order) => placementOf(order, handedOn))];
    if (!isTimeLeft(ports, untilNextMinuteMs(ports.now()))) return [...placements, ...rest.map(noRoom)];
    open = rest;
    await nextMinute(ports);
  }
}

/** Waits for the next wall-clock minute, with a margin for a host whose clock is a little behind. */
export async function nextMinute({ now, sleep, random }: Pick<FanOutPorts, 'now' | 'sleep' | 'random'>): Promise<void> {
  await sleep(untilNextMinuteMs(now()) + 500 + random() * 1_000);
}

/** As many at once as the host has slots for, then one after another as slots come free. */
async function fireRound(orders: readonly ReloadOrder[], traceId: string, ports: FanOutPorts): Promise<Round> {
  const { limits, budget } = ports;
  const slots = Math.min(Math.max(1, limits.concurrentInvocations - RESERVE), budget.left(limits.invocationsPerMinute));
  const burst = await pMap(orders.slice(0, slots), (order) => fire(order, traceId, ports), {
    concurrency: PARALLEL_CALLS,
  });
  const placed = burst.filter((result): result is Placement => 'kind' in result);
  const refused = burst.filter((result): result is NoRoom => !('kind' in result));
  const queue = [...refused.map(({ order }) => order), ...orders.slice(slots)];
  if (refused.some(({ why }) => why !== 'too-many-concurrent')) return { placed, rest: queue };
  const queued = await fireQueue(queue, traceId, ports);
  return { placed: [...placed, ...queued.placed], rest: queued.rest };
}

async function fireQueue(queue: readonly ReloadOrder[], traceId: string, ports: FanOutPorts): Promise<Round> {
  const placed: Placement[] = [];
  const rest = [...queue];
  let pauseMs = FIRST_PAUSE_MS;
  for (let order = rest[0]; order !== undefined; order = rest[0]) {
    if (ports.budget.left(ports.limits.invocationsPerMinute) === 0 || ports.now() >= ports.patientUntil) break;
    const result = await fire(order, traceId, ports);
    if ('kind' in result) {
      placed.push(result);
      rest.shift();
      pauseMs = FIRST_PAUSE_MS;
    } else if (result.why !== 'too-many-concurrent') break;
    else {
      await ports.sleep(pauseMs * (0.5 + ports.random()));
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    }
  }
  return { placed, rest };
}

/** An order that the host had no room for, or that this run had no time for: it may be tried again. */
interface NoRoom {
  readonly order: ReloadOrder;
  readonly why: 'too-many-concurrent' | 'minute-spent' | 'time-is-up';
}

async function fire(order: ReloadOrder, traceId: string, ports: FanOutPorts): Promise<Placement | NoRoom> {
  if (!isTimeLeft(ports, 2 * CALL_MS)) return { order, why: 'time-is-up' };
  const request: OrderRequest = { traceId, order };
  const invocation = await invoke('reload', { request }, ports);
  if (isNoRoom(invocation)) return { order, why: invocation.kind };
  if (invocation.kind !== 'accepted') return placementOf(order, invocation);
  return { kind: 'started', order, activationId: invocation.activationId };
}

type NoRoomNow = Extract<Invocation, { kind: 'too-many-concurrent' | 'minute-spent' }>;

const isNoRoom = (invocation: Invocation): invocation is NoRoomNow =>
  invocation.kind === 'too-many-concurrent' || invocation.kind === 'minute-spent';

/** What an order has come to with the run that it was handed to, or with a call that did not start it. */
function placementOf(order: ReloadOrder, invocation: Exclude<Invocation, NoRoomNow>): Placement {
  switch (invocation.kind) {
    case 'accepted':
      return { kind: 'carried', order };
    case 'refused':
      return { kind: 'failed', order, code: 'OPENWHISK_REFUSED', message: invocation.message };
    case 'unavailable':
    case 'unknown':
      return { kind: 'failed', order, code: 'OPENWHISK_UNREACHABLE', message: invocation.message };
    default:
      return invocation satisfies never;
  }
}

/** One call, repeated only where the host certainly did not queue it. */
async function invoke(action: string, params: object, ports: FanOutPorts): Promise<Invocation> {
  for (let tries = 1; ; tries += 1) {
    ports.budget.spend();
    const invocation = await ports.openwhisk.invoke(`${ports.packagePath}${action}`, params);
    if (invocation.kind !== 'unavailable' || tries >= UNAVAILABLE_TRIES || !isTimeLeft(ports, 2 * CALL_MS))
      return invocation;
    await ports.sleep(FIRST_PAUSE_MS * 2 ** tries * (0.5 + ports.random()));
  }
}

/**
 * Hands what is left to a non-blocking invocation of the invoker itself, which waits for the next minute.
 *
 * Where every slot is taken it waits ever longer for one: a try that is refused costs one of the minute's invocations.
 *
 * @returns the host's answer where the rest is no longer ours: also where it is unknown whether it was taken. Undefined
 *   where it certainly was not.
 */
async function handOn(
  orders: readonly ReloadOrder[],
  plan: Plan,
  ports: FanOutPorts,
): Promise<Extract<Invocation, { kind: 'accepted' | 'unknown' }> | undefined> {
  const carries = (plan.carries ?? 0) + 1;
  if (carries > MOST_CARRIES) return undefined;
  const rest: Plan = { ...plan, orders, skips: [], ignored: [], carries };
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
    const invocation = await invoke('invoker', { plan: rest }, ports);
    if (invocation.kind === 'accepted' || invocation.kind === 'unknown') return invocation;
    const longMs = Math.max(pauseMs, pauseForFewTriesMs(ports));
    if (invocation.kind !== 'too-many-concurrent' || !isTimeLeft(ports, longMs + CALL_MS)) return undefined;
    await ports.sleep(longMs * (0.5 + 0.5 * ports.random()));
  }
}

/** With many tries left in this minute hardly any; the fewer there are, the larger the part of the time that is left. */
function pauseForFewTriesMs({ budget, limits, deadline, now }: FanOutPorts): number {
  const triesLeft = budget.left(limits.invocationsPerMinute + RESERVE);
  return (deadline - MARGIN_MS - now()) / 2 ** triesLeft;
}

const isTimeLeft = ({ now, deadline }: FanOutPorts, neededMs: number): boolean =>
  now() + neededMs + MARGIN_MS < deadline;

const noRoom = (order: ReloadOrder): Placement => ({
  kind: 'failed',
  order,
  code: 'OPENWHISK_LIMIT',
  message:
    'OpenWhisk’s invocation limits were spent, or it answered too slowly, and handing the order on was refused too. Raise the namespace’s limits.',
});

import type { QlikPort, ReloadRecord, StartAnswer } from '../../src/clients/qlik/qlik-port.ts';
import { backoff } from '../../src/core/backoff.ts';
import { findOwnReload, tenantClockAt } from '../../src/core/find-own-reload.ts';
import { type ReloadOrder, resourceIdOf } from '../../src/core/order.ts';
import { type DurationMs, type EpochMs, seconds } from '../../src/core/units.ts';
import type { Log } from '../../src/platform/log.ts';

/** What starting a reload needs from the world. */
export interface StartPorts {
  readonly qlik: Pick<QlikPort, 'startReload' | 'listReloads' | 'ownUserId'>;
  /** When this run has to be over. */
  readonly deadline: EpochMs;
  readonly now: () => EpochMs;
  readonly sleep: (durationMs: number) => Promise<void>;
  /** From 0 up to 1, as `Math.random`. */
  readonly random: () => number;
  readonly log: Log;
}

const CALL_TIMEOUT = seconds(25);
const MARGIN_MS = 2_000;
const PAUSES = { firstMs: 500, longestMs: 15_000 };
const LEAST_POST_MS = 5_000;
const FIRST_TRY = 1;

/**
 * Starts one reload for an order: POST; while it is unknown whether Qlik accepted, look before posting again.
 *
 * A POST that got no answer, or a 5xx, leaves a doubt. Then the app's reloads are listed: ours is there → it is taken;
 * it is not → POST again after a pause with jitter, while the time allows. Without a list nothing is posted. A POST that
 * could not be sent leaves no doubt: it is sent after a pause, as nobody else would do it later.
 */
export async function startReload(order: ReloadOrder, ports: StartPorts): Promise<StartAnswer> {
  const { appId, body } = order;
  const resourceId = resourceIdOf(order.order, FIRST_TRY);
  const firstSentAt = ports.now();
  let isInDoubt = false;
  for (let tries = 1; ; tries += 1) {
    const answer = await ports.qlik.startReload({ appId, body, resourceId }, timeoutWithin(ports));
    if (answer.kind === 'started') return answer;
    if (isNotSent(answer) && (await isPaused(tries, ports))) continue;
    if (answer.kind !== 'unknown' && !isInDoubt) return answer;
    isInDoubt = true;
    ports.log.warn(`Not sure whether the reload was accepted: ${answer.message}`, { order: order.order });
    const found = await settleDoubt(order, resourceId, firstSentAt, tries, ports);
    if (found.kind !== 'absent') return found;
    if (answer.kind !== 'unknown' || isTooLate(ports)) return answer;
  }
}

const isNotSent = (answer: StartAnswer): boolean => answer.kind === 'wait' && answer.code === 'QLIK_UNREACHABLE';

/** Waits before the next POST; false if there would be no time left for it. */
async function isPaused(tries: number, ports: StartPorts): Promise<boolean> {
  const jitteredMs = backoff(tries, PAUSES, ports.random());
  if (ports.now() + jitteredMs + LEAST_POST_MS + MARGIN_MS >= ports.deadline) return false;
  await ports.sleep(jitteredMs);
  return true;
}

type Settled = StartAnswer | { readonly kind: 'absent' };

/** Looks twice, a pause apart, since Qlik may show late what it accepted; looks on while the list cannot be had. */
async function settleDoubt(
  order: ReloadOrder,
  resourceId: string,
  firstSentAt: EpochMs,
  tries: number,
  ports: StartPorts,
): Promise<Settled> {
  let looks = 0;
  for (let pauses = tries; ; pauses += 1) {
    const look = await lookForOurs(order, resourceId, firstSentAt, ports);
    if (look.kind === 'started') return look;
    if (look.kind === 'absent') looks += 1;
    if (looks === 2) return { kind: 'absent' };
    const jitteredMs = backoff(pauses, PAUSES, ports.random());
    if (ports.now() + jitteredMs + MARGIN_MS >= ports.deadline) return timeIsUp(look);
    await ports.sleep(jitteredMs);
  }
}

const timeIsUp = (look: Look): StartAnswer => ({
  kind: 'unknown',
  message:
    look.kind === 'unavailable'
      ? `Qlik did not answer whether the reload was accepted, and its list does not tell: ${look.message}`
      : 'Qlik did not answer whether the reload was accepted, and its list does not show it',
});

type Look =
  | Extract<StartAnswer, { kind: 'started' }>
  | { readonly kind: 'absent' }
  | { readonly kind: 'unavailable'; readonly message: string };

async function lookForOurs(
  order: ReloadOrder,
  resourceId: string,
  firstSentAt: EpochMs,
  ports: StartPorts,
): Promise<Look> {
  const { qlik, now } = ports;
  const listed = await qlik.listReloads(order.appId, timeoutWithin(ports));
  if (listed.kind === 'unavailable') return listed;
  const since = tenantClockAt(listed.tenantNow, (now() - firstSentAt) as DurationMs);
  const found = findOwnReload(listed.reloads, { resourceId, partial: order.body.partial === true, since });
  if (found.kind === 'echoed') return taken(found.reload);
  if (found.reloads.length === 0) return { kind: 'absent' };
  const userId = await qlik.ownUserId(timeoutWithin(ports));
  if (userId === undefined || since === undefined) return { kind: 'unavailable', message: CANNOT_TELL };
  const guess = found.reloads.find((reload) => reload.userId === userId);
  return guess === undefined ? { kind: 'absent' } : taken(guess);
}

const CANNOT_TELL = 'it has a reload that may be ours, but the tenant does not tell our user or its clock';

const taken = ({ id, status }: ReloadRecord): Look => ({ kind: 'started', reloadId: id, status });

/** A POST that is cut off by the end of the run would only leave another doubt. */
const isTooLate = ({ now, deadline }: StartPorts): boolean => now() + LEAST_POST_MS + MARGIN_MS >= deadline;

/** No call outlives the run: a container frozen with a request in flight would send it hours later. */
const timeoutWithin = ({ now, deadline }: StartPorts): DurationMs =>
  Math.max(1, Math.min(CALL_TIMEOUT, deadline - MARGIN_MS / 2 - now())) as DurationMs;

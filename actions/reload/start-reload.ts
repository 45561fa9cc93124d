/*
 * The action `reload` starts one reload in Qlik for one order (a reload that Cascade owes). This file does that if
 * there is no ledger (Cascade's memory). Then nothing remembers the order, so this can try only until the activation
 * (one run of the action) ends.
 */

import type { QlikPort, ReloadRecord, StartAnswer } from '../../src/clients/qlik/qlik-port.ts';
import { backoff } from '../../src/core/backoff.ts';
import { findOwnReload, tenantClockAt } from '../../src/core/find-own-reload.ts';
import { type ReloadOrder, resourceIdOf } from '../../src/core/order.ts';
import { type DurationMs, type EpochMs, seconds } from '../../src/core/units.ts';
import type { Log } from '../../src/platform/log.ts';

/** What starting a reload without a ledger needs from the world. */
export interface StartPorts {
  readonly qlik: Pick<QlikPort, 'startReload' | 'listReloads' | 'ownUserId'>;
  /** When this activation has to be over. */
  readonly deadline: EpochMs;
  readonly now: () => EpochMs;
  readonly sleep: (durationMs: number) => Promise<void>;
  /** From 0 up to 1, as `Math.random`. */
  readonly random: () => number;
  readonly log: Log;
}

/** The longest time of a call to Qlik. The action has 110 s, so there is time for four slow calls. */
const CALL_TIMEOUT = seconds(25);
/** The time that is kept for the action's answer. */
const MARGIN_MS = 2_000;
/** The pauses between calls, in milliseconds. A short stall is over in half a second; a busy tenant wants longer. */
const PAUSES = { firstMs: 500, longestMs: 15_000 };
/**
 * The least time for a POST. A shorter one would probably end without an answer, and then nobody knows what Qlik did.
 */
const LEAST_POST_MS = 5_000;
/** The number in the `resourceId`. Without a ledger no failed reload is started again, so the number is 1. */
const FIRST_TRY = 1;

/**
 * Starts one reload without a ledger.
 *
 * - Qlik answers clearly: that is the result.
 * - The POST had no answer, or a 5xx. Then the order is in doubt: Qlik may have started the reload. We list the app's
 *   reloads. If ours is among them, that is the result. If not, we send the POST again after a pause, while the time
 *   allows. Without a list we do not send the POST again.
 * - The POST could not be sent. Then we send it again after a pause, while the time allows.
 *
 * @returns Qlik's answer to the last POST, or what the list shows; `unknown` if the time is up and the doubt is not
 *   settled.
 */
export async function startReload(order: ReloadOrder, ports: StartPorts): Promise<StartAnswer> {
  const { appId, body } = order;
  const sent: SentPost = { order, resourceId: resourceIdOf(order.order, FIRST_TRY), firstAt: ports.now() };
  let isInDoubt = false;
  for (let tries = 1; ; tries += 1) {
    const answer = await ports.qlik.startReload({ appId, body, resourceId: sent.resourceId }, timeoutWithin(ports));
    if (answer.kind === 'started') return answer;
    const isNotSent = answer.kind === 'wait' && answer.code === 'QLIK_UNREACHABLE';
    if (isNotSent && (await paused(tries, LEAST_POST_MS, ports))) continue;
    // A clear answer decides about its own POST, but not about an earlier one that is in doubt.
    if (answer.kind !== 'unknown' && !isInDoubt) return answer;
    isInDoubt = true;
    ports.log.warn(`Not sure whether the reload was accepted: ${answer.message}`, { order: order.order });
    const found = await lookUntilSure(sent, tries, ports);
    if (found.kind !== 'absent') return found;
    // Qlik has started nothing. If its last answer was clear, that is the result; if not, the POST is sent again.
    if (answer.kind !== 'unknown' || !isTimeLeft(LEAST_POST_MS, ports)) return answer;
  }
}

/** The order's POST, sent at least once. */
interface SentPost {
  readonly order: ReloadOrder;
  readonly resourceId: string;
  readonly firstAt: EpochMs;
}

const isTimeLeft = (neededMs: number, { now, deadline }: StartPorts): boolean =>
  now() + neededMs + MARGIN_MS < deadline;

/**
 * Waits before the next call. If less than `neededMs` would be left for that call, it returns false without waiting.
 */
async function paused(tries: number, neededMs: number, ports: StartPorts): Promise<boolean> {
  const pauseMs = backoff(tries, PAUSES, ports.random());
  if (!isTimeLeft(pauseMs + neededMs, ports)) return false;
  await ports.sleep(pauseMs);
  return true;
}

/**
 * Looks for our reload until a list shows it, until two lists do not, or until the time is up. One list is not enough,
 * because Qlik may show a new reload late. If Qlik gives no list, this asks again.
 */
async function lookUntilSure(
  sent: SentPost,
  tries: number,
  ports: StartPorts,
): Promise<StartAnswer | { readonly kind: 'absent' }> {
  let absences = 0;
  for (let pauses = tries; ; pauses += 1) {
    const look = await lookForOurs(sent, ports);
    if (look.kind === 'started') return look;
    if (look.kind === 'absent') absences += 1;
    if (absences === 2) return { kind: 'absent' };
    if (await paused(pauses, 0, ports)) continue;
    const list = look.kind === 'absent' ? 'does not show it' : `does not decide it: ${look.message}`;
    return { kind: 'unknown', message: `Qlik did not answer whether the reload was accepted, and its list ${list}` };
  }
}

type Look =
  | Extract<StartAnswer, { kind: 'started' }>
  | { readonly kind: 'absent' }
  | { readonly kind: 'unavailable'; readonly message: string };

/**
 * Looks for our reload in Qlik's list, once. Ours is the reload that names our order. If no reload names an order, ours
 * is one that our user started after the POST.
 */
async function lookForOurs({ order, resourceId, firstAt }: SentPost, ports: StartPorts): Promise<Look> {
  const { qlik, now } = ports;
  const listed = await qlik.listReloads(order.appId, timeoutWithin(ports));
  if (listed.kind === 'unavailable') return listed;
  const since = tenantClockAt(listed.tenantNow, (now() - firstAt) as DurationMs);
  // `until` is undefined because no reload in the list began too late to be ours: we sent the POST just now.
  const sent = { resourceId, partial: order.body.partial === true, since, until: undefined };
  const found = findOwnReload(listed.reloads, sent);
  if (found.kind === 'echoed') return asStarted(found.reload);
  if (found.reloads.length === 0) return { kind: 'absent' };
  const userId = await qlik.ownUserId(timeoutWithin(ports));
  if (userId === undefined || since === undefined) return { kind: 'unavailable', message: UNDECIDED };
  const guess = found.reloads.find((reload) => reload.userId === userId);
  return guess === undefined ? { kind: 'absent' } : asStarted(guess);
}

const UNDECIDED = 'it has a reload that may be ours, but the tenant does not say who our user is, or has no clock';

const asStarted = ({ id, status }: ReloadRecord): Look => ({ kind: 'started', reloadId: id, status });

/**
 * How long a call may take. A call must not outlive the activation: OpenWhisk then freezes the process, and the process
 * may send the call hours later, when it goes on.
 */
const timeoutWithin = ({ now, deadline }: StartPorts): DurationMs =>
  Math.max(1, Math.min(CALL_TIMEOUT, deadline - MARGIN_MS / 2 - now())) as DurationMs;

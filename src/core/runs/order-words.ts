import type { ReloadFinished } from '../reload-finished.ts';
import { TIMED_OUT, tooLongWords } from '../too-long.ts';
import type { EpochMs } from '../units.ts';
import { visible } from '../visible.ts';
import type { OrderFact } from './facts.ts';
import { durationText, shortInstantText } from './time-words.ts';

/**
 * Describes the state of an order (a reload that Cascade owes), for commands and the dashboard, such as
 * `was merged into order:…`. The text is the rest of a sentence that begins with the app or the order. The sweep runs
 * every 5 minutes and takes up what was left undone.
 */
export function stateWords(order: OrderFact, now: EpochMs): string {
  const { state, reason } = order;
  switch (state) {
    case 'planned':
      return `is owed and not taken yet${next(order, now, 'the sweep takes it')}`;
    case 'claimed':
      return `is being started${next(order, now, 'if its worker stops, the sweep takes it')}`;
    case 'unknown':
      return `may have been started: Qlik gave no clear answer${next(order, now, 'Cascade looks')}`;
    case 'parked':
      return `waits until its app is free: another reload is pending${next(order, now, 'Cascade looks again', ' at the latest, and earlier if the app is free')}`;
    case 'waiting':
      return reason?.code === 'RETRY'
        ? `waits for its next attempt (${trimmed(reason.message)})${next(order, now, 'Cascade starts it')}`
        : `waits${because(reason)}${next(order, now, 'Cascade asks again')}`;
    case 'posted':
      return `runs in Qlik or is queued there${since(order.postedAt, now)}`;
    case 'ended':
      return isTimedOut(order) ? tooLongWords(order.policy) : (order.outcome ?? 'ended');
    case 'merged':
      return `was merged into ${order.into ?? 'another order'}`;
    case 'gave-up':
      return `was given up${because(reason)}`;
    case 'called-off':
      return 'was called off by a person';
    default:
      return state satisfies never;
  }
}

/** The part of an order that says whether a reload of it ran too long; undefined if no order is known. */
export type CancelingOrder = Pick<OrderFact, 'cancelRequestedAt' | 'reason' | 'reloadId'> | undefined;

/**
 * Whether Cascade canceled a reload of this order because it exceeded the `timeout` of the chain file.
 *
 * @param end - as Qlik reports it (canceled), or as the app's document has it: there the reload has failed.
 */
export function isTooLong(end: Pick<ReloadFinished, 'reloadId' | 'outcome' | 'error'>, order: CancelingOrder): boolean {
  if (!mayBeTooLong(end) || order === undefined) return false;
  const { outcome, error, reloadId } = end;
  if (outcome === 'canceled' || error !== undefined) return order.cancelRequestedAt?.[reloadId] !== undefined;
  // Qlik may have given no error, or an earlier version of Cascade has noted none in the app's document.
  return order.reloadId === reloadId && isTimedOut(order);
}

/** Whether Cascade may have canceled a reload: then Qlik gave no error, and the app's document may have Cascade's. */
export const mayBeTooLong = ({ outcome, error }: Pick<ReloadFinished, 'outcome' | 'error'>): boolean =>
  outcome === 'canceled' || (outcome === 'failed' && (error?.code ?? TIMED_OUT) === TIMED_OUT);

/**
 * Whether the order's last attempt (Cascade may start a failed reload again) exceeded the `timeout` of the chain file.
 */
export const isTimedOut = ({ reason }: Pick<OrderFact, 'reason'>): boolean => reason?.code === TIMED_OUT;

const because = (reason: OrderFact['reason']): string => (reason === undefined ? '' : `: ${trimmed(reason.message)}`);

/** A message as a part of a sentence: without its full stop, in one line. */
const trimmed = (message: string): string => visible(message.trim()).replace(/\.$/, '');

const since = (at: EpochMs | undefined, now: EpochMs): string =>
  at === undefined ? '' : ` since ${shortInstantText(at, now)}`;

/**
 * Says when the order goes on: `; the sweep takes it at 02:14:05Z`. If that instant is over:
 * `; Cascade looks in the next sweep, within 5 minutes: due for 2 min`.
 *
 * @param what - the words before the instant.
 * @param more - the words after the instant, if it is still to come.
 */
function next({ dueAt }: OrderFact, now: EpochMs, what: string, more = ''): string {
  if (dueAt === undefined) return '';
  if (dueAt > now) return `; ${what} at ${shortInstantText(dueAt, now)}${more}`;
  const sweep = what.includes('sweep') ? '' : ' in the next sweep';
  return `; ${what}${sweep}, within 5 minutes: due for ${durationText(now - dueAt)}`;
}

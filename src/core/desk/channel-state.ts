import { addMs, type DurationMs, type EpochMs, minutes, seconds } from '../units.ts';

/** How a channel stands. Whoever sends writes it before each message. */
export interface ChannelState {
  /** When the slots were taken that still count. */
  readonly slots: readonly EpochMs[];
  /** The channel takes nothing before this instant. */
  readonly pausedUntil?: EpochMs;
  /** How many messages in a row found it not able to answer. */
  readonly failures?: number;
}

/** So many messages may leave in the time that a slot counts. */
const SLOTS = 5;

/** A minute, and the time that a worker may take from its slot to its message. */
const SLOT_COUNTS: DurationMs = seconds(85);

/** Whether a message may leave now. */
export type Turn =
  | { readonly kind: 'free'; readonly state: ChannelState }
  | { readonly kind: 'closed'; readonly opensAt: EpochMs };

/**
 * Takes a slot of the channel if it has one, and is not paused.
 *
 * @param now - the store's clock.
 */
export function takeTurn({ pausedUntil, ...state }: ChannelState, now: EpochMs): Turn {
  if (pausedUntil !== undefined && pausedUntil > now) return { kind: 'closed', opensAt: pausedUntil };
  const live = state.slots.filter((taken) => addMs(taken, SLOT_COUNTS) > now).sort((a, b) => a - b);
  const [oldest] = live;
  if (oldest !== undefined && live.length >= SLOTS) return { kind: 'closed', opensAt: addMs(oldest, SLOT_COUNTS) };
  return { kind: 'free', state: { ...state, slots: [...live, now] } };
}

/** What a channel that takes nothing said. */
export type Closed =
  | { readonly kind: 'busy'; readonly retryAfter?: DurationMs }
  /** It does not know the address or the key: a person must look. */
  | { readonly kind: 'wrong' };

const FIRST_PAUSE: DurationMs = seconds(15);
const LONGEST_PAUSE: DurationMs = minutes(10);
/** A channel that asks for more is asked again after so long. */
const LONGEST_RETRY_AFTER: DurationMs = minutes(60);

/**
 * The channel while nobody sends to it: as long as it asked for, else 15 s and twice as long after each failure, up to
 * 10 minutes.
 *
 * @param now - the store's clock.
 */
export function paused(state: ChannelState, closed: Closed, now: EpochMs): ChannelState {
  const failures = (state.failures ?? 0) + 1;
  return { ...state, failures, pausedUntil: addMs(now, pauseAfter(closed, failures)) };
}

function pauseAfter(closed: Closed, failures: number): DurationMs {
  if (closed.kind === 'wrong') return LONGEST_PAUSE;
  if (closed.retryAfter !== undefined) return Math.min(closed.retryAfter, LONGEST_RETRY_AFTER) as DurationMs;
  return Math.min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE) as DurationMs;
}

/** The channel after it took a message. */
export const opened = ({ slots }: ChannelState): ChannelState => ({ slots });

/*
 * Decides when a message may go to a channel. A channel, such as one of Slack's, is where people get Cascade's notices.
 * The action `notifier` asks this file before and after it sends a message. It sends at most five messages to a channel
 * in a minute: each takes a slot. If the channel does not take a message, nothing is sent there for a while (a pause).
 *
 * Notices may come faster than the slots. What finds none waits for the sweep, which runs every 5 minutes and has
 * everything sent that has waited. One slot is only for that. Otherwise new notices could take every slot for hours.
 */

import { addMs, type DurationMs, type EpochMs, minutes, seconds } from '../units.ts';

/** How a channel stands. A notifier stores this before it sends a message, so that other notifiers see its slot. */
export interface ChannelState {
  /** For each slot that still counts: when it was taken. */
  readonly slots: readonly EpochMs[];
  /** When the sweep's slot was taken last. While that slot counts, it is one of `slots`. */
  readonly keptAt?: EpochMs;
  /** Nothing is sent to the channel before this instant. */
  readonly pausedUntil?: EpochMs;
  /** How many messages in a row the channel has not taken. Absent if it took the last one. */
  readonly failures?: number;
  /** Since when the channel has taken no message. Absent if it took the last one. */
  readonly failingSince?: EpochMs;
  /** What it answered to the last message, for people, if it may take that message later. */
  readonly answer?: string;
  /** Since when the channel has refused the address or the key, and has taken no message. */
  readonly wrongSince?: EpochMs;
}

/** A channel that was never sent anything. */
export const FRESH_CHANNEL: ChannelState = { slots: [] };

/** At most this many slots may be taken at the same time, so that many problems at once do not flood a channel. */
const SLOTS = 5;
/** Of these, one is kept for what has waited, so that new notices cannot hold up older ones for ever. */
const MOST_PLAIN = SLOTS - 1;
/** And one more is kept from messages of mere questions, so that questions cannot hold up the news of a failure. */
const MOST_OF_QUESTIONS = MOST_PLAIN - 1;

/** How long a slot counts: 60 s, and the 25 s that a notifier may take from its slot to its message. */
const SLOT_COUNTS: DurationMs = seconds(85);

/** What a message is about: that decides how many slots there are for it. */
export interface MessageClaim {
  /** Whether the sweep brought its notices. */
  readonly isSwept: boolean;
  /** Whether all its notices are questions of a Stack Exchange site. */
  readonly isQuestions: boolean;
}

/** Whether a message may leave now. */
export type Turn =
  | { readonly kind: 'free'; readonly state: ChannelState }
  | { readonly kind: 'closed'; readonly opensAt: EpochMs };

/**
 * Takes a slot of the channel, if one is free for such a message and the channel is not paused.
 *
 * @param now - the clock of the store, CouchDB.
 */
export function takeTurn({ pausedUntil, keptAt, ...state }: ChannelState, claim: MessageClaim, now: EpochMs): Turn {
  if (pausedUntil !== undefined && pausedUntil > now) return { kind: 'closed', opensAt: pausedUntil };
  const live = state.slots.filter((taken) => addMs(taken, SLOT_COUNTS) > now).sort((a, b) => a - b);
  const kept = live.find((taken) => taken === keptAt);
  const plain = live.filter((_, index) => kept === undefined || index !== live.indexOf(kept));
  const most = claim.isQuestions ? MOST_OF_QUESTIONS : MOST_PLAIN;
  const slots = [...live, now];
  // During a deployment the previous version may have taken all five.
  const isRoom = live.length < SLOTS;
  if (isRoom && claim.isSwept && kept === undefined) return { kind: 'free', state: { ...state, slots, keptAt: now } };
  if (isRoom && plain.length < most) {
    return { kind: 'free', state: { ...state, slots, ...(kept !== undefined && { keptAt: kept }) } };
  }
  return { kind: 'closed', opensAt: addMs(plain[plain.length - most] ?? now, SLOT_COUNTS) };
}

/** Why a channel does not take a message. */
export type Closed =
  /** It may take the message later; after `retryAfter`, if it said so. `message`: what it answered, for people. */
  | { readonly kind: 'busy'; readonly message: string; readonly retryAfter?: DurationMs }
  /** It does not know the address or the key: a person must look. */
  | { readonly kind: 'wrong' };

/** The first pause is short, because the failure may soon be over. */
const FIRST_PAUSE: DurationMs = seconds(15);
/** The longest pause that Cascade chooses, so that people soon get their notices when the channel works again. */
const LONGEST_PAUSE: DurationMs = minutes(10);
/** If a channel asks for a longer pause than this, it gets this one. */
const LONGEST_RETRY_AFTER: DurationMs = minutes(60);

/**
 * The channel's state with a pause, after the channel did not take a message:
 *
 * - If it does not know the address or the key, the pause is 10 minutes.
 * - If it said how long to wait, the pause is that long, but at most an hour.
 * - Otherwise the first pause is 15 s, and each further one is twice as long, up to 10 minutes.
 * - A longer pause that another message has brought stays.
 *
 * @param now - the store's clock.
 */
export function paused({ answer: _, ...state }: ChannelState, closed: Closed, now: EpochMs): ChannelState {
  const failures = (state.failures ?? 0) + 1;
  const wrong = closed.kind === 'wrong' && { wrongSince: state.wrongSince ?? now };
  const said = closed.kind === 'busy' && { answer: closed.message };
  const failingSince = state.failingSince ?? now;
  const until = addMs(now, pauseAfter(closed, failures));
  const pausedUntil = Math.max(until, state.pausedUntil ?? 0) as EpochMs;
  return { ...state, ...wrong, ...said, failures, failingSince, pausedUntil };
}

function pauseAfter(closed: Closed, failures: number): DurationMs {
  if (closed.kind === 'wrong') return LONGEST_PAUSE;
  // A channel may ask for 0 s, or until a time that is over. Without a pause it would get messages all the time.
  if (closed.retryAfter) return Math.min(closed.retryAfter, LONGEST_RETRY_AFTER) as DurationMs;
  return Math.min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE) as DurationMs;
}

/** A notice waits this long for a channel that refuses the address or the key. */
const WRONG_PATIENCE: DurationMs = minutes(24 * 60);

/**
 * Whether a notice is dropped, because it has waited for a day for a channel that refuses the address or the key.
 *
 * @param at - when the thing happened that the notice is about. A notice may be newer than the refusal.
 */
export const isGivenUp = ({ wrongSince }: ChannelState, at: EpochMs, now: EpochMs): boolean =>
  wrongSince !== undefined && addMs(Math.max(wrongSince, at) as EpochMs, WRONG_PATIENCE) <= now;

/**
 * The channel's state after it took a message. If it is paused, the message was under way before the pause, so the
 * pause stays. Returns the same state if nothing changes.
 *
 * @param now - the store's clock.
 */
export function opened(state: ChannelState, now: EpochMs): ChannelState {
  const { slots, keptAt, failures, pausedUntil } = state;
  if (failures === undefined || (pausedUntil !== undefined && pausedUntil > now)) return state;
  return { slots, ...(keptAt !== undefined && { keptAt }) };
}

/*
 * The time at which a reload ended comes from outside, and may be wrong. This file corrects an end in the future.
 */

import { addMs, type EpochMs, minutes } from './units.ts';

/**
 * How far an end may be after the instant at which we heard of it. Nobody hears of an end before it happens, but clocks differ
 * a little. So an end further ahead is wrong.
 */
const MOST_AHEAD = minutes(5);

/** The end with a believable time: if it is more than 5 minutes after we heard of it, it is set to 5 minutes after. */
export function cappedEnd<E extends { readonly endedAt: EpochMs }>(end: E, receivedAt: EpochMs): E {
  const latest = addMs(receivedAt, MOST_AHEAD);
  return end.endedAt <= latest ? end : { ...end, endedAt: latest };
}

/** By how much a container's clock may be wrong. A receiver has no other clock before the store's first answer. */
const CONTAINER_CLOCK = minutes(5);

/**
 * Like `cappedEnd`, for an end that is stored. `storedAt` may come from a container's wrong clock, and that must not change a
 * right end. So the end may be 10 minutes after `storedAt`, but at most 5 minutes after `now`.
 *
 * @param now - the store's clock.
 */
export function cappedStored<E extends { readonly endedAt: EpochMs }>(end: E, storedAt: EpochMs, now: EpochMs): E {
  return cappedEnd(end, Math.min(addMs(storedAt, CONTAINER_CLOCK), now) as EpochMs);
}

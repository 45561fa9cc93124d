import { addMs, type EpochMs, minutes } from './units.ts';

/** Clocks differ, but an end cannot be told before it is one: what is later than this after its receipt is nonsense. */
const MOST_AHEAD = minutes(5);

/** An end with its time as it may be believed: at most 5 minutes after `receivedAt`, when it was told. */
export function cappedEnd<E extends { readonly endedAt: EpochMs }>(end: E, receivedAt: EpochMs): E {
  const latest = addMs(receivedAt, MOST_AHEAD);
  return end.endedAt <= latest ? end : { ...end, endedAt: latest };
}

/** How far a container's clock may be off; before the store's first answer a receiver has no other. */
const CONTAINER_CLOCK = minutes(5);

/**
 * The same of an end that was stored: an honest one must not be changed by the clock of the container that stored it.
 *
 * @param now - the store's clock.
 */
export function cappedStored<E extends { readonly endedAt: EpochMs }>(end: E, storedAt: EpochMs, now: EpochMs): E {
  return cappedEnd(end, Math.min(addMs(storedAt, CONTAINER_CLOCK), now) as EpochMs);
}

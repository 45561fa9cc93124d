import { addMs, type EpochMs, minutes } from './units.ts';

/** Clocks differ, but nobody hears of an end before it: an end that is later than this after its receipt is wrong. */
const MOST_AHEAD = minutes(5);

/** The end with a credible time: at most 5 minutes after its receipt. */
export function cappedEnd<E extends { readonly endedAt: EpochMs }>(end: E, receivedAt: EpochMs): E {
  const latest = addMs(receivedAt, MOST_AHEAD);
  return end.endedAt <= latest ? end : { ...end, endedAt: latest };
}

/** How wrong a container's clock may be. Before the store's first answer a receiver has no other clock. */
const CONTAINER_CLOCK = minutes(5);

/**
 * The same for a stored end. The clock of the container that stored it may be wrong, and must not change an honest end.
 *
 * @param now - the store's clock.
 */
export function cappedStored<E extends { readonly endedAt: EpochMs }>(end: E, storedAt: EpochMs, now: EpochMs): E {
  return cappedEnd(end, Math.min(addMs(storedAt, CONTAINER_CLOCK), now) as EpochMs);
}

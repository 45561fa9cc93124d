/*
 * Qlik says when a reload ended, and that time may be wrong. An end in the future would be the app's newest end until
 * that time has come, so that no real end could replace it. This file moves such an end back to a time that can be
 * believed.
 */

import { addMs, type EpochMs, minutes } from './units.ts';

/**
 * How far an end may be after the instant at which Cascade heard of it. Nobody hears of an end before it happens, but
 * clocks differ a little. An end that is further ahead has a wrong time.
 */
const MOST_AHEAD = minutes(5);

/**
 * The end with a believable time: if it is more than 5 minutes after Cascade heard of it, its time becomes 5 minutes
 * after.
 */
export function cappedEnd<E extends { readonly endedAt: EpochMs }>(end: E, receivedAt: EpochMs): E {
  const latest = addMs(receivedAt, MOST_AHEAD);
  return end.endedAt <= latest ? end : { ...end, endedAt: latest };
}

/**
 * By how much the clock of a container (in which OpenWhisk runs an action) may be wrong. Before the store's first
 * answer, the action that receives a webhook has no other clock.
 */
const CONTAINER_CLOCK = minutes(5);

/**
 * Like `cappedEnd`, for an end that is stored. `storedAt` may come from a container's wrong clock, and that must not
 * change a right end. So the end may be 10 minutes after `storedAt`, but at most 5 minutes after `now`.
 *
 * @param storedAt - when the end was stored.
 * @param now - the clock of the store, CouchDB.
 */
export function cappedStored<E extends { readonly endedAt: EpochMs }>(end: E, storedAt: EpochMs, now: EpochMs): E {
  return cappedEnd(end, Math.min(addMs(storedAt, CONTAINER_CLOCK), now) as EpochMs);
}

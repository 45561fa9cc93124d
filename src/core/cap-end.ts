/*
 * Qlik says when a reload ended, and that time may be wrong. An end in the future would be the app's newest end until
 * that time has come, so that no real end could replace it. This file moves such an end back to a time that can be
 * believed.
 */

import { definedFields } from './defined-fields.ts';
import { addMs, type EpochMs, minutes } from './units.ts';

/**
 * How far an end may be after the instant at which Cascade heard of it. Nobody hears of an end before it happens, but
 * clocks differ a little. An end that is further ahead has a wrong time.
 */
const MOST_AHEAD = minutes(5);

/** The times of an end. */
interface EndTimes {
  readonly endedAt: EpochMs;
  readonly createdAt?: EpochMs;
  readonly startedAt?: EpochMs;
}

/**
 * The end with a believable time: if it is more than 5 minutes after Cascade heard of it, its time becomes 5 minutes
 * after.
 */
export function cappedEnd<E extends EndTimes>(end: E, receivedAt: EpochMs): E {
  const latest = addMs(receivedAt, MOST_AHEAD);
  return end.endedAt <= latest ? end : endingAt(end, latest);
}

/**
 * The end with another time. When the reload was asked for and when it began are left out if they are later: no reload
 * begins after its end.
 */
export function endingAt<E extends EndTimes>(end: E, endedAt: EpochMs): E {
  const until = (at: EpochMs | undefined): EpochMs | undefined => (at === undefined || at > endedAt ? undefined : at);
  const times = { endedAt, createdAt: until(end.createdAt), startedAt: until(end.startedAt) };
  return definedFields({ ...end, ...times }) as unknown as E;
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
 * @param now - the clock of the store, CouchDB; infinity if only `storedAt` is to count.
 */
export function cappedStored<E extends EndTimes>(end: E, storedAt: EpochMs, now: EpochMs): E {
  return cappedEnd(end, Math.min(addMs(storedAt, CONTAINER_CLOCK), now) as EpochMs);
}

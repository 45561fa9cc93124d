/*
 * An act is one thing that a person did to a ticket (it is about an app's failures until its next success), an order (a
 * reload that Cascade owes) or an alert (something that a person should look at). Each act is a document in CouchDB.
 * Its id says what the act is about, and when it happened. So the acts of a ticket are found and sorted by their ids,
 * and people can make acts offline.
 */

import type { EpochMs } from '../units.ts';

/** How many places of base 36 an act's time has in the id. */
const PLACES = 9;

/** What an act's id says. */
export interface ActIdParts {
  /** The id of what the act is about. */
  readonly subject: string;
  readonly at: EpochMs;
}

/**
 * Makes the id of an act: `act:<subject>:<at, base 36, 9 places>:<6 random>`. Sorted by their ids, the acts of a
 * subject are in the order of their times. Acts of the same millisecond have the same order on all devices.
 *
 * @param at - from 1970 on; 9 places last until the year 5188.
 * @param random - 6 of the characters 0-9 and a-z.
 */
export const actId = ({ subject, at }: ActIdParts, random: string): string =>
  `act:${subject}:${at.toString(36).padStart(PLACES, '0')}:${random}`;

/** Reads the id of an act; undefined if it is none. */
export function actIdParts(id: string): ActIdParts | undefined {
  const [, subject, at] = /^act:(.+):([0-9a-z]{9}):[0-9a-z]{6}$/.exec(id) ?? [];
  if (subject === undefined || at === undefined) return undefined;
  return { subject, at: Number.parseInt(at, 36) as EpochMs };
}

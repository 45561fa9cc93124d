/*
 * A person can dismiss a problem: a ticket (it is about an app's failures until its next success), an order (a reload
 * that Cascade owes) or an alert (something that a person should look at). `cascade runs --problems` then leaves it
 * out, an alert only until it is raised again. To dismiss is an act, one thing that a person did. Acts are added and
 * not changed. This file finds out from all acts what is dismissed now.
 */

import type { EpochMs } from '../units.ts';
import type { Act } from './act.ts';
import { actIdParts } from './act-id.ts';

/**
 * When each order, alert and ticket was dismissed last, by its id. A ticket that was reopened after that is left out,
 * as `foldActs` has it.
 *
 * @param acts - of any subjects and kinds, in any order.
 */
export function dismissals(acts: readonly Act[]): ReadonlyMap<string, EpochMs> {
  const latest = new Map<string, EpochMs>();
  for (const { _id, kind, at } of [...acts].sort((one, other) => (one._id < other._id ? -1 : 1))) {
    const subject = actIdParts(_id)?.subject;
    if (subject === undefined) continue;
    if (kind === 'dismiss') latest.set(subject, at);
    if (kind === 'reopen') latest.delete(subject);
  }
  return latest;
}

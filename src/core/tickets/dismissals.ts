import type { EpochMs } from '../units.ts';
import type { Act } from './act.ts';
import { actIdParts } from './act-id.ts';

/** When each order and alert was dismissed last, by its id. (A ticket may be reopened: see `foldActs`.) */
export function dismissals(acts: readonly Act[]): ReadonlyMap<string, EpochMs> {
  const latest = new Map<string, EpochMs>();
  for (const { _id, kind, at } of acts) {
    const subject = actIdParts(_id)?.subject;
    if (kind !== 'dismiss' || subject === undefined) continue;
    if (at > (latest.get(subject) ?? -1)) latest.set(subject, at);
  }
  return latest;
}

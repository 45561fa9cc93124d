import { eventId } from '../../src/core/document-ids.ts';
import { DEFAULT_TENANT, type ReloadId } from '../../src/core/names.ts';
import { isTaken, type JournalTold } from './journal.ts';
import type { FoundDocument } from './ledger-reader.ts';

/**
 * How many deliveries got a 2xx although no document of the ledger has their event. Anything but 0 is a broken promise.
 *
 * @param stored - all event documents; each app was reloaded once.
 */
export function countTakenNotStored({ ends, deliveries }: JournalTold, stored: readonly FoundDocument[]): number {
  const known = new Set(stored.map(({ _id }) => _id));
  const reloadOf = new Map(ends.map(({ appId, id }) => [appId, id]));
  const isStored = (appId: string): boolean =>
    known.has(eventId(DEFAULT_TENANT, (reloadOf.get(appId) ?? '') as ReloadId));
  return deliveries.filter((delivery) => isTaken(delivery) && !isStored(delivery.appId)).length;
}

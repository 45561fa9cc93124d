/*
 * An event is the ledger's document of an end. The action `storer` counts the end in its app's document, and then marks
 * the event with the time: `recordedAt`. `cascade rebuild` counts the ends again in the order of these times. A storer
 * may die before it marks an event. Another one does so later. It must not look as if the end had been counted after
 * others, so this file works out when it was counted.
 */

import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { ReloadId } from '../../src/core/names.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { eventOf } from './read-ahead.ts';
import type { RecordedApp } from './record-apps.ts';

/**
 * Says when the ends of these apps were counted, by the ids of their events: at `countedAt`, but before each end that
 * the app counted after it. A request is needed only if the app has counted other ends after them.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function countedTimes(
  apps: readonly RecordedApp[],
  store: Pick<CouchPort, 'many'>,
): Promise<ReadonlyMap<string, EpochMs>> {
  const ids = apps.flatMap((each) => laterOf(each).map((reloadId) => eventOf(each.app, reloadId)));
  const found = ids.length === 0 ? [] : await store.many(ids);
  const known = new Map(ids.map((id, index) => [id, found[index]]));
  return new Map(apps.flatMap((each) => timesOf(each, known)));
}

/** The other ends that an app counted after the first of these ends. */
function laterOf({ state: { seen }, events }: RecordedApp): readonly ReloadId[] {
  const own = new Set(events.map(({ reloadId }) => reloadId));
  const first = seen.findIndex((reloadId) => own.has(reloadId));
  return seen.slice(first < 0 ? seen.length : first).filter((reloadId) => !own.has(reloadId));
}

/** The times of an app's ends, each before that of the end that was counted next. */
function timesOf(
  { app, state, events, countedAt }: RecordedApp,
  known: ReadonlyMap<string, StoredDocument | undefined>,
): readonly (readonly [string, EpochMs])[] {
  const own = new Set(events.map(({ _id }) => _id));
  const times: (readonly [string, EpochMs])[] = [];
  let latest: number = countedAt;
  for (const reloadId of [...state.seen].reverse()) {
    const id = eventOf(app, reloadId);
    if (own.has(id)) times.push([id, latest as EpochMs]);
    const before = own.has(id) ? latest : Number(known.get(id)?.['recordedAt'] ?? Number.POSITIVE_INFINITY);
    latest = Math.min(latest, before - 1);
  }
  return times;
}

/*
 * A purge removes old documents from the ledger (Cascade's memory in CouchDB), so that it does not grow for ever. This file
 * decides which documents go. It reads nothing: the caller hands in a footprint of each document, which is the little that
 * the decision needs.
 */

import type { TenantName } from '../../core/names.ts';
import { addMs, type DurationMs, days, type EpochMs } from '../../core/units.ts';
import type { Deployed } from './deployed-chains.ts';
import type { Footprint } from './footprint.ts';

/** What a purge goes by, besides the documents. */
export interface PurgeLimits {
  /** The store's clock. */
  readonly now: EpochMs;
  /** How long a document is kept after it became final, that is, after nothing more will be done with it. */
  readonly retention: DurationMs;
  /**
   * By tenant, an instant of Qlik's clock. The sweep, which runs every 5 minutes, may still list reloads that ended at this
   * instant or later. A tenant that the sweep has not visited yet is not in this map. At its first visit, the sweep starts
   * nothing for the ends it finds.
   */
  readonly listsFrom: ReadonlyMap<TenantName, EpochMs>;
  /**
   * The chains that are deployed. If nobody knows them, no definition (the compiled chains) and no memory of a composite
   * link is removed.
   */
  readonly deployed: Deployed | undefined;
}

/** Names a document that is to be removed. */
export type Removable = Pick<Footprint, '_id' | '_rev'>;

/** An event and Qlik's record of the same end may have different times. This is the most by which they may differ. */
const ENDS_DIFFER = days(1);

/**
 * The order in which the types are removed. A purge may break off at any point, so a document goes before the documents
 * that it needs:
 *
 * - An event (an ended reload) goes before its orders (the reloads that Cascade owed because of it). If only the orders
 *   were gone, a replay of the event would use their ids again.
 * - Whatever is about an order goes before the order.
 * - What a composite link (it waits for several apps) remembers goes before the events that it remembers.
 * - Whatever names a definition goes before the definition.
 */
const TYPES_IN_ORDER = ['act', 'alert', 'hint', 'dead', 'ticket', 'join', 'started', 'event', 'order', 'definition'];

/**
 * Decides which documents a purge removes. A document is old if it has been final for the whole retention. An old document is
 * removed unless a document that stays, the sweep, an order in doubt or the deployed chains need it.
 *
 * A removed event cannot start anything again. The receiver refuses its webhook as too old, and the sweep no longer lists
 * its end. If some document still works with it, the event stays.
 *
 * @param footprints - of all documents of the ledger.
 * @returns one list for each type, in the order of removal.
 */
export function planPurge(footprints: readonly Footprint[], limits: PurgeLimits): readonly (readonly Removable[])[] {
  const staying = stayingIds(footprints, limits);
  const goes = footprints.filter(({ _id }) => !staying.has(_id));
  return TYPES_IN_ORDER.map((type) =>
    goes.filter(({ _id }) => _id.startsWith(`${type}:`)).map(({ _id, _rev }) => ({ _id, _rev })),
  );
}

/**
 * The ids of all documents that stay. First come those that stay for a reason of their own. Each of them may make others
 * stay, and so on, until no more are found. The list may contain ids of documents that the ledger does not have.
 */
function stayingIds(footprints: readonly Footprint[], limits: PurgeLimits): ReadonlySet<string> {
  const oldest = addMs(limits.now, -limits.retention as DurationMs);
  const appsInDoubt = new Set(footprints.flatMap(({ order }) => (order?.isInDoubt === true ? [order.app] : [])));
  const staying = new Set<string>();
  const open: string[] = [];
  const keep = (id: string): void => {
    if (staying.has(id)) return;
    staying.add(id);
    open.push(id);
  };
  for (const footprint of footprints) {
    const { _id, finalSince, keeps, order } = footprint;
    const isOld = finalSince !== undefined && finalSince <= oldest;
    if (!isOld || isRemembered(_id, oldest, limits)) for (const id of [_id, ...keeps]) keep(id);
    else if (isListedAgain(footprint, limits) || isDeployed(_id, limits)) keep(_id);
    // An order in doubt may have started a reload or not. It looks for its reload among those of its app. The app's other
    // orders say which reloads are theirs, so they stay.
    else if (order !== undefined && appsInDoubt.has(order.app)) keep(_id);
  }
  const followers = followersOf(footprints, staying);
  // `keep` adds to `open`, so this loop also comes to the followers of the followers.
  for (let id = open.pop(); id !== undefined; id = open.pop()) for (const other of followers.get(id) ?? []) keep(other);
  return staying;
}

/** By the id of a document: which other documents stay if it stays. */
function followersOf(
  footprints: readonly Footprint[],
  staying: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const followers = new Map<string, string[]>();
  const add = (id: string, other: string): void => {
    const others = followers.get(id);
    if (others === undefined) followers.set(id, [other]);
    else others.push(other);
  };
  for (const { _id, staysWith, holds } of footprints) {
    if (!staying.has(_id)) for (const id of staysWith) add(id, _id);
    for (const id of holds) add(_id, id);
  }
  return followers;
}

/** Whether the document is a part of the deployed definition. */
const isDeployed = (id: string, { deployed }: PurgeLimits): boolean =>
  id.startsWith(DEFINITION) && (deployed === undefined || id.split(':')[1] === deployed.hash);

/**
 * Whether the document is the memory of a composite link that is deployed, or was deployed within the retention. If the
 * chains have been changed since, nobody knows which links they had before.
 */
const isRemembered = (id: string, oldest: EpochMs, { deployed }: PurgeLimits): boolean =>
  id.startsWith(JOIN) && (deployed?.joins === undefined || deployed.since > oldest || deployed.joins.has(id));

const JOIN = 'join:';

const DEFINITION = 'definition:';

/** Whether the sweep may list an event's end again. Without the event, the sweep would take the end for a new one. */
function isListedAgain({ end }: Footprint, { listsFrom }: PurgeLimits): boolean {
  const from = end && listsFrom.get(end.tenant);
  return end !== undefined && from !== undefined && end.endedAt >= from - ENDS_DIFFER;
}

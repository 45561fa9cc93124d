/*
 * Decides which documents a purge removes. A purge removes old documents from the ledger (Cascade's memory in CouchDB),
 * so that it does not grow for ever. This file itself reads nothing: it gets a footprint of each document, which is the
 * little that the decision needs.
 */

import type { TenantName } from '../../core/names.ts';
import { addMs, type DurationMs, days, type EpochMs } from '../../core/units.ts';
import type { Deployed } from './deployed-chains.ts';
import type { Footprint } from './footprint.ts';

/** What the decision depends on, besides the documents. */
export interface PurgeLimits {
  /** The store's clock. */
  readonly now: EpochMs;
  /** How long a document is kept after it became final, that is, after nothing more will be done with it. */
  readonly retention: DurationMs;
  /**
   * By tenant, an instant of Qlik's clock. The sweep (every 5 minutes it asks Qlik for ends that no webhook reported)
   * may still list reloads that ended at this instant or later. A tenant is not in this map before its first sweep.
   * That one starts nothing for earlier ends.
   */
  readonly listsFrom: ReadonlyMap<TenantName, EpochMs>;
  /**
   * The chains that are deployed. Undefined if that is unknown. Then no definition (compiled chains) is removed, and no
   * memory of a composite link: the document in which a link that waits for several apps remembers which of them ended.
   */
  readonly deployed: Deployed | undefined;
}

/** Names a document that is to be removed. */
export type Removable = Pick<Footprint, '_id' | '_rev'>;

/** Two reports of the same end may have different times. It is assumed that they differ by no more than this. */
const ENDS_DIFFER = days(1);

/**
 * The types of documents in the sequence in which they are removed. A purge may break off at any point, so a document
 * goes before the documents that it needs:
 *
 * - An event (one end of a reload) goes before its orders (the reloads that Cascade owed because of it). If only the
 *   orders were gone, `cascade replay` could use their ids again for the event.
 * - What is about an order (an act, an alert, a `started`) goes before the order.
 * - What a composite link remembers goes before the events that it remembers.
 * - Events and orders go before the definition that they name.
 */
const TYPES_IN_ORDER = ['act', 'alert', 'hint', 'dead', 'ticket', 'join', 'started', 'event', 'order', 'definition'];

/**
 * Decides which documents a purge removes. A document is old if it has been final for the whole retention. An old
 * document is removed, unless a document that stays, the sweep, an order in doubt or the deployed chains need it. An
 * order is in doubt if nobody knows whether Qlik accepted its POST.
 *
 * So nothing starts again because an event is gone: the action `receiver` refuses its webhook as too old, and the sweep
 * no longer lists its end.
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
 * The ids of all documents that stay. First come those that stay for a reason of their own. Each of them may make
 * others stay, and so on, until no more are found. The set may contain ids of documents that the ledger does not have.
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
    // For an order in doubt, Cascade still looks for a reload among those of the app. The app's other orders say which
    // of them are theirs, so they stay.
    else if (order !== undefined && appsInDoubt.has(order.app)) keep(_id);
  }
  const followers = followersOf(footprints, staying);
  // `keep` adds to `open`, so this loop also comes to the followers of the followers.
  for (let id = open.pop(); id !== undefined; id = open.pop()) for (const other of followers.get(id) ?? []) keep(other);
  return staying;
}

/** By the id of a document: which other documents stay if that document stays. */
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
    for (const id of holds) if (!staying.has(id)) add(_id, id);
  }
  return followers;
}

/** Whether the document is a part of the deployed definition, or may be one because nobody knows which is deployed. */
const isDeployed = (id: string, { deployed }: PurgeLimits): boolean =>
  id.startsWith(DEFINITION) && (deployed === undefined || id.split(':')[1] === deployed.hash);

/**
 * Whether the document is the memory of a composite link that is deployed, or may have been within the retention: if
 * other chains were deployed within that time, nobody knows here which links the earlier ones had.
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

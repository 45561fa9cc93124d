import type { TenantName } from '../../core/names.ts';
import { addMs, type DurationMs, days, type EpochMs } from '../../core/units.ts';
import type { Footprint } from './footprint.ts';

/** What decides, beside the documents themselves. */
export interface PurgeLimits {
  /** The store's clock. */
  readonly now: EpochMs;
  /** How long what is final is kept. */
  readonly retention: DurationMs;
  /**
   * By tenant: the end, by Qlik's clock, from which on the sweep may list reloads again. A tenant without a checkpoint is
   * not in it: its first sweep takes everything before for history.
   */
  readonly listsFrom: ReadonlyMap<TenantName, EpochMs>;
}

/** A document that may go. */
export type Removable = Pick<Footprint, '_id' | '_rev'>;

/** How far Qlik's records and an event's document may differ about when a reload ended. */
const ENDS_DIFFER = days(1);

/** In which order types go: what refers to others before what it refers to, so that a purge that broke off goes on the next time. */
const TYPES_IN_ORDER = ['alert', 'hint', 'dead', 'started', 'event', 'order'];

/**
 * Which documents may go: those that are final for the whole retention, and that no document which stays refers to. Pure.
 *
 * Without them nothing can start again: a webhook of such an end is too old, the sweep does not list so far back, and what
 * still works on the end, or on its orders, keeps them.
 *
 * @param footprints - of all documents of the ledger.
 * @returns them by type, in the order in which they have to go.
 */
export function planPurge(footprints: readonly Footprint[], limits: PurgeLimits): readonly (readonly Removable[])[] {
  const staying = stayingIds(footprints, limits);
  const goes = footprints.filter(({ _id }) => !staying.has(_id));
  return TYPES_IN_ORDER.map((type) =>
    goes.filter(({ _id }) => _id.startsWith(`${type}:`)).map(({ _id, _rev }) => ({ _id, _rev })),
  );
}

/** The ids of what stays. Ids that the ledger does not have may be among them. */
function stayingIds(footprints: readonly Footprint[], limits: PurgeLimits): ReadonlySet<string> {
  const oldest = addMs(limits.now, -limits.retention as DurationMs);
  const doubted = new Set(footprints.flatMap(({ order }) => (order?.isInDoubt === true ? [order.app] : [])));
  const staying = new Set<string>();
  const open: string[] = [];
  const keep = (id: string): void => {
    if (staying.has(id)) return;
    staying.add(id);
    open.push(id);
  };
  for (const footprint of footprints) {
    const { _id, finalSince, keeps, order } = footprint;
    if (finalSince === undefined || finalSince > oldest) for (const id of [_id, ...keeps]) keep(id);
    else if (isListedAgain(footprint, limits)) keep(_id);
    // An order in doubt takes a reload of its app for its own, unless another order or `started` has that reload.
    else if (order !== undefined && doubted.has(order.app)) keep(_id);
  }
  const followers = followersOf(footprints, staying);
  for (let id = open.pop(); id !== undefined; id = open.pop()) for (const other of followers.get(id) ?? []) keep(other);
  return staying;
}

/** Which documents stay if another one does. */
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

/** Whether the sweep may list the end again: without its document it would take the end for news. */
function isListedAgain({ end }: Footprint, { listsFrom }: PurgeLimits): boolean {
  const from = end && listsFrom.get(end.tenant);
  return end !== undefined && from !== undefined && end.endedAt >= from - ENDS_DIFFER;
}

import type { TenantName } from '../../core/names.ts';
import { addMs, type DurationMs, days, type EpochMs } from '../../core/units.ts';
import type { Footprint } from './footprint.ts';

/** What decides besides the documents. */
export interface PurgeLimits {
  /** The store's clock. */
  readonly now: EpochMs;
  /** How long a document is kept after it became final. */
  readonly retention: DurationMs;
  /**
   * By tenant: the sweep may list reloads again that ended at this instant of Qlik's clock or later. A tenant without a
   * checkpoint is not in it: its first sweep takes all earlier ends for history.
   */
  readonly listsFrom: ReadonlyMap<TenantName, EpochMs>;
  /** The hash of the definition that is deployed. If nobody knows it, no definition goes. */
  readonly deployed: string | undefined;
}

/** A document that may go. */
export type Removable = Pick<Footprint, '_id' | '_rev'>;

/** How far an event's time and the time in Qlik's record of the same end may be apart. */
const ENDS_DIFFER = days(1);

/**
 * The types in the order in which they go. A purge may break off between two of them. So an event goes before its orders: a
 * replay of an event without its orders would give their ids once more. Whatever is about an order goes before it, too. What
 * names a definition goes before it.
 */
const TYPES_IN_ORDER = ['alert', 'hint', 'dead', 'ticket', 'started', 'event', 'order', 'definition'];

/**
 * Decides which documents a purge removes. A document goes if it is old, that is, final for the whole retention, and if no
 * document that stays needs it. Pure.
 *
 * Nothing starts again without them. The receiver refuses the webhook of such an end as too old, the sweep does not list so
 * far back, and whatever is still being done with the end keeps its documents.
 *
 * @param footprints - of all documents of the ledger.
 * @returns one list for each type, in the order in which they have to go.
 */
export function planPurge(footprints: readonly Footprint[], limits: PurgeLimits): readonly (readonly Removable[])[] {
  const staying = stayingIds(footprints, limits);
  const goes = footprints.filter(({ _id }) => !staying.has(_id));
  return TYPES_IN_ORDER.map((type) =>
    goes.filter(({ _id }) => _id.startsWith(`${type}:`)).map(({ _id, _rev }) => ({ _id, _rev })),
  );
}

/**
 * The ids of all documents that stay. First come those that stay for a reason of their own. Then each of them makes others
 * stay, and those make others stay, until no more are found. Ids that the ledger does not have may be among them.
 */
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
    else if (isListedAgain(footprint, limits) || isDeployed(_id, limits)) keep(_id);
    // An order in doubt looks for its reload among those of its app. The app's other orders say which of them are theirs.
    else if (order !== undefined && doubted.has(order.app)) keep(_id);
  }
  const followers = followersOf(footprints, staying);
  // `keep` adds to `open`, so this loop also comes to the followers of the followers.
  for (let id = open.pop(); id !== undefined; id = open.pop()) for (const other of followers.get(id) ?? []) keep(other);
  return staying;
}

/** By id: which other documents stay if this one stays. */
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

/** Whether it is a part of the definition that is deployed. */
const isDeployed = (id: string, { deployed }: PurgeLimits): boolean =>
  id.startsWith(DEFINITION) && (deployed === undefined || id.split(':')[1] === deployed);

const DEFINITION = 'definition:';

/** Whether the sweep may list an event's end again. Without the event it would take the end for news. */
function isListedAgain({ end }: Footprint, { listsFrom }: PurgeLimits): boolean {
  const from = end && listsFrom.get(end.tenant);
  return end !== undefined && from !== undefined && end.endedAt >= from - ENDS_DIFFER;
}

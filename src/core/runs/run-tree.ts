import { groupBy } from '../chains/group-by.ts';
import { definedFields } from '../defined-fields.ts';
import { eventId } from '../document-ids.ts';
import type { AppRef, ReloadId, TenantName } from '../names.ts';
import type { Skip } from '../skip.ts';
import type { EventFact, OrderFact } from './facts.ts';
import { ownersOf, type Run, willRetry } from './group-runs.ts';

/** One reload of a run: the order for it, its end, or both; and what followed. */
export interface RunNode {
  readonly app: AppRef;
  /** Absent at the root, if no order of ours asked for the reload. */
  readonly order?: OrderFact;
  /** Absent while the reload has not ended. */
  readonly event?: EventFact;
  /** The ends of the order's earlier attempts; absent if there are none. */
  readonly attempts?: readonly EventFact[];
  /** Links that its end did not set off. */
  readonly skips: readonly Skip[];
  readonly followers: readonly RunNode[];
}

/** A run as trees: one tree, or several if the ledger no longer has the beginning. */
export function treesOf(run: Run): readonly RunNode[] {
  const ownerOf = ownersOf(run.orders);
  const endsOf = new Map<OrderFact, OwnEnds>();
  for (const event of run.events) {
    const owner = ownerOf(event);
    if (owner === undefined) continue;
    const { attempts, last } = endsOf.get(owner) ?? { attempts: [] };
    if (isEarlierAttempt(event, owner)) endsOf.set(owner, { ...(last && { last }), attempts: [...attempts, event] });
    else if (last === undefined) endsOf.set(owner, { attempts, last: event });
  }
  const followersOf = groupBy(run.orders, causeFinder(run.events));
  const nodeOf = ({ tenant, appId }: AppRef, order?: OrderFact, event?: EventFact): RunNode => {
    const attempts = (order && endsOf.get(order)?.attempts) ?? [];
    return definedFields({
      app: { tenant, appId },
      order,
      event,
      attempts: attempts.length === 0 ? undefined : attempts,
      skips: (event?.skips ?? []).filter(({ reason }) => reason !== 'no-link'),
      followers: [...attempts, ...(event === undefined ? [] : [event])].flatMap(nodesAfter),
    });
  };
  const nodesAfter = (event: EventFact | undefined): RunNode[] =>
    (followersOf.get(event) ?? []).map((order) => nodeOf(order, order, endsOf.get(order)?.last));
  const owned = new Set([...endsOf.values()].flatMap(({ attempts, last }) => [...attempts, last]));
  const roots = run.events.filter((event) => !owned.has(event));
  return [...roots.map((event) => nodeOf(event, undefined, event)), ...nodesAfter(undefined)];
}

/** The ends of an order's reloads, the sooner first. */
interface OwnEnds {
  readonly attempts: readonly EventFact[];
  /** Of the last attempt. */
  readonly last?: EventFact;
}

/** Whether another attempt of the order follows an end, or did. */
const isEarlierAttempt = (event: EventFact, { state, ends }: OrderFact): boolean =>
  willRetry(event) || (state !== 'ended' && ends.includes(event.reloadId));

const REPLAY = /^r\d+\.(?=.)/;

/** Finds the event that called for an order; undefined if a person asked for it, or if the event is gone. */
export function causeFinder(events: readonly EventFact[]): (order: OrderFact) => EventFact | undefined {
  const byCause = new Map<string, EventFact>();
  for (const event of events) {
    byCause.set(`of any/${event.tenant}.${event.reloadId}`, event);
    byCause.set(`${event.tenant}/${event.reloadId}`, event);
  }
  return ({ tenant, causes }) =>
    causes
      .flatMap((cause) => [cause, cause.replace(REPLAY, '')])
      .map((cause) => byCause.get(`${tenant}/${cause}`) ?? byCause.get(`of any/${cause}`))
      .find((event) => event !== undefined);
}

/** The ids that the document of an order's cause may have: in the order's tenant, and in another if the cause names one. */
export const causeIds = ({ tenant, causes }: OrderFact): readonly string[] =>
  causes
    .map((cause) => cause.replace(REPLAY, ''))
    .flatMap((cause) => {
      const [, other = '', reloadId = ''] = /^([a-z0-9][a-z0-9-]*)\.(.+)$/.exec(cause) ?? [];
      const own = eventId(tenant, cause as ReloadId);
      return other === '' ? [own] : [own, eventId(other as TenantName, reloadId as ReloadId)];
    });

/** Whether an order was made by `cascade replay`. */
export const isReplay = ({ causes }: OrderFact): boolean => causes.some((cause) => REPLAY.test(cause));

/** Whether an order was asked for by a person. */
export const isByHand = ({ causes }: OrderFact): boolean => causes.some((cause) => cause.startsWith('m.'));

import { groupBy } from '../chains/group-by.ts';
import { definedFields } from '../defined-fields.ts';
import { eventId } from '../document-ids.ts';
import type { AppRef, ReloadId, TenantName } from '../names.ts';
import type { Skip } from '../skip.ts';
import type { EventFact, OrderFact } from './facts.ts';
import { ownersOf, type Run, willRetry } from './group-runs.ts';

/** One reload of a run, and what followed from it. It has the reload's order, the reload's end, or both. */
export interface RunNode {
  readonly app: AppRef;
  /** The order that asked for the reload; absent if the ledger has none. */
  readonly order?: OrderFact;
  /** The reload's end; absent while the reload has not ended. */
  readonly event?: EventFact;
  /** The ends of the order's earlier attempts; absent if there are none. */
  readonly attempts?: readonly EventFact[];
  /** The skips of its end, without those for `no-link`: they explain nothing. */
  readonly skips: readonly Skip[];
  readonly followers: readonly RunNode[];
}

/**
 * A run as trees, usually one. There are several if the ledger lacks one of the run's events or orders. If one order has
 * several ends, each end after the first is a tree of its own, too.
 */
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

/** What `cascade replay` puts before a cause: `r1.` for the first replay of its event, `r2.` for the second. */
const REPLAY = /^r\d+\.(?=.)/;

/** In the place of the order's tenant, for a cause that names another. No tenant's name has a space. */
const ANY_TENANT = 'of any';

/**
 * Finds the event that caused an order. A cause is a reload id of the order's tenant, or `<tenant>.<reload id>`.
 *
 * @returns undefined if a person asked for the order, or if `events` lacks the event.
 */
export function causeFinder(events: readonly EventFact[]): (order: OrderFact) => EventFact | undefined {
  const byCause = new Map<string, EventFact>();
  for (const event of events) {
    byCause.set(`${ANY_TENANT}/${event.tenant}.${event.reloadId}`, event);
    byCause.set(`${event.tenant}/${event.reloadId}`, event);
  }
  return ({ tenant, causes }) =>
    causes
      .flatMap((cause) => [cause, cause.replace(REPLAY, '')])
      .map((cause) => byCause.get(`${tenant}/${cause}`) ?? byCause.get(`${ANY_TENANT}/${cause}`))
      .find((event) => event !== undefined);
}

/** The ids that the events of an order's causes may have. A cause `a.b` gives two: it may be the reload `b` of the tenant `a`. */
export const causeIds = ({ tenant, causes }: OrderFact): readonly string[] =>
  causes
    .map((cause) => cause.replace(REPLAY, ''))
    .flatMap((cause) => {
      const [, other = '', reloadId = ''] = /^([a-z0-9][a-z0-9-]*)\.(.+)$/.exec(cause) ?? [];
      const own = eventId(tenant, cause as ReloadId);
      return other === '' ? [own] : [own, eventId(other as TenantName, reloadId as ReloadId)];
    });

/** Whether `cascade replay` made the order. */
export const isReplay = ({ causes }: OrderFact): boolean => causes.some((cause) => REPLAY.test(cause));

/** Whether a person asked for the order with `wsk action invoke`: then its cause is `m.<activation id>`. */
export const isByHand = ({ causes }: OrderFact): boolean => causes.some((cause) => cause.startsWith('m.'));

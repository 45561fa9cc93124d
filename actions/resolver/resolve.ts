/*
 * The resolver is the step after `receiver` (a webhook came) and after `collector` (the sweep, every 5 minutes). It
 * decides by the chains which reloads follow the reloads that ended, and passes that plan to the invoker.
 *
 * An event is a reload that ended. An order is a reload that Cascade owes because of an event. Its lineage says which
 * event caused it, and in which run. A link is one step of a chain: this app follows that app. A composite link waits
 * for several apps before it calls for an order. With a ledger, an event about which no plan decides stays due: a later
 * sweep brings it again.
 */

import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { Batch, BatchEvent } from '../../src/contracts/batch.ts';
import type { Plan, PlannedOrder } from '../../src/contracts/plan.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { joinId } from '../../src/core/document-ids.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import type { OrderId, TenantName } from '../../src/core/names.ts';
import { causeOf, type ReloadOrder } from '../../src/core/order.ts';
import { PAYLOAD_BYTES, roomFor } from '../../src/core/payload.ts';
import { byEnd, type JoinedEnd, planOrders } from '../../src/core/plan-orders.ts';
import type { Skip } from '../../src/core/skip.ts';
import type { TimeConstants } from '../../src/core/time-constants.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { isAddress, isFromBoundTenant, movedAlert } from '../../src/ledger/bound-tenant.ts';
import { type Alert, raiseAlert } from '../../src/ledger/raise-alert.ts';
import type { Log } from '../../src/platform/log.ts';
import { applyJoins } from './apply-joins.ts';
import { type Judgement, judgeEnds } from './judge-ends.ts';
import { type About, readAbout } from './read-about.ts';

/** What the resolver needs if there is a ledger. */
export interface ResolverPorts {
  readonly store: CouchPort;
  readonly times: TimeConstants;
  /** The most orders one after another in a run. */
  readonly maxHops: number;
  /** The hash of the chains with which this was built. */
  readonly definition?: string;
  readonly log: Log;
}

/**
 * What follows from one event. Each order has its lineage: what caused it, and in which run. A skip is a link that
 * starts nothing, with the reason.
 */
interface Resolved {
  readonly event: BatchEvent;
  readonly orders: readonly PlannedOrder[];
  readonly skips: readonly Skip[];
  /** This event with each composite link that waits for it, or that is paused and only remembers it. */
  readonly joined: readonly JoinedEnd[];
  /**
   * True if it is not yet known what follows: a composite link's document could not be read or written, or another
   * attempt may follow. The event stays due.
   */
  readonly isUndecided?: boolean;
  /** The alerts to raise for this event. */
  readonly alerts?: readonly Pick<Alert, 'kind' | 'subject' | 'message'>[];
}

/**
 * Makes the plan for a batch: which orders to create, and why other links start nothing.
 *
 * With a ledger this reads what CouchDB knows about the events, writes the events into the documents of composite
 * links, and may raise alerts. If CouchDB fails, this throws no CascadeError, and the plan decides about no event.
 * Events without a decision stay due. So does what does not fit into the plan.
 *
 * @param ports - absent without a ledger.
 */
export async function resolve(batch: Batch, links: CompiledChains['links'], ports?: ResolverPorts): Promise<Plan> {
  if (ports === undefined) return { ...passedOn(batch), ...planWithoutLedger(batch, links) };
  try {
    const decided = batch.events.length === 0 ? {} : await decide(batch, links, ports);
    const storeNow = ports.store.now();
    return { ...passedOn(batch), ...decided, ...(storeNow !== undefined && { storeNow }) };
  } catch (error) {
    if (!(error instanceof CascadeError)) throw error;
    ports.log.error(`The events stay due: ${error.message}`, { code: error.code, undecided: batch.events.length });
    return leftDue(batch);
  }
}

/**
 * The plan that decides about no event, so that all events stay due. The rest of the batch, such as due orders and
 * hints, goes on to the invoker.
 */
export const leftDue = (batch: Batch): Plan => ({
  ...passedOn(batch),
  ...(batch.events.length > 0 && { undecided: batch.events.length }),
});

const passedOn = ({ events: _, ...batch }: Batch): Plan => ({ ...batch, orders: [], skips: [] });

function planWithoutLedger({ events }: Batch, links: CompiledChains['links']): Pick<Plan, 'orders' | 'skips'> {
  const { orders, skips, joined } = planOrders(events, links);
  return { orders, skips: [...skips, ...joined.map(needsLedger)] };
}

/** Without a ledger a composite link cannot remember its upstreams' ends, so it starts nothing. */
const needsLedger = ({ event: { tenant, appId, reloadId }, link: { chain, target } }: JoinedEnd): Skip => ({
  ...{ reason: 'needs-ledger', tenant, appId, reloadId, chain, target },
});

/** Decides about as many events as fit into one plan. */
async function decide(batch: Batch, links: CompiledChains['links'], ports: ResolverPorts): Promise<Partial<Plan>> {
  const events = [...batch.events].sort(byEnd);
  // The links say what may follow, and that says which documents are needed. So one call can read most of them.
  const mayFollow = events.flatMap(possibleEnds).map((end) => followingLinks(end, links));
  const tenants = tenantsOf(mayFollow);
  const joins = mayFollow.flatMap(({ joined }) => joined.map(({ link }) => joinId(link)));
  const about = await readAbout(events, tenants, joins, ports);
  const withoutJoins = await resolveEach(events, links, about, {
    ...ports,
    now: ports.store.now() ?? batch.receivedAt,
  });
  const resolved = await withJoins(withoutJoins, about, batch, ports);
  const decided = resolved.filter(({ isUndecided }) => isUndecided !== true);
  const { taken, ...others } = fitted(decided, batch, about);
  const undecided = resolved.length - taken.length;
  if (taken.length < decided.length) ports.log.info('Events stay due: they do not fit into one plan', { undecided });
  await raiseAlerts(taken, batch, ports);
  return {
    events: taken.map(({ event }) => event),
    ...(ports.definition !== undefined && { definition: ports.definition }),
    orders: taken.flatMap(({ orders }) => orders),
    skips: taken.flatMap(({ skips }) => skips),
    tenants: Object.fromEntries(tenants.map((tenant) => [tenant, about.facts(tenant)])),
    ...others,
    ...(undecided > 0 && { undecided }),
  };
}

/** What follows from each event by itself. `withJoins` adds the orders of composite links. */
async function resolveEach(
  events: readonly BatchEvent[],
  links: CompiledChains['links'],
  about: About,
  ports: ResolverPorts & { readonly now: EpochMs },
): Promise<readonly Resolved[]> {
  const fromOurTenants = events.filter((event) => otherTenantSkip(event, about) === undefined);
  const judged = await judgeEnds(fromOurTenants, about.document, ports);
  return events.map((event) => {
    const skipped = otherTenantSkip(event, about);
    return skipped ?? withLineage(followingOf(event, judged.get(event), links), about, ports);
  });
}

/**
 * The event with each outcome that may count in the end. A canceled reload may count as failed instead: `judgeEnds`
 * finds out later whether Cascade canceled it because of its `timeout`.
 */
const possibleEnds = (event: BatchEvent): readonly BatchEvent[] =>
  event.outcome === 'canceled' ? [event, { ...event, outcome: 'failed' }] : [event];

/**
 * What follows from an end by the links of its app. If Cascade starts another attempt of the same order, nothing
 * follows yet. If nobody knows whether another attempt comes, the event is undecided.
 *
 * @param judged - what the end means for its order; undefined if the end counts as Qlik reports it.
 */
function followingOf(event: BatchEvent, judged: Judgement | undefined, links: CompiledChains['links']): Following {
  const nothing = { event, orders: [], joined: [], skips: [] };
  switch (judged?.kind) {
    case 'unknown-attempt':
      return { ...nothing, isUndecided: true };
    case 'will-retry':
      return { ...nothing, skips: [willRetry(event, judged)] };
    case 'last':
    case undefined: {
      const outcome = judged?.outcome ?? event.outcome;
      return { event, ...followingLinks(outcome === event.outcome ? event : { ...event, outcome }, links) };
    }
    default:
      return judged satisfies never;
  }
}

/** What follows from an end by the links of its app. `joined` has the paused composite links, too: they remember it. */
function followingLinks(end: BatchEvent, links: CompiledChains['links']): Omit<Following, 'event'> {
  const { orders, joined, remembered, skips } = planOrders([end], links);
  return { orders, joined: [...joined, ...remembered], skips };
}

function willRetry(
  { tenant, appId, reloadId }: BatchEvent,
  { order, attempt }: Extract<Judgement, { readonly kind: 'will-retry' }>,
): Skip {
  const attempts = 1 + (order.policy?.retry?.attempts ?? 0);
  return { reason: 'will-retry', tenant, appId, reloadId, order: order._id, attempt, attempts };
}

const tenantsOf = (following: readonly Pick<Following, 'orders' | 'joined'>[]): readonly TenantName[] => [
  ...new Set(
    following.flatMap(({ orders, joined }) => [
      ...orders.map(({ tenant }) => tenant),
      ...joined.map(({ link }) => link.target.tenant),
    ]),
  ),
];

/**
 * Applies the events to the composite links that wait for them. The orders of these links come after those of the plain
 * links.
 */
async function withJoins(
  resolved: readonly Resolved[],
  about: About,
  { traceId, receivedAt }: Batch,
  { store, times, maxHops, definition, log }: ResolverPorts,
): Promise<readonly Resolved[]> {
  // The events in `joined` have the outcome that counts: failed, if Cascade canceled the reload because of its
  // `timeout`.
  const joined = resolved.flatMap(({ event: { stored }, joined }) => {
    const known = { traceId: stored?.traceId ?? traceId, maxHops, definition };
    return joined.map(({ event, link }) => ({ event, link, descent: about.descent(event), ...known }));
  });
  if (joined.length === 0) return resolved;
  const storeNow = (): EpochMs => store.now() ?? receivedAt;
  const answers = await applyJoins(joined, about.document, { store, times, storeNow, log });
  return resolved.map((each) => {
    const end = each.joined[0]?.event;
    const answer = end === undefined ? undefined : answers.get(end);
    if (answer === undefined) return each;
    return {
      ...each,
      // These ends are in the links' documents now, and not in the plan: `fitted` must not count their bytes.
      joined: [],
      orders: [...each.orders, ...answer.orders.map(({ traceId: _, ...order }) => order)],
      skips: [...each.skips, ...answer.skips],
      isUndecided: answer.isUndecided,
      alerts: [...(each.alerts ?? []), ...answer.tooFar.map((root) => tooManyHops(root, maxHops))],
    };
  });
}

/**
 * Picks what fits into one plan, because OpenWhisk limits how many bytes the invoker can get.
 *
 * 1. The first event. It fits, because the chain files are checked for that (`checkSizes`).
 * 2. The work that is due, so that many events cannot crowd it out: due orders, orders whose turn at the rate limit
 *   comes (`slots`), hints (something that Cascade must check by asking Qlik), ends that were decided about but not
 *   recorded (`unrecorded`), and last the documents that owe people notices (`owing`).
 * 3. The other events.
 * 4. Orders that waited because the app of an event was busy (`wake`).
 *
 * Whatever does not fit stays due.
 */
function fitted(
  [first, ...further]: readonly Resolved[],
  { due, slots, hints, owing, unrecorded }: Batch,
  about: About,
): Pick<Plan, 'due' | 'slots' | 'hints' | 'owing' | 'unrecorded'> & {
  readonly taken: readonly Resolved[];
  readonly wake: readonly OrderId[];
} {
  const take = roomFor(PAYLOAD_BYTES);
  // The alerts do not go into the plan, so they need no room.
  const isTaken = ({ alerts: _, ...planned }: Resolved): boolean => take([planned]).length > 0;
  const takenFirst = first !== undefined && isTaken(first) ? [first] : [];
  const rest = {
    ...(due !== undefined && { due: take(due) }),
    ...(slots !== undefined && { slots: take(slots) }),
    ...(hints !== undefined && { hints: take(hints) }),
    ...(unrecorded !== undefined && { unrecorded: take(unrecorded) }),
    ...(owing !== undefined && { owing: take(owing) }),
  };
  const taken = [...takenFirst, ...further.filter(isTaken)];
  const ofOurTenants = taken.filter(({ skips }) => skips.every(({ reason }) => reason !== 'other-tenant'));
  const parked = new Set(ofOurTenants.flatMap(({ event }) => about.parked(event)));
  return { ...rest, taken, wake: take([...parked]) };
}

/** Raises the events' alerts: one for each kind and subject. */
async function raiseAlerts(
  resolved: readonly Resolved[],
  { traceId, receivedAt }: Batch,
  { store, log }: ResolverPorts,
): Promise<void> {
  const alerts = resolved.flatMap((each) => each.alerts ?? []);
  for (const alert of new Map(alerts.map((each) => [`${each.kind} ${each.subject}`, each])).values()) {
    await raiseAlert(store, { ...alert, traceId, at: store.now() ?? receivedAt }, log);
  }
}

/**
 * Skips an event of another tenant. The ledger stores which of Qlik's tenants each tenant name means. Another
 * deployment that shares the database may use the same name for another tenant, and may have received the event. Then
 * nothing has ended in our tenant, so nothing may follow.
 *
 * @returns undefined if the event is from our tenant.
 */
function otherTenantSkip(event: BatchEvent, about: About): Resolved | undefined {
  const { tenant, appId, reloadId, stored } = event;
  const heardFrom = stored?.heardFrom;
  const bound = about.bound(tenant);
  if (heardFrom === undefined || isFromBoundTenant(bound, heardFrom)) return undefined;
  const known = (isAddress(heardFrom) ? bound?.url : bound?.id) ?? '';
  return {
    event,
    orders: [],
    joined: [],
    skips: [{ reason: 'other-tenant', tenant, appId, reloadId, heardFrom }],
    alerts: [movedAlert({ tenant, bound: known, own: heardFrom })],
  };
}

/** What follows from one event by its links. The orders have no lineage yet: `withLineage` adds it. */
interface Following extends Resolved {
  readonly orders: readonly ReloadOrder[];
}

/**
 * Adds the lineage to each order: its cause, its run, and its hops. Hops count the orders since the run began. An order
 * with more than `maxHops` hops becomes a skip, and people get an alert.
 */
function withLineage(
  following: Following,
  about: About,
  { maxHops, definition }: Pick<ResolverPorts, 'maxHops' | 'definition'>,
): Resolved {
  const { event, orders, skips, joined } = following;
  if (following.isUndecided === true) return following;
  const { hops: hopsOfCause, ...descent } = about.descent(event);
  const hops = hopsOfCause + 1;
  if (orders.length === 0 || hops <= maxHops) {
    const lineage = { ...descent, hops };
    const decided = definition !== undefined && { definition };
    return {
      event,
      orders: orders.map((order) => ({ ...order, ...decided, lineage: { ...lineage, cause: causeOf(event, order) } })),
      skips,
      joined,
    };
  }
  const { tenant, appId, reloadId } = event;
  const refused = orders.map((order): Skip => {
    const target = { tenant: order.tenant, appId: order.appId };
    return { reason: 'too-many-hops', tenant, appId, reloadId, chain: order.chain, target, hops };
  });
  return {
    ...{ event, orders: [], joined },
    skips: [...skips, ...refused],
    alerts: [tooManyHops(descent.root, maxHops)],
  };
}

const tooManyHops = (root: string, maxHops: number) =>
  ({
    kind: 'too-many-hops',
    subject: root,
    message: `The run that began with ${root} goes on for more than ${maxHops} reloads one after another: it is stopped here. Do its chains lead back to themselves? If not, raise MAX_HOPS.`,
  }) as const;

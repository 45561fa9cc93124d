import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { Batch, BatchEvent } from '../../src/contracts/batch.ts';
import type { Plan, PlannedOrder } from '../../src/contracts/plan.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { Lineage } from '../../src/core/lineage.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import type { OrderId, TenantName } from '../../src/core/names.ts';
import { causeOf, type ReloadOrder } from '../../src/core/order.ts';
import { PAYLOAD_BYTES, roomFor } from '../../src/core/payload.ts';
import { byEnd, planOrders } from '../../src/core/plan-orders.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { Skip } from '../../src/core/skip.ts';
import { alertMovedTenant, isFromBoundTenant } from '../../src/ledger/bound-tenant.ts';
import { raiseAlert } from '../../src/ledger/raise-alert.ts';
import type { Log } from '../../src/platform/log.ts';
import { type About, readAbout } from './read-about.ts';

/** What the resolver with a ledger needs from the world. */
export interface ResolverPorts {
  readonly store: CouchPort;
  /** How far an order may be from the event at the root of its run. */
  readonly maxHops: number;
  readonly log: Log;
}

/** What follows from one event by the links alone. */
interface Following {
  readonly event: BatchEvent;
  readonly orders: readonly ReloadOrder[];
  readonly skips: readonly Skip[];
}

/** The same, once the ledger was asked where the event stands in its run. */
interface Resolved extends Following {
  readonly orders: readonly PlannedOrder[];
  /** The root of its run, if the run has too many hops to go on. */
  readonly tooFar?: string;
  /** The address or id of the tenant in which it was heard of, if the ledger means another one by that name. */
  readonly elsewhere?: string;
}

/**
 * Makes the plan for a batch of stored events: which orders are to be created, and why others are not (ledger.md §5).
 *
 * It reads once from the store, and not at all if the batch has no events. If the store does not answer, the plan decides
 * about none of them: they are stored, and stay due. So do those that do not fit into the plan.
 *
 * @throws only what is no CascadeError: a mistake in the code.
 */
export async function resolveWithLedger(
  batch: Batch,
  links: CompiledChains['links'],
  ports: ResolverPorts,
): Promise<Plan> {
  if (batch.events.length === 0) return { ...passedOn(batch), ...storeNowOf(ports) };
  try {
    return { ...passedOn(batch), ...(await decide(batch, links, ports)), ...storeNowOf(ports) };
  } catch (error) {
    if (!(error instanceof CascadeError)) throw error;
    ports.log.error(`The events stay due: ${error.message}`, { code: error.code, undecided: batch.events.length });
    return leftDue(batch);
  }
}

/** The plan that decides about no event: they stay due. What else the batch has goes on. */
export const leftDue = (batch: Batch): Plan => ({
  ...passedOn(batch),
  ...(batch.events.length > 0 && { undecided: batch.events.length }),
});

const passedOn = ({ traceId, source, receivedAt, ignored, hints, due }: Batch): Plan => ({
  ...{ traceId, source, receivedAt, ignored, orders: [], skips: [] },
  ...(hints !== undefined && { hints }),
  ...(due !== undefined && { due }),
});

async function decide(
  batch: Batch,
  links: CompiledChains['links'],
  ports: ResolverPorts,
): Promise<Omit<Plan, 'traceId' | 'source' | 'receivedAt' | 'ignored'>> {
  const following = [...batch.events].sort(byEnd).map((event) => ({ event, ...planOrders([event], links) }));
  const tenants = tenantsOf(following);
  const about = await readAbout(batch.events, tenants, ports);
  const resolved = following.map((each) => ofElsewhere(each, about) ?? withLineage(each, about, ports.maxHops));
  const { taken, ...others } = fitted(resolved, batch, about);
  const undecided = resolved.length - taken.length;
  if (undecided > 0) ports.log.info('Events stay due: they do not fit into one plan', { undecided });
  await tellTooFar(taken, batch, ports);
  await tellElsewhere(taken, about, batch, ports);
  return {
    events: taken.map(({ event }) => event),
    orders: taken.flatMap(({ orders }) => orders),
    skips: taken.flatMap(({ skips }) => skips),
    gates: known(tenants, about.gate),
    echoes: known(tenants, about.echoes),
    tenantUrls: known(tenants, (tenant) => about.bound(tenant)?.url),
    ...others,
    ...(undecided > 0 && { undecided }),
  };
}

/** What is known of tenants, by their names. */
const known = <T>(tenants: readonly TenantName[], of: (tenant: TenantName) => T | undefined): Record<string, T> =>
  Object.fromEntries(
    tenants.flatMap((tenant) => {
      const value = of(tenant);
      return value === undefined ? [] : [[tenant, value] as const];
    }),
  );

const tenantsOf = (following: readonly Following[]): readonly TenantName[] => [
  ...new Set(following.flatMap(({ orders }) => orders.map(({ tenant }) => tenant))),
];

/**
 * Picks what fits into one plan, since OpenWhisk bounds what the invoker can be passed.
 *
 * The first event always fits (`checkSizes`). Then come orders and hints that are due, so that many events do not starve
 * them, then the other events. Whatever does not fit stays due, and comes with a later plan.
 */
function fitted(
  [first, ...further]: readonly Resolved[],
  { due, hints }: Batch,
  about: About,
): Pick<Plan, 'due' | 'hints'> & { readonly taken: readonly Resolved[]; readonly wake: readonly OrderId[] } {
  const take = roomFor(PAYLOAD_BYTES);
  const takenFirst = take(first === undefined ? [] : [first]);
  const rest = { ...(due !== undefined && { due: take(due) }), ...(hints !== undefined && { hints: take(hints) }) };
  const taken = [...takenFirst, ...take(further)];
  const parkedFor = ({ event, elsewhere }: Resolved): readonly OrderId[] =>
    elsewhere === undefined ? about.parked(event) : [];
  return { ...rest, taken, wake: take([...new Set(taken.flatMap(parkedFor))]) };
}

/** Raises one alert for each run that is stopped since it has too many hops. */
async function tellTooFar(
  resolved: readonly Resolved[],
  { traceId, receivedAt }: Batch,
  { store, maxHops, log }: ResolverPorts,
): Promise<void> {
  for (const root of new Set(resolved.flatMap(({ tooFar }) => tooFar ?? []))) {
    const at = store.now() ?? receivedAt;
    const message = tooManyHopsText(root, maxHops);
    await raiseAlert(store, { kind: 'too-many-hops', subject: root, message, traceId, at }, log);
  }
}

const storeNowOf = ({ store }: ResolverPorts): Pick<Plan, 'storeNow'> => {
  const storeNow = store.now();
  return storeNow === undefined ? {} : { storeNow };
};

/**
 * What comes of an end that another deployment heard of, in another tenant of the same name: a skip. By the links alone
 * something would follow it here, in a tenant where nothing has ended.
 *
 * @returns undefined if the end is one of our tenant.
 */
function ofElsewhere({ event }: Following, about: About): Resolved | undefined {
  const { tenant, appId, reloadId, stored } = event;
  const elsewhere = stored?.heardFrom;
  if (elsewhere === undefined || isFromBoundTenant(about.bound(tenant), elsewhere)) return undefined;
  return {
    event,
    orders: [],
    skips: [{ reason: 'other-tenant', tenant, appId, reloadId, heardFrom: elsewhere }],
    elsewhere,
  };
}

/** Raises one alert for each tenant of whose ends another deployment heard. */
async function tellElsewhere(
  resolved: readonly Resolved[],
  about: About,
  { traceId, receivedAt }: Batch,
  { store, log }: ResolverPorts,
): Promise<void> {
  const heard = new Map(resolved.flatMap(({ event, elsewhere }) => (elsewhere ? [[event.tenant, elsewhere]] : [])));
  for (const [tenant, own] of heard) {
    const { url = '', id = '' } = about.bound(tenant) ?? {};
    const bound = own.includes('://') ? url : id;
    await alertMovedTenant({ tenant, bound, own }, store, { traceId, at: store.now() ?? receivedAt }, log);
  }
}

/** Gives each order its lineage. If the run has too many hops, each order becomes a skip. */
function withLineage({ event, orders, skips }: Following, about: About, maxHops: number): Resolved {
  const { hops, ...descent } = about.descent(event);
  const lineageOf = (order: ReloadOrder): Lineage => ({ cause: causeOf(event, order), ...descent, hops: hops + 1 });
  if (orders.length === 0 || hops + 1 <= maxHops) {
    return { event, orders: orders.map((order) => ({ ...order, lineage: lineageOf(order) })), skips };
  }
  const refused = orders.map((order) => tooFarSkip(event, order, hops + 1));
  return { event, orders: [], skips: [...skips, ...refused], tooFar: descent.root };
}

const tooFarSkip = ({ tenant, appId, reloadId }: ReloadFinished, order: ReloadOrder, hops: number): Skip => ({
  reason: 'too-many-hops',
  tenant,
  appId,
  reloadId,
  chain: order.chain,
  target: { tenant: order.tenant, appId: order.appId },
  hops,
});

const tooManyHopsText = (root: string, maxHops: number): string =>
  `The run that began with ${root} goes on for more than ${maxHops} reloads one after another: it is stopped here. Do its chains lead back to themselves? If not, raise MAX_HOPS.`;

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
import { isHeardFrom, tellMoved } from '../../src/ledger/bound-tenant.ts';
import { raiseAlert } from '../../src/ledger/raise-alert.ts';
import type { Log } from '../../src/platform/log.ts';
import { type About, readAbout } from './read-about.ts';

/** What the resolver needs from the world where there is a ledger. */
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

/** What follows from one event, and from where its run has come. */
interface Resolved extends Following {
  readonly orders: readonly PlannedOrder[];
  /** The root of its run, if that is too long to go on. */
  readonly tooFar?: string;
  /** Where it was heard of, if that is another tenant than the ledger means. */
  readonly elsewhere?: string;
}

/**
 * Makes the plan for a batch of stored events (ledger.md §5): one read, and none if there are no events.
 *
 * It does not fail for the store's sake: its events are stored, and stay due if nothing can be decided about them. So do
 * those that do not fit into the plan.
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
 * As much as the invoker can be passed. One event always finds room (`checkSizes`); then what is due, so that many events do
 * not starve it; then further events. Whatever finds none is due, and in a later plan.
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

/** One alert for each run that is stopped. */
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
 * An end that another deployment heard of, whose tenant of the same name is another one: by the links something would follow
 * it here, in a tenant where nothing has ended.
 */
function ofElsewhere({ event }: Following, about: About): Resolved | undefined {
  const { tenant, appId, reloadId, stored } = event;
  const elsewhere = stored?.heardFrom;
  if (elsewhere === undefined || isHeardFrom(about.bound(tenant), elsewhere)) return undefined;
  return {
    event,
    orders: [],
    skips: [{ reason: 'other-tenant', tenant, appId, reloadId, heardFrom: elsewhere }],
    elsewhere,
  };
}

/** One alert for each tenant. */
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
    await tellMoved({ tenant, bound, own }, store, { traceId, at: store.now() ?? receivedAt }, log);
  }
}

/** The orders with where they come from, as far as the run may go on. */
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

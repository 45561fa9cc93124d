import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { Batch } from '../../src/contracts/batch.ts';
import type { Plan, PlannedOrder } from '../../src/contracts/plan.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { Lineage } from '../../src/core/lineage.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import { causeOf, type ReloadOrder } from '../../src/core/order.ts';
import { byEnd, planOrders } from '../../src/core/plan-orders.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { Skip } from '../../src/core/skip.ts';
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
  readonly event: ReloadFinished;
  readonly orders: readonly ReloadOrder[];
  readonly skips: readonly Skip[];
}

/**
 * Makes the plan for a batch of stored events (ledger.md §5): one read, and none where there are no events.
 *
 * It does not fail for the store's sake: its events are stored, and stay due where nothing can be decided about them.
 */
export async function resolveWithLedger(
  batch: Batch,
  links: CompiledChains['links'],
  ports: ResolverPorts,
): Promise<Plan> {
  const { traceId, source, receivedAt, ignored, hints, due } = batch;
  const plan = {
    ...{ traceId, source, receivedAt, ignored, orders: [], skips: [] },
    ...(hints !== undefined && { hints }),
    ...(due !== undefined && { due }),
  };
  if (batch.events.length === 0) return { ...plan, ...storeNowOf(ports) };
  try {
    return { ...plan, ...(await decide(batch, links, ports)), ...storeNowOf(ports) };
  } catch (error) {
    if (!(error instanceof CascadeError)) throw error;
    ports.log.error(`The events stay due: ${error.message}`, { code: error.code, undecided: batch.events.length });
    return { ...plan, undecided: batch.events.length };
  }
}

type Decided = Required<Pick<Plan, 'events' | 'orders' | 'skips' | 'wake' | 'gates'>>;

async function decide(
  { events, traceId, receivedAt }: Batch,
  links: CompiledChains['links'],
  ports: ResolverPorts,
): Promise<Decided> {
  const following = [...events].sort(byEnd).map((event) => ({ event, ...planOrders([event], links) }));
  const tenants = [...new Set(following.flatMap(({ orders }) => orders.map(({ tenant }) => tenant)))];
  const about = await readAbout(events, tenants, ports);
  const decided = following.map((each) => withLineage(each, about, ports.maxHops));
  for (const root of new Set(decided.flatMap(({ tooFar }) => tooFar))) {
    const at = ports.store.now() ?? receivedAt;
    const message = tooManyHopsText(root, ports.maxHops);
    await raiseAlert(ports.store, { kind: 'too-many-hops', subject: root, message, traceId, at }, ports.log);
  }
  const gates = tenants.flatMap((tenant) => {
    const until = about.gate(tenant);
    return until === undefined ? [] : [[tenant, until] as const];
  });
  return {
    events,
    orders: decided.flatMap(({ orders }) => orders),
    skips: decided.flatMap(({ skips }) => skips),
    wake: [...new Set(events.flatMap((event) => about.parked(event)))],
    gates: Object.fromEntries(gates),
  };
}

const storeNowOf = ({ store }: ResolverPorts): Pick<Plan, 'storeNow'> => {
  const storeNow = store.now();
  return storeNow === undefined ? {} : { storeNow };
};

/** The orders with where they come from, as far as the run may go on; `tooFar` names its root where it may not. */
function withLineage(
  { event, orders, skips }: Following,
  about: About,
  maxHops: number,
): { readonly orders: readonly PlannedOrder[]; readonly skips: readonly Skip[]; readonly tooFar: readonly string[] } {
  const { hops, ...descent } = about.descent(event);
  const lineageOf = (order: ReloadOrder): Lineage => ({ cause: causeOf(event, order), ...descent, hops: hops + 1 });
  if (orders.length === 0 || hops + 1 <= maxHops) {
    return { orders: orders.map((order) => ({ ...order, lineage: lineageOf(order) })), skips, tooFar: [] };
  }
  const refused = orders.map((order) => tooFarSkip(event, order, hops + 1));
  return { orders: [], skips: [...skips, ...refused], tooFar: [descent.root] };
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

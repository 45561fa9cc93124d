import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { BatchEvent } from '../../src/contracts/batch.ts';
import type { EndRecord } from '../../src/contracts/end-record.ts';
import type { Plan, PlannedOrder } from '../../src/contracts/plan.ts';
import { causeOf } from '../../src/core/order.ts';
import type { Skip } from '../../src/core/skip.ts';
import type { TimeConstants } from '../../src/core/time-constants.ts';
import { addMs, type EpochMs, seconds } from '../../src/core/units.ts';
import { whenAllSettled } from '../../src/core/when-all-settled.ts';
import { endOf } from '../../src/ledger/documents/event.ts';
import type { Log } from '../../src/platform/log.ts';
import { answerWithLedger } from './answer.ts';
import { createOrders, type Row } from './create-orders.ts';
import { type FanOutPorts, fanOut, invokeBeside } from './fan-out.ts';
import { invocationsOf } from './fan-out-ports.ts';
import { ledgerWork } from './ledger-targets.ts';
import { resolveEvents, type StoredEvent } from './resolve-events.ts';

/** What the invoker needs from the world where there is a ledger. */
export interface LedgerInvokerPorts extends FanOutPorts {
  readonly store: CouchPort;
  readonly times: TimeConstants;
  readonly log: Log;
}

/**
 * Creates the orders of a plan; then fires them, and marks the events (ledger.md §6). Beside it all it has the ends recorded.
 *
 * Invariant: an event is marked only once each of its orders is stored, by us or by somebody else, or refused by CouchDB
 * for good: that one has an alert, and keeps back nothing else. Whatever fails before
 * leaves it due; nothing here answers 5xx. The sender waits for it all, so that what needs nothing of each other goes on at
 * once: a stored order is due, whether it was fired or not, and a posted one is until its end is recorded.
 */
export async function invokeWithLedger(plan: Plan, ports: LedgerInvokerPorts): Promise<object> {
  const { limits, budget } = ports;
  if (invocationsOf(plan) <= budget.left(limits.invocationsPerMinute)) {
    const [answer] = await whenAllSettled([orderAndFire(plan, ports), record(plan, ports)]);
    return answer;
  }
  // The reloads come first where the minute may have no room for all.
  const answer = await orderAndFire(plan, ports);
  await record(plan, ports);
  return answer;
}

async function orderAndFire(plan: Plan, ports: LedgerInvokerPorts): Promise<object> {
  const storeNow = (): EpochMs => ports.store.now() ?? plan.storeNow ?? ports.now();
  const { events = [], orders } = plan;
  const rows = orders.length === 0 ? [] : await createOrders(plan, storeNow(), ports);
  const created = rows.flatMap((row) => (row.kind === 'created' ? [row.created] : []));
  const skips = [...plan.skips, ...notCreated(plan, rows)];
  const settled = events.filter((event) => isSettled(event, orders, rows)).filter(isStored);
  const [placements, unmarked] = await whenAllSettled([
    fanOut(ledgerWork(plan, created, storeNow()), { ...ports, deadline: fireUntil(ports) }),
    resolveEvents(settled, skips, storeNow(), ports),
  ]);
  const left = (plan.undecided ?? 0) + events.length - settled.length + unmarked;
  return answerWithLedger({ ...plan, skips }, placements, left, ports.log);
}

/** What is not fired by then is due anyway; the rest of the time is for the mark and `record`. */
const FIRE_FOR = seconds(40);

const fireUntil = ({ now, deadline }: FanOutPorts): EpochMs => Math.min(deadline, addMs(now(), FIRE_FOR)) as EpochMs;

const isStored = (event: BatchEvent): event is StoredEvent => event.stored !== undefined;

const isOrderOf = (event: BatchEvent, order: PlannedOrder): boolean => causeOf(event, order) === order.lineage?.cause;

const isSettled = (event: BatchEvent, orders: readonly PlannedOrder[], rows: readonly Row[]): boolean =>
  orders.every((order, index) => !isOrderOf(event, order) || rows[index]?.kind !== 'open');

/** Why an order's row starts nothing here, as the skip says it. */
const SKIPPED: Readonly<Partial<Record<Row['kind'], 'already-ordered' | 'not-stored'>>> = {
  exists: 'already-ordered',
  refused: 'not-stored',
};

function notCreated({ orders, events = [] }: Plan, rows: readonly Row[]): readonly Skip[] {
  return orders.flatMap((order, index): Skip[] => {
    const event = events.find((each) => isOrderOf(each, order));
    const reason = SKIPPED[rows[index]?.kind ?? 'open'];
    if (reason === undefined || event === undefined) return [];
    const { tenant, appId, reloadId } = event;
    const target = { tenant: order.tenant, appId: order.appId };
    return [{ reason, tenant, appId, reloadId, chain: order.chain, target, order: order.order }];
  });
}

/**
 * Has the ends recorded, off the hot path: one invocation for all of them. It needs none of the orders that follow. Where it
 * is lost the sweep finds the ends. What ended in another tenant than the ledger means ends nothing in this one.
 */
async function record({ traceId, events = [], skips }: Plan, ports: LedgerInvokerPorts): Promise<void> {
  const isElsewhere = ({ tenant, reloadId }: BatchEvent): boolean =>
    skips.some((skip) => skip.reason === 'other-tenant' && skip.tenant === tenant && skip.reloadId === reloadId);
  const ended = events.filter((event) => !isElsewhere(event));
  if (ended.length === 0) return;
  const ends: EndRecord = { traceId, events: ended.map(endOf) };
  const invocation = await invokeBeside('record', { record: ends }, ports);
  if (invocation?.kind === 'accepted') return;
  ports.log.warn('The ends are recorded later: OpenWhisk did not take it', {
    answer: invocation?.kind ?? 'no time left',
  });
}

/*
 * The invoker is the last step of a webhook's path. It gets the resolver's plan, stores the orders of the plan, and
 * starts the action `reload` for each. Then it answers the webhook. This file does these steps one after another such
 * that, with a ledger, a crash in between loses nothing.
 *
 * An event is a reload that ended. An order is a reload that Cascade owes because of an event. An event is resolved
 * once its orders are stored; until then it is due: the sweep, which runs every 5 minutes, takes it up. The sequence
 * `record` stores how the reload ended, and notifies people. A hint is something that Cascade must check by asking
 * Qlik.
 */

import type { BatchEvent, StoredEvent } from '../../src/contracts/batch.ts';
import type { EndRecord } from '../../src/contracts/end-record.ts';
import type { Plan, PlannedOrder } from '../../src/contracts/plan.ts';
import type { Skip } from '../../src/core/skip.ts';
import { addMs, type EpochMs, seconds } from '../../src/core/units.ts';
import { whenAllSettled } from '../../src/core/when-all-settled.ts';
import { endOf } from '../../src/ledger/documents/event.ts';
import type { Log } from '../../src/platform/log.ts';
import { answerOf, logPlacements } from './answer.ts';
import { fanOut, type Placement } from './fan-out.ts';
import { invocationsOf } from './fan-out-ports.ts';
import { fireSlots } from './fire-slots.ts';
import { type FanOutPorts, invokeBeside } from './invoke-in-time.ts';
import { createOrders, type InvokerLedger, isOrderOf, isSkipOf, type Row, resolveEvents } from './store-plan.ts';
import { type CreatedOrders, type Target, workOf } from './targets.ts';

/** What `invokePlan` needs. */
export interface InvokerPorts extends FanOutPorts {
  /** Absent without a ledger. */
  readonly ledger?: InvokerLedger;
  readonly log: Log;
}

/**
 * Starts one activation for each order, hint and named activation of a plan, and answers the webhook. Only the plans of
 * the questions pipeline, which has no ledger here, have named activations.
 *
 * With a ledger (Cascade's memory):
 *
 * 1. It stores the orders. Usually it starts `record` at the same time, because the sender is waiting.
 * 2. It starts the orders' activations. At the same time it marks the plan's events as resolved.
 * 3. It starts the orders that have slots. A slot is the instant at which an order may start that waited for its
 *   tenant's rate limit. Slots come only with a sweep, whose answer may be late.
 *
 * Invariant: an event is marked only after each of its orders is stored, or refused by CouchDB for good. A refused
 * order has an alert and stops no other order. If storing fails, the event stays due, and the answer is no 5xx.
 *
 * @throws CascadeError PARAMETERS_INVALID with a ledger, if an order has no lineage (what caused it, and in which run).
 */
export async function invokePlan(plan: Plan, ports: InvokerPorts): Promise<object> {
  const { ledger } = ports;
  if (ledger === undefined) return answerOf(plan, await startAll(plan, undefined, ports), 0);
  const answer = await orderStartAndRecord(plan, ledger, ports);
  await fireSlots(plan, ledger, ports);
  return answer;
}

/** Stores and starts the orders, marks the events, and starts `record`. Returns the answer to the webhook. */
async function orderStartAndRecord(plan: Plan, ledger: InvokerLedger, ports: InvokerPorts): Promise<object> {
  const { limits, budget } = ports;
  if (invocationsOf(plan) <= budget.left(limits.invocationsPerMinute)) {
    const [answer] = await whenAllSettled([orderAndStart(plan, ledger, ports), record(plan, ports)]);
    return answer;
  }
  // OpenWhisk may not take all these invocations in this minute. So the reloads come first, and `record` comes last.
  const answer = await orderAndStart(plan, ledger, ports);
  await record(plan, ports);
  return answer;
}

/** Stores the orders. Then it starts their activations, and marks the events as resolved. */
async function orderAndStart(plan: Plan, ledger: InvokerLedger, ports: InvokerPorts): Promise<object> {
  const { store, times } = ledger;
  const { log } = ports;
  const storeNow = (): EpochMs => store.now() ?? plan.storeNow ?? ports.now();
  const { events = [], orders, undecided = 0 } = plan;
  const rows = orders.length === 0 ? [] : await createOrders(plan, storeNow(), { store, times, log });
  const created = rows.flatMap((row) => (row.kind === 'created' ? [row.created] : []));
  const skips = [...plan.skips, ...notCreated(plan, rows)];
  const settled = events.filter((event) => isSettled(event, orders, rows)).filter(isStored);
  const [placements, notMarked] = await whenAllSettled([
    // `reload` sees by `storeNow` how old the facts about the tenants are. They must not look new after this activation
    // stood still.
    startAll(
      plan,
      { orders: created, storeNow: plan.storeNow ?? storeNow() },
      { ...ports, deadline: startUntil(ports) },
    ),
    resolveEvents(settled, { skips, definition: plan.definition, now: storeNow() }, { store, times, log }),
  ]);
  const stayDue = undecided + (events.length - settled.length) + notMarked;
  return answerOf({ ...plan, skips }, placements, stayDue);
}

/** Starts an activation for each order, hint and named activation, within OpenWhisk's limits. */
async function startAll(
  plan: Plan,
  created: CreatedOrders | undefined,
  ports: InvokerPorts,
): Promise<readonly Placement<Target>[]> {
  const placements = await fanOut(workOf(plan, created), ports);
  logPlacements(placements, ports.log);
  return placements;
}

/**
 * How long targets are started, of the 120 s that the action has. Orders that are not started by then are due in the
 * ledger. The rest of the time is for `record` and the orders with slots.
 */
const START_FOR = seconds(40);

const startUntil = ({ now, deadline }: FanOutPorts): EpochMs => Math.min(deadline, addMs(now(), START_FOR)) as EpochMs;

const isStored = (event: BatchEvent): event is StoredEvent => event.stored !== undefined;

/** Whether each order of the event is stored, or can never be stored. Then the event may be marked as resolved. */
const isSettled = (event: BatchEvent, orders: readonly PlannedOrder[], rows: readonly Row[]): boolean =>
  orders.every((order, index) => !isOrderOf(event, order) || rows[index]?.kind !== 'open');

/** Makes a skip (a link that starts nothing, with the reason) for each order that existed already or was refused. */
function notCreated({ orders, events = [] }: Plan, rows: readonly Row[]): readonly Skip[] {
  return orders.flatMap((order, index): Skip[] => {
    const event = events.find((each) => isOrderOf(each, order));
    const row = rows[index];
    if (row?.kind !== 'skipped' || event === undefined) return [];
    const { tenant, appId, reloadId } = event;
    const target = { tenant: order.tenant, appId: order.appId };
    return [{ reason: row.reason, tenant, appId, reloadId, chain: order.chain, target, order: order.order }];
  });
}

/**
 * Starts one activation of `record` for the plan's ended reloads and for the notices (messages) that people are owed.
 * If OpenWhisk does not take it, all of that stays due, and a later sweep passes it to `record`. An event from another
 * tenant that uses the same name is left out: it ends none of our orders, and is about none of our apps.
 */
async function record(
  { traceId, events = [], unrecorded = [], owing = [], skips }: Plan,
  ports: InvokerPorts,
): Promise<void> {
  const elsewhere = skips.filter(({ reason }) => reason === 'other-tenant');
  const ended = events.filter((event) => !elsewhere.some((skip) => isSkipOf(skip, event)));
  const due = owing.length > 0 && { owing };
  const ends: EndRecord = { traceId, events: [...ended.map(endOf), ...unrecorded], ...due };
  if (ends.events.length + owing.length === 0) return;
  const invocation = await invokeBeside('record', { record: ends }, ports);
  if (invocation?.kind === 'accepted') return;
  const answer = invocation?.kind ?? 'no time left';
  ports.log.warn('The ends are recorded later: OpenWhisk did not take it', { answer });
}

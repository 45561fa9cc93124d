/*
 * `cascade cancel --all` stops all work of Cascade that has not begun: a person calls off every order (a reload that
 * Cascade owes) that may be called off. An order can merge into another one, whose reload then serves both.
 */

import { groupBy } from '../../src/core/group-by.ts';
import { appKey } from '../../src/core/names.ts';
import { isFinal } from '../../src/core/order-state.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { readOrLog, skipBadDocument } from '../../src/ledger/bad-document.ts';
import { type OrderDocument, readOrder } from '../../src/ledger/documents/order.ts';
import { moveOrder } from '../../src/ledger/move-order.ts';
import { counted } from '../terminal.ts';
import { type CallOffOutcome, callOff, callOffTimes, outcomeText, settleCallOffs, writtenOrder } from './call-off.ts';
import type { LedgerContext, LedgerReport } from './ledger-command.ts';
import { readDueOrders } from './read-due-orders.ts';

/**
 * The most passes. If each of ten passes changes something, webhooks and the sweep (it runs every 5 minutes) keep
 * bringing orders. Then a person has to stop both first.
 */
const MOST_PASSES = 10;

const STILL_COMING =
  'Orders keep coming: stop the webhook and the sweep first (docs/operations.md, "Stop everything"), then try again.';

/** What a pass needs. A pass goes once over the due orders, that is, those that still need work. */
interface PassTools extends LedgerContext {
  /** Gets a sentence for each document that cannot be read, or that CouchDB refuses. */
  readonly log: { readonly error: (message: string) => void };
  /** The ids of the orders that such a document kept from being called off. Later passes leave them alone. */
  readonly stopped: Set<string>;
}

/** What a pass did. */
interface Pass {
  readonly outcomes: readonly CallOffOutcome[];
  /** True if the pass changed an order: another pass may find more. */
  readonly hasMoved: boolean;
}

/**
 * Calls off the orders that may be called off. It passes over the due orders until a pass changes nothing, at most ten
 * times. If a document cannot be read or written, it calls off the other orders all the same.
 *
 * The report is not `ok` if an order may still start, or if a document could not be read or written. An order whose
 * reload Qlik already has is only listed.
 *
 * @throws CascadeError STORE_UNAVAILABLE; STORE_REFUSED, for example if this user may not write.
 */
export async function cancelAll(context: LedgerContext): Promise<LedgerReport> {
  const problems = new Set<string>();
  const log = { error: (message: string) => void problems.add(message) };
  const tools: PassTools = { ...context, log, stopped: new Set() };
  const calledOff: CallOffOutcome[] = [];
  for (let passes = 1; ; passes += 1) {
    const { found, malformed, crowded } = await readDueOrders(context.store);
    const due = found.filter(({ _id }) => !tools.stopped.has(_id));
    const { outcomes, hasMoved } = await passOver(due, tools);
    calledOff.push(...outcomes.filter(({ kind }) => kind === 'called-off'));
    if (hasMoved && passes < MOST_PASSES) continue;
    for (const at of crowded) problems.add(crowdedText(at));
    const left = outcomes.filter((outcome) => outcome.kind === 'refused');
    const mayStart = hasMoved || left.some(({ state }) => state !== 'posted' && !isFinal(state));
    const all = [...calledOff, ...left];
    const rest = left.length === 0 ? '' : `, ${left.length} not`;
    return {
      ok: !mayStart && malformed.length === 0 && problems.size === 0,
      json: {
        calledOff: calledOff.length,
        outcomes: all,
        malformed,
        problems: [...problems],
        isQuiet: !hasMoved,
      },
      lines: [...all.map(outcomeText), `${counted(calledOff.length, 'order')} called off${rest}`],
      notes: [
        ...malformed.map((id) => `Left out, as it is no order of this version: ${id}`),
        ...problems,
        ...(hasMoved ? [STILL_COMING] : []),
      ],
    };
  }
}

const crowdedText = (at: EpochMs): string =>
  `More documents are due at ${new Date(at).toISOString()} than one answer of CouchDB lists: some orders may not have been read. Let the sweep work on them, then cancel again.`;

/**
 * Does one pass: calls off what may be called off, and finishes what earlier call-offs and merges left undone (a
 * process may have died in between).
 */
async function passOver(due: readonly OrderDocument[], tools: PassTools): Promise<Pass> {
  const outcomes: CallOffOutcome[] = [];
  const off: OrderDocument[] = [];
  let hasFreed = false;
  for (const order of due) {
    if (order.state === 'called-off') off.push(order);
    else if (isFinal(order.state))
      hasFreed = (await unlessStopped([order], () => free(order, tools), tools)) || hasFreed;
    else {
      const called = await unlessStopped([order], () => callOff(tools, order), tools);
      if (called !== undefined) outcomes.push(called.outcome);
      if (called?.outcome.kind === 'called-off') off.push(called.order);
    }
  }
  for (const ofApp of groupBy(off, appKey).values())
    await unlessStopped(ofApp, () => settleCallOffs(tools, ofApp, tools.log), tools);
  return { outcomes, hasMoved: hasFreed || off.length > 0 };
}

/**
 * Does `work`. If a bad document stops `work`, this logs that and returns undefined, and later passes leave `orders`
 * alone.
 */
async function unlessStopped<T extends object | boolean>(
  orders: readonly OrderDocument[],
  work: () => Promise<T>,
  { log, stopped }: PassTools,
): Promise<T | undefined> {
  const done = await skipBadDocument(work, log);
  if (done === undefined) for (const { _id } of orders) stopped.add(_id);
  return done;
}

/**
 * If an order is merged, and the order that it merged into is called off, malformed or missing, this plans it again.
 * The next pass then calls it off. Otherwise the sweep would plan it again, and start it.
 *
 * @returns true if the merged order has changed, by us or by somebody else.
 */
async function free(order: OrderDocument, tools: PassTools): Promise<boolean> {
  if (order.state !== 'merged' || (await goesOn(order, tools))) return false;
  const changes = { into: undefined, reason: undefined };
  await writtenOrder(tools.store, moveOrder('person', order, 'planned', callOffTimes(tools), changes));
  return true;
}

/** Whether the order that a merged order merged into is there and not called off. Then its reload counts for both. */
async function goesOn({ into }: OrderDocument, { store, log }: PassTools): Promise<boolean> {
  const found = into === undefined ? undefined : await store.get(into);
  const other = readOrLog(found, readOrder, log);
  return other !== undefined && other.state !== 'called-off';
}

/*
 * `cascade cancel` calls orders (reloads that Cascade owes) off, so that Cascade does not start them. That takes two
 * steps. `callOff` stores that an order is called off. `settleCallOffs` then frees the orders that had merged into it,
 * to share its reload. `cancelOrder` and `cancelAll` use both.
 */

import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { OrderId } from '../../src/core/names.ts';
import type { OrderState } from '../../src/core/order-state.ts';
import { mayCancel } from '../../src/core/runs/may-cancel.ts';
import { timeConstants } from '../../src/core/time-constants.ts';
import { refusedError } from '../../src/ledger/bad-document.ts';
import { type OrderDocument, readOrder } from '../../src/ledger/documents/order.ts';
import { freeMerged } from '../../src/ledger/free-merged.ts';
import type { LedgerLog } from '../../src/ledger/ledger-log.ts';
import { type MoveTimes, moveOrder, settledOrder } from '../../src/ledger/move-order.ts';
import { retryOnConflict } from '../../src/ledger/retry-on-conflict.ts';
import type { LedgerContext } from './ledger-command.ts';

const REASON = { code: 'CALLED_OFF', message: 'a person called it off' } as const;

/** What happened when a person called an order off. */
export type CallOffOutcome =
  /** `mayRun`: the reload may run all the same, because Qlik may have accepted an earlier POST of it. */
  | { readonly kind: 'called-off'; readonly order: string; readonly mayRun?: true }
  | { readonly kind: 'refused'; readonly order: string; readonly state: OrderState; readonly why: string };

/** What happened, and the order as it is stored now. */
interface Called {
  readonly outcome: CallOffOutcome;
  readonly order: OrderDocument;
}

/** An outcome as a line for people. */
export function outcomeText(outcome: CallOffOutcome): string {
  if (outcome.kind === 'refused') return `${outcome.order}: not called off: ${outcome.why}`;
  const doubt = outcome.mayRun === true ? '; Qlik may have accepted it before that: look there' : '';
  return `${outcome.order}: called off${doubt}`;
}

/**
 * Stores that an order is called off. If somebody else changes the order at the same time, this reads the order again,
 * and its new state decides.
 *
 * The caller has to call `settleCallOffs` afterwards. Until that is done, the order has a `dueAt`. So if this process
 * dies, the sweep, which runs every 5 minutes and takes up what was left undone, does it.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED, LEDGER_MALFORMED.
 */
export async function callOff(context: Pick<LedgerContext, 'store' | 'now'>, read: OrderDocument): Promise<Called> {
  let order = read;
  const refused = (why: string): Called => ({
    outcome: { kind: 'refused', order: order._id, state: order.state, why },
    order,
  });
  // The caller needs the order's new rev (CouchDB's name of a version). `changeDocument` would not return it.
  const done = await retryOnConflict<Called>(async () => {
    const { _id, state, doubt } = order;
    const decision = mayCancel(state);
    if (decision.kind === 'refused') return refused(decision.why);
    const moved = moveOrder('person', order, 'called-off', callOffTimes(context), { reason: REASON });
    const off = await writtenOrder(context.store, moved);
    const mayRun = doubt !== undefined && ({ mayRun: true } as const);
    if (off !== undefined) return { outcome: { kind: 'called-off', order: _id, ...mayRun }, order: off };
    const now = await context.store.get(_id);
    if (now === undefined) return refused('somebody has just deleted it');
    order = readOrder(now);
    return undefined;
  });
  return done ?? refused('others keep changing it: try again in a moment');
}

/**
 * Finishes `callOff` for orders of one app. If other orders have merged into them, this plans those again. Then it
 * takes the `dueAt` out of the called-off orders.
 *
 * @param log - gets a line for each merged order that cannot be read. If CouchDB refuses several, the first refusal is
 *   thrown, and `log` gets a line for each other one.
 * @returns the ids of the orders that were planned again.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED. Then the sweep does what is left to do.
 */
export async function settleCallOffs(
  { store, now }: Pick<LedgerContext, 'store' | 'now'>,
  off: readonly OrderDocument[],
  log: Pick<LedgerLog, 'error'>,
): Promise<readonly OrderId[]> {
  const [app] = off;
  if (app === undefined) return [];
  const ids = new Set(off.map(({ _id }) => _id));
  const planned = await freeMerged(app, ids, 'person', callOffTimes({ now }), { store, log });
  // A conflict does not matter: if the order still has its `dueAt`, the sweep takes it up.
  for (const order of off) if (order.dueAt !== undefined) await writtenOrder(store, settledOrder(order));
  return planned;
}

/** The times with which `moveOrder` moves an order that a person changes now. */
export const callOffTimes = ({ now }: Pick<LedgerContext, 'now'>): MoveTimes => ({
  at: now(),
  times: timeConstants(),
});

/**
 * Writes an order, if it still has the rev that was read.
 *
 * @returns the order as it is stored; undefined if somebody else has changed it.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED.
 */
export async function writtenOrder(
  store: Pick<CouchPort, 'put'>,
  order: OrderDocument,
): Promise<OrderDocument | undefined> {
  // TypeScript takes a copy for a `NewDocument`, but not the order itself: its type names only certain fields.
  const answer = await store.put({ ...order });
  if (answer.kind === 'stored') return { ...order, _rev: answer.rev };
  if (answer.kind === 'conflict') return undefined;
  throw refusedError(order._id, answer);
}

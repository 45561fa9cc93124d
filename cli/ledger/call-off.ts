import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { OrderId } from '../../src/core/names.ts';
import type { OrderState } from '../../src/core/order-state.ts';
import { mayCancel } from '../../src/core/runs/may-cancel.ts';
import { timeConstants } from '../../src/core/time-constants.ts';
import { refusedError } from '../../src/ledger/bad-document.ts';
import { type OrderDocument, readOrder } from '../../src/ledger/documents/order.ts';
import { freeMerged } from '../../src/ledger/free-merged.ts';
import type { LedgerLog } from '../../src/ledger/ledger-log.ts';
import { type MoveTimes, moveOrder, settledOrder } from '../../src/ledger/move-order.ts';
import type { LedgerContext } from './ledger-command.ts';

/** Somebody else changed the order between reading and writing: read again, but not for ever. */
const MOST_ROUNDS = 10;
const DELETED = 'somebody has just deleted it';
const REASON = { code: 'CALLED_OFF', message: 'a person called it off' } as const;

/** `mayRun`: an earlier POST may have been accepted by Qlik, and nothing has removed that doubt. */
export type CalledOff = { readonly kind: 'called-off'; readonly order: string; readonly mayRun?: true };

/** An order that is not called off, and why. */
export type NotCalledOff = {
  readonly kind: 'refused';
  readonly order: string;
  readonly state: OrderState;
  readonly why: string;
};

/** What came of calling an order off. */
export type CallOffOutcome = CalledOff | NotCalledOff;

/** An outcome as a line for people. */
export function outcomeText(outcome: CallOffOutcome): string {
  if (outcome.kind === 'refused') return `${outcome.order}: not called off: ${outcome.why}`;
  const doubt = outcome.mayRun === true ? '; Qlik may have accepted it before that: look there' : '';
  return `${outcome.order}: called off${doubt}`;
}

/**
 * Calls an order off by its rev; if somebody else changed it meanwhile, what it is now decides.
 *
 * @returns also the order as it is now. One that is called off is due until `settleCallOffs`.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED, LEDGER_MALFORMED.
 */
export async function callOff(
  context: LedgerContext,
  read: OrderDocument,
): Promise<{ readonly outcome: CallOffOutcome; readonly order: OrderDocument }> {
  let order = read;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const { _id, state, doubt } = order;
    const decision = mayCancel(state);
    if (decision.kind === 'refused')
      return { outcome: { kind: 'refused', order: _id, state, why: decision.why }, order };
    const off = await writtenOrder(
      context.store,
      moveOrder('person', order, 'called-off', callOffTimes(context), { reason: REASON }),
    );
    const mayRun = doubt !== undefined && ({ mayRun: true } as const);
    if (off !== undefined) return { outcome: { kind: 'called-off', order: _id, ...mayRun }, order: off };
    const now = await context.store.get(_id);
    if (now === undefined) return { outcome: { kind: 'refused', order: _id, state, why: DELETED }, order };
    order = readOrder(now);
  }
  const why = 'others keep changing it: try again in a moment';
  return { outcome: { kind: 'refused', order: order._id, state: order.state, why }, order };
}

/**
 * Finishes calling off orders of one app: what was merged into them is planned again. Until then they are due, so that the
 * sweep finishes what a command that died did not get to.
 *
 * @param log - hears of merged orders that cannot be read or written, but for the first that CouchDB refuses.
 * @returns the orders that were planned again.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED: the sweep finishes it.
 */
export async function settleCallOffs(
  context: LedgerContext,
  off: readonly OrderDocument[],
  log: Pick<LedgerLog, 'error'> = { error: (message) => context.terminal.writeError(`${message}\n`) },
): Promise<readonly OrderId[]> {
  const { store } = context;
  const [app] = off;
  if (app === undefined) return [];
  const ids = new Set(off.map(({ _id }) => _id));
  const planned = await freeMerged(app, ids, 'person', callOffTimes(context), { store, log });
  for (const order of off) if (order.dueAt !== undefined) await writtenOrder(store, settledOrder(order));
  return planned;
}

/** @throws CascadeError PARAMETERS_INVALID if there is no such order. */
export async function orderOf(store: Pick<CouchPort, 'get'>, id: string): Promise<OrderDocument> {
  const document = id.startsWith('order:') ? await store.get(id) : undefined;
  if (document !== undefined) return readOrder(document);
  throw new CascadeError(
    'PARAMETERS_INVALID',
    `There is no order "${id}". Give an order's id, as cascade runs and cascade why print them: order:<tenant>:<app>:<clause>:<cause>.`,
  );
}

/** When a person's move happens: now. */
export const callOffTimes = (context: Pick<LedgerContext, 'now'>): MoveTimes => ({
  at: context.now(),
  times: timeConstants(),
});

/**
 * Writes an order by its rev.
 *
 * @returns the order as it is stored; undefined if somebody else changed it first.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED.
 */
export async function writtenOrder(
  store: Pick<CouchPort, 'put'>,
  order: OrderDocument,
): Promise<OrderDocument | undefined> {
  const answer = await store.put({ ...order });
  if (answer.kind === 'stored') return { ...order, _rev: answer.rev };
  if (answer.kind === 'conflict') return undefined;
  throw refusedError(order._id, answer);
}

import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { OrderState } from '../../src/core/order-state.ts';
import { mayCancel } from '../../src/core/runs/may-cancel.ts';
import { timeConstants } from '../../src/core/time-constants.ts';
import type { OrderDocument } from '../../src/ledger/documents/order-document.ts';
import { moveOrder } from '../../src/ledger/move-order.ts';
import { readOrder } from '../../src/ledger/read-order.ts';
import { refusedError } from '../../src/ledger/refused-error.ts';
import type { LedgerContext } from './ledger-command.ts';

/** Somebody else changed the order between reading and writing: read again, but not for ever. */
const MOST_ROUNDS = 10;
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
export type Outcome = CalledOff | NotCalledOff;

/** An outcome as a line for people. */
export function outcomeText(outcome: Outcome): string {
  if (outcome.kind === 'refused') return `${outcome.order}: not called off: ${outcome.why}`;
  const doubt = outcome.mayRun === true ? '; Qlik may have accepted it before that: look there' : '';
  return `${outcome.order}: called off${doubt}`;
}

/**
 * Calls an order off by its rev; where somebody else changed it meanwhile, what it is now decides.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, LEDGER_MALFORMED.
 */
export async function callOff(context: LedgerContext, read: OrderDocument): Promise<Outcome> {
  let order = read;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const { _id, state, doubt } = order;
    const decision = mayCancel(state);
    if (decision.kind === 'refused') return { kind: 'refused', order: _id, state, why: decision.why };
    const off = moveOrder('person', order, 'called-off', whenOf(context), { reason: REASON });
    if (await isWritten(context.store, off)) {
      return { kind: 'called-off', order: _id, ...(doubt !== undefined && { mayRun: true }) };
    }
    order = await orderOf(context.store, _id);
  }
  const why = 'others keep changing it: try again in a moment';
  return { kind: 'refused', order: order._id, state: order.state, why };
}

/**
 * Has a merged order owed again: the order that it was merged into is called off.
 *
 * @returns false where somebody else changed it first: its own worker saw that too, and has planned it again.
 */
export const planAgain = (context: LedgerContext, merged: OrderDocument): Promise<boolean> =>
  isWritten(
    context.store,
    moveOrder('person', merged, 'planned', whenOf(context), { into: undefined, reason: undefined }),
  );

/** @throws CascadeError PARAMETERS_INVALID where there is no such order. */
export async function orderOf(store: Pick<CouchPort, 'get'>, id: string): Promise<OrderDocument> {
  const document = id.startsWith('order:') ? await store.get(id) : undefined;
  if (document !== undefined) return readOrder(document);
  throw new CascadeError(
    'PARAMETERS_INVALID',
    `There is no order "${id}". Give an order's id, as cascade runs and cascade why print them: order:<tenant>:<app>:<clause>:<cause>.`,
  );
}

const whenOf = (context: LedgerContext) => ({ at: context.now(), times: timeConstants() });

async function isWritten(store: Pick<CouchPort, 'put'>, order: OrderDocument): Promise<boolean> {
  const written = await store.put({ ...order });
  if (written.kind !== 'refused') return written.kind === 'stored';
  throw refusedError(order._id, written);
}

import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { isFinal, type OrderState } from '../../src/core/order-state.ts';
import { mayCancel } from '../../src/core/runs/may-cancel.ts';
import { timeConstants } from '../../src/core/time-constants.ts';
import type { OrderDocument } from '../../src/ledger/documents/order-document.ts';
import { moveOrder } from '../../src/ledger/move-order.ts';
import { readOrder } from '../../src/ledger/read-order.ts';
import { counted, EXIT, type ExitCode, writeJson } from '../terminal.ts';
import type { LedgerContext } from './ledger-command.ts';
import { type Documents, readDocuments } from './read-documents.ts';

/** Somebody else changed the order between reading and writing: read again, but not for ever. */
const MOST_ROUNDS = 10;
const REASON = { code: 'CALLED_OFF', message: 'a person called it off' } as const;

/** What came of calling an order off. */
type Outcome =
  /** `mayRun`: an earlier POST may have been accepted by Qlik, and nothing has removed that doubt. */
  | { readonly kind: 'called-off'; readonly order: string; readonly mayRun?: true }
  | { readonly kind: 'refused'; readonly order: string; readonly state: OrderState; readonly why: string };

/**
 * `cascade cancel <order>`: calls one order off; those that were merged into it are owed again.
 *
 * @returns 1 where it may not be called off.
 * @throws CascadeError PARAMETERS_INVALID where there is no such order.
 */
export async function cancelOrder(context: LedgerContext, id: string): Promise<ExitCode> {
  const { store, terminal, json } = context;
  const document = id.startsWith('order:') ? await store.get(id) : undefined;
  if (document === undefined) throw noSuchOrder(id);
  const order = readOrder(document);
  const outcome = await callOff(context, order);
  const plannedAgain = outcome.kind === 'called-off' ? await planMergedAgain(context, order) : [];
  if (json) writeJson(terminal, { ok: outcome.kind === 'called-off', outcomes: [outcome], plannedAgain });
  else {
    terminal.write(`${outcomeText(outcome)}\n`);
    for (const again of plannedAgain) terminal.write(`${again} had been merged into it: owed again\n`);
  }
  return outcome.kind === 'called-off' ? EXIT.ok : EXIT.problems;
}

/**
 * `cascade cancel --all`: calls off every order that is planned, parked or waiting.
 *
 * @returns 1 where an order may still be started: it was being started just then. What runs in Qlik already is only told.
 */
export async function cancelAll(context: LedgerContext): Promise<ExitCode> {
  const { store, terminal, json } = context;
  const outcomes: Outcome[] = [];
  const { found, malformed }: Documents<OrderDocument> = await readDocuments(store, 'order:', readOrder);
  for (const order of found.filter(({ state }) => !isFinal(state))) outcomes.push(await callOff(context, order));
  const calledOff = outcomes.filter(({ kind }) => kind === 'called-off').length;
  const mayStart = outcomes.some((outcome) => outcome.kind === 'refused' && !isStartedOrOver(outcome.state));
  if (json) writeJson(terminal, { ok: !mayStart, calledOff, outcomes, malformed });
  else {
    for (const outcome of outcomes) terminal.write(`${outcomeText(outcome)}\n`);
    const left = outcomes.length === calledOff ? '' : `, ${outcomes.length - calledOff} not`;
    terminal.write(`${counted(calledOff, 'order')} called off${left}\n`);
    for (const one of malformed) terminal.writeError(`Left out, as it is no order of this version: ${one}\n`);
  }
  return mayStart ? EXIT.problems : EXIT.ok;
}

const isStartedOrOver = (state: OrderState): boolean => state === 'posted' || isFinal(state);

function outcomeText(outcome: Outcome): string {
  if (outcome.kind === 'refused') return `${outcome.order}: not called off: ${outcome.why}`;
  const doubt = outcome.mayRun === true ? '; Qlik may have accepted it before that: look there' : '';
  return `${outcome.order}: called off${doubt}`;
}

const whenOf = (context: LedgerContext) => ({ at: context.now(), times: timeConstants() });

/** Calls an order off by its rev; where somebody else changed it meanwhile, what it is now decides. */
async function callOff(context: LedgerContext, read: OrderDocument): Promise<Outcome> {
  let order = read;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const decision = mayCancel(order.state);
    if (decision.kind === 'refused')
      return { kind: 'refused', order: order._id, state: order.state, why: decision.why };
    const off = moveOrder('person', order, 'called-off', whenOf(context), { reason: REASON });
    if (await isWritten(context.store, off)) {
      return { kind: 'called-off', order: order._id, ...(order.doubt !== undefined && { mayRun: true }) };
    }
    order = await again(context.store, order._id);
  }
  return {
    kind: 'refused',
    order: order._id,
    state: order.state,
    why: 'others keep changing it: try again in a moment',
  };
}

/** Publish, then look: only after the order is called off are those looked for that were merged into it. */
async function planMergedAgain(context: LedgerContext, { _id, tenant, appId }: OrderDocument): Promise<string[]> {
  const { found } = await readDocuments(context.store, `order:${tenant}:${appId}:`, readOrder);
  const planned: string[] = [];
  for (const merged of found.filter(({ state, into }) => state === 'merged' && into === _id)) {
    const changed = moveOrder('person', merged, 'planned', whenOf(context), { into: undefined, reason: undefined });
    // A conflict: its own worker saw that the other was called off, and has planned it again.
    if (await isWritten(context.store, changed)) planned.push(merged._id);
  }
  return planned;
}

async function isWritten(store: Pick<CouchPort, 'put'>, order: OrderDocument): Promise<boolean> {
  const written = await store.put({ ...order });
  if (written.kind !== 'refused') return written.kind === 'stored';
  throw new CascadeError(
    'STORE_REFUSED',
    `CouchDB refuses to change ${order._id}: ${written.message}. May the user of COUCHDB_URL write into this database?`,
  );
}

async function again(store: Pick<CouchPort, 'get'>, id: string): Promise<OrderDocument> {
  const document = await store.get(id);
  if (document === undefined) throw noSuchOrder(id);
  return readOrder(document);
}

const noSuchOrder = (id: string): CascadeError =>
  new CascadeError(
    'PARAMETERS_INVALID',
    `There is no order "${id}". Give an order's id, as cascade runs and cascade why print them: order:<tenant>:<app>:<clause>:<cause>.`,
  );

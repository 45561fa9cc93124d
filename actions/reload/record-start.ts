import type { ReloadId } from '../../src/core/names.ts';
import { isFinal } from '../../src/core/order-state.ts';
import { readOrLog, refusedError } from '../../src/ledger/bad-document.ts';
import { type Claim, claimOrder } from '../../src/ledger/claim-order.ts';
import { type OrderDocument, readOrder } from '../../src/ledger/documents/order.ts';
import { moveOrder } from '../../src/ledger/move-order.ts';
import { newStarted, noteStarted, type Start } from '../../src/ledger/note-started.ts';
import { raiseAlert } from '../../src/ledger/raise-alert.ts';
import { retryOnConflict } from '../../src/ledger/retry-on-conflict.ts';
import { saveOrder } from '../../src/ledger/save-order.ts';
import { type Attempt, callTimeout, whenOf } from './attempt.ts';
import { type LedgerResult, leave, ledgerResult, taken } from './outcome.ts';

/** Writes a 201 down: `started` and the order in one bulk, `started` first, so that a bulk cut in the middle tells whose it is. */
export async function recordStart({ order }: Claim, reloadId: ReloadId, attempt: Attempt): Promise<LedgerResult> {
  const start: Start = { order, reloadId, isCertain: true };
  const posted = postedOrder(start, order, attempt);
  const [started, written] = await attempt.patientStore.bulk([newStarted(start), { ...posted }]);
  if (started?.kind !== 'stored') await noteStarted(start, attempt.patientStore, attempt.log);
  if (written?.kind === 'refused') throw refusedError(order._id, written);
  if (written?.kind === 'stored') return ledgerResult('started', { ...posted, _rev: written.rev });
  return writePosted(start, 'started', attempt);
}

/**
 * Takes a reload that the list shows for the order's own: `started` first, then the order.
 *
 * A guess that meanwhile turned out to be another order's reload leaves the order in doubt.
 */
export async function adopt(
  { order }: Claim,
  reloadId: ReloadId,
  isCertain: boolean,
  attempt: Attempt,
): Promise<LedgerResult> {
  const start: Start = { order, reloadId, isCertain };
  const isOurs = await noteStarted(start, attempt.patientStore, attempt.log);
  if (!isOurs) return leave(order, 'unknown', attempt, {});
  const saved = await saveOrder(postedOrder(start, order, attempt), attempt.patientStore);
  if (saved.kind === 'stored') return ledgerResult('adopted', saved.order);
  return isCertain ? writePosted(start, 'adopted', attempt) : taken(order, attempt);
}

const postedOrder = ({ order: { hops }, reloadId, isCertain }: Start, current: OrderDocument, attempt: Attempt) => {
  const when = whenOf(attempt);
  const changes = { reloadId, isCertain, hops, postedAt: when.at, doubt: undefined, reason: undefined };
  return moveOrder('reload', current, 'posted', when, changes);
};

/**
 * The order was changed under our hands, or a write's answer was lost: looks what it is now, and writes it again where it
 * is open. Only for a reload that surely is ours.
 */
async function writePosted(start: Start, did: 'started' | 'adopted', attempt: Attempt): Promise<LedgerResult> {
  const written = await retryOnConflict(async () => {
    const found = await attempt.patientStore.get(start.order._id);
    const current = readOrLog(found, readOrder, attempt.log);
    // It is gone, or somebody spoilt it under our hands: `started` tells whose the reload is.
    if (current === undefined) return taken(start.order, attempt);
    if (current.reloadId === start.reloadId) return ledgerResult(did, current);
    if (current.reloadId !== undefined) return secondStart(start, current, attempt);
    if (current.try !== start.order.try) return ledgerResult(did, current);
    if (isFinal(current.state)) return secondStart(start, current, attempt);
    const claimed = current.state === 'claimed' ? current : (await claimOrder(current, attempt))?.order;
    if (claimed === undefined) return undefined;
    const saved = await saveOrder(postedOrder(start, claimed, attempt), attempt.patientStore);
    return saved.kind === 'stored' ? ledgerResult(did, saved.order) : undefined;
  });
  return written ?? taken(start.order, attempt);
}

/** Two reloads were started for one order: a person is told, and ours is cancelled. Only who surely started it comes here. */
async function secondStart({ reloadId }: Start, current: OrderDocument, attempt: Attempt): Promise<LedgerResult> {
  const held = current.reloadId === undefined ? `is ${current.state}` : `has the reload ${current.reloadId}`;
  const alert = {
    kind: 'second-start',
    subject: current._id,
    message: `A second reload, ${reloadId}, was started for an order that ${held}. Was a clock, or Qlik's list, more than a minute late?`,
    traceId: attempt.traceId,
    at: attempt.clock(),
  } as const;
  await raiseAlert(attempt.store, alert, attempt.log);
  const timeout = callTimeout(attempt);
  const canceled = timeout === undefined ? undefined : await attempt.qlik.cancelReload(reloadId, timeout);
  attempt.log.warn(`Cancelling the second reload: ${canceled?.kind ?? 'not tried'}`, { order: current._id, reloadId });
  return ledgerResult('second-start', current);
}

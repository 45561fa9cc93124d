/*
 * `cascade dismiss` stores that something is no problem any more: a ticket (one streak of failures of an app), an order
 * (a reload that Cascade owes) or an alert (something that a person should look at). Then `cascade runs --problems` no
 * longer lists it. Cascade stores that as an act: one thing that a person did.
 */

import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { nextActAt } from '../../src/core/tickets/next-act-at.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { readAct } from '../../src/ledger/documents/act.ts';
import { readAlert } from '../../src/ledger/documents/alert.ts';
import { readAppState } from '../../src/ledger/documents/app-state.ts';
import { readOrder } from '../../src/ledger/documents/order.ts';
import type { LedgerContext, LedgerReport } from '../ledger/ledger-command.ts';
import { readDocuments } from '../ledger/read-documents.ts';
import { type ActTools, addActs } from './add-acts.ts';

/** Who dismisses. The password is asked for only if there is something to dismiss. */
export interface Dismisser extends Pick<ActTools, 'by' | 'random'> {
  readonly password: () => Promise<string>;
}

/**
 * `cascade dismiss <id>`: stores that a ticket, a given-up order or an alert is no problem any more. If an alert is
 * raised again later, it is a problem again.
 *
 * An earlier version of Cascade wrote no tickets. `cascade runs --problems` then names the id that the ticket would
 * have. A person can dismiss this id, too, while the streak of failures goes on.
 *
 * @throws CascadeError PARAMETERS_INVALID if the ledger has no such document, or if the order is not given up;
 *   LEDGER_MALFORMED if the alert or the order is malformed; STORE_UNAVAILABLE, STORE_REFUSED; as `password` and
 *   `addActs`.
 */
export async function dismiss(
  context: LedgerContext,
  id: string,
  { by, random, password }: Dismisser,
): Promise<LedgerReport> {
  const subject = /^(ticket|order|alert):./.test(id) ? await context.store.get(id) : undefined;
  if (subject === undefined && !(await isStreak(id, context.store))) {
    throw new CascadeError(
      'PARAMETERS_INVALID',
      `There is nothing to dismiss with the id "${id}": cascade runs --problems and cascade tickets list ids.`,
    );
  }
  if (subject?._id.startsWith('order:')) demandGivenUp(subject);
  const raisedAt = subject?._id.startsWith('alert:') ? raisedLast(readAlert(subject)) : 0;
  const seen = (await readDocuments(context.store, `act:${id}:`, readAct)).found;
  // Both times are by the store's clock. An act that is earlier than the alert would not dismiss the alert.
  const now = Math.max(context.now(), raisedAt) as EpochMs;
  const store = context.asPerson(by, await password());
  await addActs(id, [{ kind: 'dismiss' }], { store, by, random, at: nextActAt(now, seen) });
  return { ok: true, json: { dismissed: id, by }, lines: [`${id}: dismissed.`] };
}

/**
 * Refuses an order that was not given up. People are to hear of it if it is given up later, and a dismissal holds for
 * good.
 */
function demandGivenUp(subject: StoredDocument): void {
  const { _id, state } = readOrder(subject);
  if (state === 'gave-up') return;
  throw new CascadeError(
    'PARAMETERS_INVALID',
    `${_id} was not given up, it is ${state}: there is nothing to dismiss. cascade cancel calls off an order that waits.`,
  );
}

/**
 * Whether an app is in a streak of failures whose ticket has, or would have, this id. The streak is in the app's
 * document.
 */
async function isStreak(id: string, store: LedgerContext['store']): Promise<boolean> {
  const [, tenant] = /^ticket:reload:([^:]+):/.exec(id) ?? [];
  if (tenant === undefined) return false;
  const { found } = await readDocuments(store, `app:${tenant}:`, readAppState);
  return found.some(({ failing }) => failing?.ticket === id);
}

const raisedLast = ({ at, lastAt = at }: ReturnType<typeof readAlert>): EpochMs => lastAt;

/*
 * `cascade dismiss` stores that something is no problem any more. That is an act: one thing that a person did.
 */

import { CascadeError } from '../../src/core/cascade-error.ts';
import { nextActAt } from '../../src/core/tickets/next-act-at.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { readAct } from '../../src/ledger/documents/act.ts';
import { readAlert } from '../../src/ledger/documents/alert.ts';
import type { LedgerContext, LedgerReport } from '../ledger/ledger-command.ts';
import { readDocuments } from '../ledger/read-documents.ts';
import { type ActTools, addActs } from './add-acts.ts';

/** Who dismisses. The password is asked for only if there is something to dismiss. */
export interface Dismisser extends Pick<ActTools, 'by' | 'random'> {
  readonly password: () => Promise<string>;
}

/**
 * `cascade dismiss <id>`: stores that a ticket, an order or an alert is no problem any more. This does not check that the
 * order was given up. If an alert is raised again later, it is a problem again.
 *
 * @throws CascadeError PARAMETERS_INVALID if the ledger has no such document; LEDGER_MALFORMED if it is an alert, but not as
 *   Cascade writes alerts; as `addActs`.
 */
export async function dismiss(
  context: LedgerContext,
  id: string,
  { by, random, password }: Dismisser,
): Promise<LedgerReport> {
  const subject = /^(ticket|order|alert):./.test(id) ? await context.store.get(id) : undefined;
  if (subject === undefined) {
    throw new CascadeError(
      'PARAMETERS_INVALID',
      `There is nothing to dismiss with the id "${id}": cascade runs --problems and cascade tickets list ids.`,
    );
  }
  const raisedAt = id.startsWith('alert:') ? raisedLast(readAlert(subject)) : 0;
  const seen = (await readDocuments(context.store, `act:${id}:`, readAct)).found;
  // Both times are by the store's clock. The act must not be earlier than the alert, or it would not dismiss it.
  const now = Math.max(context.now(), raisedAt) as EpochMs;
  const store = context.asPerson(by, await password());
  await addActs(id, [{ kind: 'dismiss' }], { store, by, random, at: nextActAt(now, seen) });
  return { ok: true, json: { dismissed: id, by }, lines: [`${id}: dismissed.`] };
}

const raisedLast = ({ at, lastAt = at }: ReturnType<typeof readAlert>): EpochMs => lastAt;

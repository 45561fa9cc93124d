/*
 * A debtor is a document of an app, an alert or a question, with notices that some channel has not taken yet. A notice
 * is one thing that people should hear, and a channel, such as Slack, is where they hear it. The action `notifier`
 * reads and changes debtors with these functions. While it sends, other actions may write the same documents.
 */

import type { CouchPort } from '../clients/couchdb/couchdb-port.ts';
import { readOrLog } from './bad-document.ts';
import { type Debtor, debtorDocument, readDebtor } from './debtor.ts';
import type { LedgerLog } from './ledger-log.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

/** What changing debtors needs. */
export interface DebtorPorts {
  readonly store: Pick<CouchPort, 'many' | 'bulk'>;
  readonly log: LedgerLog;
}

/**
 * Reads debtors. Absent and malformed documents are left out. For a malformed one, the log gets an error.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function readDebtors(ids: readonly string[], { store, log }: DebtorPorts): Promise<readonly Debtor[]> {
  const documents = await store.many(ids);
  return documents.flatMap((document) => readOrLog(document, readDebtor, log) ?? []);
}

/** What came of writing debtors. A debtor that CouchDB refused is in neither list. */
export interface WrittenDebtors {
  /** The debtors that were stored, with their new revs (CouchDB's names of versions). */
  readonly stored: readonly Debtor[];
  /** The ids of debtors that somebody else changed first. They were not stored. */
  readonly raced: readonly string[];
}

/**
 * Writes debtors, each with the rev that was read. So if somebody has changed a debtor since, its write meets a
 * conflict. If CouchDB refuses a debtor, this logs an error and goes on.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function writeDebtors(debtors: readonly Debtor[], { store, log }: DebtorPorts): Promise<WrittenDebtors> {
  const stored: Debtor[] = [];
  const raced: string[] = [];
  if (debtors.length === 0) return { stored, raced };
  const written = await store.bulk(debtors.map(debtorDocument));
  for (const [index, debtor] of debtors.entries()) {
    const outcome = written[index];
    if (outcome?.kind === 'stored') stored.push({ ...debtor, document: { ...debtor.document, _rev: outcome.rev } });
    if (outcome?.kind === 'conflict') raced.push(debtor.id);
    if (outcome?.kind === 'refused') log.error(`CouchDB refuses ${debtor.id}: ${outcome.message}`);
  }
  return { stored, raced };
}

/**
 * Reads debtors, changes them and writes them. If somebody else wrote a debtor first, it is read and changed again.
 * After 20 tries (`MOST_CONFLICTS`) this logs a warning and gives up. A malformed or refused debtor is only logged.
 *
 * @param change - returns the changed debtor, or undefined to leave the debtor as it is.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function changeDebtors(
  ids: readonly string[],
  change: (debtor: Debtor) => Debtor | undefined,
  ports: DebtorPorts,
): Promise<void> {
  let open = ids;
  await retryOnConflict(async () => {
    const next = (await readDebtors(open, ports)).flatMap((debtor) => change(debtor) ?? []);
    open = (await writeDebtors(next, ports)).raced;
    return open.length === 0 ? true : undefined;
  });
  if (open.length > 0) ports.log.warn('Others change these documents all the time', { documents: open });
}

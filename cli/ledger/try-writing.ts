/*
 * `cascade runs --problems` also says whether CouchDB, which has the ledger (Cascade's memory), takes writes. This file
 * finds that out by a small write. Without writes Cascade starts no reloads, so a person should know.
 */

import { CascadeError } from '../../src/core/cascade-error.ts';
import { PROBE_ID } from '../../src/core/document-ids.ts';
import type { WhoseUser } from './find-ledger.ts';
import type { LedgerContext } from './ledger-command.ts';

/** The outcome of a write that only tests whether CouchDB takes writes. */
export type TriedWrite =
  | { readonly kind: 'taken' }
  /** CouchDB refused the write, because this user may only read. That proves nothing about the user of the actions. */
  | { readonly kind: 'reader'; readonly whoseUser: Exclude<WhoseUser, 'actions'> }
  /** Any other refusal, or no clear answer. */
  | { readonly kind: 'refused'; readonly why: string };

const ONLY_READS =
  'The user of COUCHDB_URL may only read, and by these settings the actions have the same user: deploy again, which gives it the role of a writer.';

/**
 * Overwrites the ledger's document `probe`, to see whether CouchDB takes writes. While no reload ends, Cascade writes
 * little. So without the probe nobody might notice a full disk, a missing right, or a validation function that somebody
 * added.
 */
export async function tryWriting(
  context: Pick<LedgerContext, 'store' | 'now' | 'isReader' | 'whoseUser'>,
): Promise<TriedWrite> {
  const { store, now, whoseUser, isReader } = context;
  try {
    const found = await store.get(PROBE_ID);
    const rev = found && { _rev: found._rev };
    const written = await store.put({ _id: PROBE_ID, ...rev, schema: 1, type: 'probe', at: now() });
    // A conflict counts, too: somebody else has just written the document.
    if (written.kind !== 'refused') return { kind: 'taken' };
    if (written.isForGood || !(await isReader().catch(falseIfUnknown))) {
      return { kind: 'refused', why: `${written.message}. May the user of COUCHDB_URL write there?` };
    }
    if (whoseUser !== 'actions') return { kind: 'reader', whoseUser };
    return { kind: 'refused', why: `${written.message}. ${ONLY_READS}` };
  } catch (error) {
    if (error instanceof CascadeError) return { kind: 'refused', why: error.message };
    throw error;
  }
}

/**
 * If CouchDB does not say what this user may do, we assume that the user should be able to write. Then the refused
 * write is a problem.
 */
function falseIfUnknown(error: unknown): false {
  if (error instanceof CascadeError) return false;
  throw error;
}

import { CascadeError } from '../../src/core/cascade-error.ts';
import { PROBE_ID } from '../../src/core/document-ids.ts';
import type { LedgerContext } from './ledger-command.ts';

/**
 * Writes the ledger's `probe` over: only a write shows that the store takes writes. A full disk, a right that is missing
 * and somebody else's validation refuse each in a way of its own, and a quiet ledger would tell of none.
 *
 * @returns why it is not taken; undefined where it is.
 */
export async function tryWriting({ store, now }: Pick<LedgerContext, 'store' | 'now'>): Promise<string | undefined> {
  try {
    const found = await store.get(PROBE_ID);
    const rev = found === undefined ? {} : { _rev: found._rev };
    const written = await store.put({ _id: PROBE_ID, ...rev, schema: 1, type: 'probe', at: now() });
    // A conflict: somebody else has just written it.
    return written.kind === 'refused' ? `${written.message}. May the user of COUCHDB_URL write there?` : undefined;
  } catch (error) {
    if (error instanceof CascadeError) return error.message;
    throw error;
  }
}

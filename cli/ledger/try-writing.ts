import { CascadeError } from '../../src/core/cascade-error.ts';
import { PROBE_ID } from '../../src/core/document-ids.ts';
import type { LedgerContext } from './ledger-command.ts';

/** What a write came to. */
export type TriedWrite =
  | { readonly kind: 'taken' }
  /** It was refused, and has to be: this user may only read. */
  | { readonly kind: 'reader' }
  | { readonly kind: 'refused'; readonly why: string };

type Tools = Pick<LedgerContext, 'store' | 'now' | 'isReader'>;

/**
 * Writes the ledger's `probe` over: only a write shows that the store takes writes. A full disk, a right that is missing
 * and somebody else's validation refuse each in a way of its own, and a quiet ledger would tell of none.
 */
export async function tryWriting(tools: Tools): Promise<TriedWrite> {
  const { store, now } = tools;
  try {
    const found = await store.get(PROBE_ID);
    const rev = found === undefined ? {} : { _rev: found._rev };
    const written = await store.put({ _id: PROBE_ID, ...rev, schema: 1, type: 'probe', at: now() });
    // A conflict: somebody else has just written it.
    if (written.kind !== 'refused') return { kind: 'taken' };
    if (!written.isForGood && (await isReader(tools))) return { kind: 'reader' };
    return { kind: 'refused', why: `${written.message}. May the user of COUCHDB_URL write there?` };
  } catch (error) {
    if (error instanceof CascadeError) return { kind: 'refused', why: error.message };
    throw error;
  }
}

/** Asked only after a refusal. If CouchDB does not say who asks, the refusal counts. */
async function isReader({ isReader: ask }: Tools): Promise<boolean> {
  try {
    return (await ask?.()) === true;
  } catch (error) {
    if (error instanceof CascadeError) return false;
    throw error;
  }
}

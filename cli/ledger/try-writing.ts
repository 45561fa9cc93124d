import { CascadeError } from '../../src/core/cascade-error.ts';
import { PROBE_ID } from '../../src/core/document-ids.ts';
import type { WhoseUser } from './find-ledger.ts';
import type { LedgerContext } from './ledger-command.ts';

/** What a write came to. */
export type TriedWrite =
  | { readonly kind: 'taken' }
  /** It was refused, and has to be: this user may only read. Nothing is known of the actions' user where that is `unknown`. */
  | { readonly kind: 'reader'; readonly whoseUser: Exclude<WhoseUser, 'actions'> }
  | { readonly kind: 'refused'; readonly why: string };

const ONLY_READS =
  'The user of COUCHDB_URL may only read, and by these settings the actions have the same user: deploy again, which gives it the role of a writer.';

type Tools = Pick<LedgerContext, 'store' | 'now' | 'isReader' | 'whoseUser'>;

/**
 * Writes the ledger's `probe` over: only a write shows that the store takes writes. A full disk, a right that is missing
 * and somebody else's validation refuse each in a way of its own, and a quiet ledger would tell of none.
 */
export async function tryWriting(tools: Tools): Promise<TriedWrite> {
  const { store, now, whoseUser = 'unknown' } = tools;
  try {
    const found = await store.get(PROBE_ID);
    const rev = found === undefined ? {} : { _rev: found._rev };
    const written = await store.put({ _id: PROBE_ID, ...rev, schema: 1, type: 'probe', at: now() });
    // A conflict: somebody else has just written it.
    if (written.kind !== 'refused') return { kind: 'taken' };
    if (written.isForGood || !(await isReader(tools))) {
      return { kind: 'refused', why: `${written.message}. May the user of COUCHDB_URL write there?` };
    }
    if (whoseUser !== 'actions') return { kind: 'reader', whoseUser };
    return { kind: 'refused', why: `${written.message}. ${ONLY_READS}` };
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

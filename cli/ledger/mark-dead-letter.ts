import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { changeDocument } from '../../src/ledger/change-document.ts';
import type { DeadDocument } from '../../src/ledger/documents/dead.ts';

/**
 * Writes into a dead letter (a webhook that Cascade could not understand) when it was replayed or dismissed. If
 * somebody else has just done the same, their time stays.
 *
 * @returns why the time is not stored; undefined if it is.
 * @throws CascadeError STORE_UNAVAILABLE.
 */
export async function markDeadLetter(
  store: Pick<CouchPort, 'get' | 'put'>,
  dead: DeadDocument,
  field: 'replayedAt' | 'dismissedAt',
  at: EpochMs,
): Promise<string | undefined> {
  try {
    const result = await changeDocument(
      dead._id,
      store,
      (found) => {
        if (found === undefined) return { result: 'gone' };
        return found[field] === undefined
          ? { result: 'stored', write: { ...found, [field]: at } }
          : { result: 'stored' };
      },
      // TypeScript takes a copy for a `StoredDocument`, but not `dead` itself.
      { ...dead },
    );
    if (result === 'gone') return 'somebody has just deleted it';
    return result === undefined ? 'others keep changing it: try again in a moment' : undefined;
  } catch (error) {
    if (!(error instanceof CascadeError) || error.code === 'STORE_UNAVAILABLE') throw error;
    return error.message;
  }
}

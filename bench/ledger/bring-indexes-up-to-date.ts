import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { EpochMs } from '../../src/core/units.ts';

const BEGINNING = 0 as EpochMs;
/**
 * On a busy machine the store may need longer than one request waits. It goes on with its work, so the next request
 * finds less to do.
 */
const MOST_TRIES = 40;

/**
 * Asks each index of the ledger once, so that little is left to be indexed. In practice the sweep and `cascade runs` do
 * this all the time.
 */
export async function bringIndexesUpToDate(port: CouchPort): Promise<void> {
  const page = { from: BEGINNING, before: [], limit: 1 };
  await patiently(() => port.due({ from: BEGINNING, until: 1 as EpochMs, limit: 1 }));
  await patiently(() => port.latest('endedAt', page));
  await patiently(() => port.latest('createdAt', page));
  await patiently(() => port.ofRun('event:default:nothing'));
}

async function patiently(ask: () => Promise<unknown>): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      await ask();
      return;
    } catch (error) {
      const isSlow = error instanceof CascadeError && error.code === 'STORE_UNAVAILABLE';
      if (!isSlow || tried === MOST_TRIES) throw error;
    }
  }
}

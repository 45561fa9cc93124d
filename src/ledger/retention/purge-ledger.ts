import type { CouchPort } from '../../clients/couchdb/couchdb-port.ts';
import { PURGED_AT_ONCE, type PurgePort } from '../../clients/couchdb/purge-port.ts';
import { CascadeError } from '../../core/cascade-error.ts';
import type { DurationMs, EpochMs } from '../../core/units.ts';
import { longerRetention } from './deployed-retention.ts';
import { writeLastPurge } from './last-purge.ts';
import { readPurgePlan } from './read-footprints.ts';

/** What a purge works with. */
export interface PurgeWork {
  /** With the login of an administrator, as `port`. */
  readonly store: Pick<CouchPort, 'range' | 'get' | 'put' | 'now'>;
  readonly port: PurgePort;
  /** How long what is final is kept, at least: what the ledger says that the receiver has may be longer. */
  readonly retention: DurationMs;
  /** Milliseconds that never jump. */
  readonly stopwatch: () => number;
  readonly sleep: (durationMs: number) => Promise<unknown>;
  /** Called after each step: how many of how many documents are done. */
  readonly onStep?: (done: number, all: number) => void;
}

/** What a purge did. */
export interface Purged {
  /** How long what is final is kept. */
  readonly retention: DurationMs;
  readonly removed: number;
  /** Documents that stayed, since they were changed meanwhile or have a conflict. */
  readonly stayed: number;
}

/** The store serves webhooks meanwhile: for each step, so many times its length nothing is purged. */
const REST = 4;

/**
 * Reads the ledger, and removes what may go (docs/ledger.md, "Retention"), in steps of 25 documents. Then it asks
 * CouchDB to give their space back, and writes when the ledger was purged.
 *
 * A purge that breaks off has removed a part of what may go. The next one removes the rest.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function purgeLedger(work: PurgeWork): Promise<Purged> {
  const { store, port } = work;
  const retention = await longerRetention(store, work.retention);
  const types = await readPurgePlan(store, () => ({ now: storeNow(store), retention }));
  const all = types.reduce((sum, { length }) => sum + length, 0);
  let removed = 0;
  let done = 0;
  for (const documents of types) {
    for (let at = 0; at < documents.length; at += PURGED_AT_ONCE) {
      const step = documents.slice(at, at + PURGED_AT_ONCE);
      const startedAt = work.stopwatch();
      removed += (await port.purge(step)).length;
      done += step.length;
      work.onStep?.(done, all);
      if (done < all) await work.sleep((work.stopwatch() - startedAt) * REST);
    }
  }
  if (removed > 0) await port.compact();
  await writeLastPurge(store, { at: storeNow(store), removed });
  return { retention, removed, stayed: all - removed };
}

/** Only the store's clock counts: a wrong one of this machine would remove what is not old. */
function storeNow({ now }: Pick<CouchPort, 'now'>): EpochMs {
  const at = now();
  if (at !== undefined) return at;
  throw new CascadeError('STORE_UNAVAILABLE', 'CouchDB’s answers have no Date, so that nobody knows what is old.');
}

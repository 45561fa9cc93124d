/*
 * Removes old documents from the ledger (Cascade's memory in CouchDB), so that it does not grow for ever. A deployment
 * and `cascade ledger purge` run this purge. `npm start` runs it once a day if it has a store of its own (the embedded
 * store). Webhooks come in meanwhile, so the purge leaves the store time for them.
 */

import type { CouchPort } from '../../clients/couchdb/couchdb-port.ts';
import { PURGED_AT_ONCE, type PurgePort } from '../../clients/couchdb/purge-port.ts';
import { CascadeError } from '../../core/cascade-error.ts';
import type { DurationMs, EpochMs } from '../../core/units.ts';
import { longerRetention } from './deployed-retention.ts';
import { writeLastPurge } from './last-purge.ts';
import { readPurgePlan } from './read-footprints.ts';

/** What `purgeLedger` needs. */
export interface PurgeWork {
  /**
   * `store` and `port` use the same login. With a login that is not an administrator's, `purgeLedger` throws
   * STORE_REFUSED as soon as it removes documents.
   */
  readonly store: Pick<CouchPort, 'range' | 'get' | 'many' | 'put' | 'now'>;
  readonly port: PurgePort;
  /**
   * How long a document is kept after it became final (docs/ledger.md, "Retention"). If the deployed receiver (the
   * action that takes webhooks) has a longer retention, the purge uses the longer one.
   */
  readonly retention: DurationMs;
  /** A clock in milliseconds. It does not jump if somebody sets the machine's clock. */
  readonly stopwatch: () => number;
  readonly sleep: (durationMs: number) => Promise<unknown>;
  /** Called after each request that removes documents. The purge has tried to remove `done` of `all` documents. */
  readonly onStep?: (done: number, all: number) => void;
}

/** What a purge did. */
export interface Purged {
  /** How long documents were kept after they became final. */
  readonly retention: DurationMs;
  readonly removed: number;
  /**
   * How many documents the purge chose but did not remove: somebody changed them in between, or they have a conflict.
   */
  readonly stayed: number;
}

/**
 * A step is one request that reads a page of documents or removes some. After a step the purge rests for this many
 * times as long as the step took. So the steps take about a tenth of the time, and webhooks hardly wait.
 */
const REST = 9;

/**
 * How many documents the purge reads in one request. The embedded store does nothing else while it writes an answer, so
 * the answers are small.
 */
const PAGE = 100;

/** Does one step (see `REST`), and rests. */
async function rested<T>({ stopwatch, sleep }: PurgeWork, step: () => Promise<T>): Promise<T> {
  const startedAt = stopwatch();
  const result = await step();
  await sleep((stopwatch() - startedAt) * REST);
  return result;
}

/**
 * Removes old documents from the ledger (docs/ledger.md, "Retention"). The purge reads the ledger in pages. It removes
 * up to 10 documents in one request. If it removed any, it asks CouchDB to free their space. At the end it writes into
 * the ledger when the ledger was purged.
 *
 * If the purge breaks off, the next one removes what is left.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED; what `sleep` and `onStep` throw.
 */
export async function purgeLedger(work: PurgeWork): Promise<Purged> {
  const { store, port } = work;
  const retention = await longerRetention(store, work.retention);
  const range: CouchPort['range'] = (...asked) => rested(work, () => store.range(...asked));
  const types = await readPurgePlan({ ...store, range }, PAGE, () => ({ now: storeNow(store), retention }));
  const all = types.reduce((sum, { length }) => sum + length, 0);
  let removed = 0;
  let done = 0;
  for (const documents of types) {
    for (let at = 0; at < documents.length; at += PURGED_AT_ONCE) {
      const step = documents.slice(at, at + PURGED_AT_ONCE);
      removed += (await rested(work, () => port.purge(step))).length;
      done += step.length;
      work.onStep?.(done, all);
    }
  }
  if (removed > 0) await port.compact();
  await writeLastPurge(store, { at: storeNow(store), removed, retention });
  return { retention, removed, stayed: all - removed };
}

/**
 * The store's clock. If this machine's clock were used and were fast, the purge would remove documents that are not
 * old.
 */
function storeNow({ now }: Pick<CouchPort, 'now'>): EpochMs {
  const at = now();
  if (at !== undefined) return at;
  throw new CascadeError('STORE_UNAVAILABLE', 'CouchDB’s answers have no Date, so that nobody knows what is old.');
}

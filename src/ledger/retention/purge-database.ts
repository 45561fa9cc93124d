import { setTimeout as pause } from 'node:timers/promises';
import type { CouchDatabase } from '../../clients/couchdb/couch-database.ts';
import { httpCouchdb } from '../../clients/couchdb/http-couchdb.ts';
import { httpPurge } from '../../clients/couchdb/http-purge.ts';
import { type DurationMs, seconds } from '../../core/units.ts';
import { type Purged, purgeLedger } from './purge-ledger.ts';

/** The longest time of one request. A purge is not urgent, so a busy store may take long. */
const TIMEOUT = seconds(30);

/**
 * Removes old documents from a ledger (Cascade's memory, a database in CouchDB), so that it does not grow for ever.
 * Deployment calls this, and so does `npm start` once a day, if it has a store of its own.
 *
 * @param admin - the database with the login of an administrator: CouchDB lets nobody else purge.
 * @param signal - stops the purge in the pause after a request. The next purge removes what is left.
 * @throws CascadeError as `purgeLedger`; an AbortError if the signal is aborted.
 */
export function purgeDatabase(admin: CouchDatabase, retention: DurationMs, signal?: AbortSignal): Promise<Purged> {
  const stopwatch = (): number => performance.now();
  return purgeLedger({
    store: httpCouchdb(admin, { stopwatch, timeout: TIMEOUT }),
    port: httpPurge(admin, TIMEOUT),
    retention,
    stopwatch,
    sleep: (durationMs) => pause(durationMs, undefined, { ...(signal && { signal }) }),
  });
}

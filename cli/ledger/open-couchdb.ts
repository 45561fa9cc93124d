import type { CouchDatabase } from '../../src/clients/couchdb/couch-database.ts';
import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { httpCouchdb } from '../../src/clients/couchdb/http-couchdb.ts';
import { seconds } from '../../src/core/units.ts';

/** A page of a thousand documents over a slow line takes its time; a person waits so long, and not longer. */
const TIMEOUT = seconds(30);

/** The database for a person at a terminal. */
export const openCouchdb = (database: CouchDatabase): CouchPort =>
  httpCouchdb(database, { stopwatch: () => performance.now(), timeout: TIMEOUT });

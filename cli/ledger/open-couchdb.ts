/*
 * Many commands work on the ledger, Cascade's memory in CouchDB. This file connects them to it. It is a file of its own
 * so that a command loads the HTTP client only if it has found a ledger to ask.
 */

import type { CouchDatabase } from '../../src/clients/couchdb/couch-database.ts';
import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { httpCouchdb } from '../../src/clients/couchdb/http-couchdb.ts';
import { httpPurge } from '../../src/clients/couchdb/http-purge.ts';
import type { PurgePort } from '../../src/clients/couchdb/purge-port.ts';
import { seconds } from '../../src/core/units.ts';
import { ownRoles } from '../../src/ledger/install/install-writer.ts';
import { rolesFor } from '../../src/ledger/install/roles.ts';

/**
 * A page of a thousand documents takes some seconds over a slow line. A person does not wait longer than half a minute.
 */
const TIMEOUT = seconds(30);

/** Opens the database of a ledger, for a command that a person waits for. Each request may take 30 s. */
export const openCouchdb = (database: CouchDatabase): CouchPort =>
  httpCouchdb(database, { stopwatch: () => performance.now(), timeout: TIMEOUT });

/** Opens the calls by which an administrator purges a database. */
export const openPurge = (admin: CouchDatabase): PurgePort => httpPurge(admin, TIMEOUT);

/**
 * Whether a ledger's user in CouchDB may read the ledger, but not write what the actions write. (A user with the role
 * of the desk may add acts, that is, what a person did to a ticket. That does not count here.)
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function isReaderOf(store: CouchDatabase): Promise<boolean> {
  const { reader, desk, writer } = rolesFor(store.database);
  const roles = await ownRoles(store, { setting: 'COUCHDB_URL', hasAdmin: true });
  return (roles.includes(reader) || roles.includes(desk)) && !roles.includes(writer) && !roles.includes('_admin');
}

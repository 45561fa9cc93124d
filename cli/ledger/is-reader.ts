import type { CouchDatabase } from '../../src/clients/couchdb/couch-database.ts';
import { ownRoles } from '../../src/ledger/install/install-writer.ts';
import { rolesFor } from '../../src/ledger/install/roles.ts';

/**
 * Whether the user of a ledger may only read it, by its roles in CouchDB.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function isReaderOf(store: CouchDatabase): Promise<boolean> {
  const { reader, writer } = rolesFor(store.database);
  const roles = await ownRoles(store, { setting: 'COUCHDB_URL', hasAdmin: true });
  return roles.includes(reader) && !roles.includes(writer) && !roles.includes('_admin');
}

/*
 * The actions log in to CouchDB with COUCHDB_URL. Cascade accepts an administrator of CouchDB there, because a small
 * server may have no other user. But then the actions hold the administrator's password. This file warns of that.
 */

import { ownRoles } from '../ledger/install/install-writer.ts';
import { parseStoreAdminSettings, parseStoreSettings } from '../platform/settings/ledger-settings.ts';
import type { Environment } from './environment.ts';

const MEANS =
  'the actions hold the password of an administrator, who can read and delete every database of that server. Set COUCHDB_ADMIN_URL to the administrator, and COUCHDB_URL to a user of its own, which deployment creates (docs/couchdb.md).';

/**
 * Warns if the actions certainly or perhaps get an administrator of CouchDB, as far as the settings say. It asks no
 * server, so that `cascade check --deploy` can print it.
 *
 * @returns a sentence; undefined if COUCHDB_ADMIN_URL has another login than COUCHDB_URL, or if there is no ledger.
 * @throws CascadeError SETTINGS_INVALID.
 */
export function administratorWarning(env: Environment): string | undefined {
  const store = parseStoreSettings(env);
  if (store === undefined) return undefined;
  const admin = parseStoreAdminSettings(env);
  if (admin === undefined) {
    return `Warning: COUCHDB_ADMIN_URL is empty. If the user of COUCHDB_URL is an administrator of CouchDB, ${MEANS}`;
  }
  if (admin.authorization !== store.authorization) return undefined;
  return `Warning: COUCHDB_URL has the same login as COUCHDB_ADMIN_URL, so ${MEANS}`;
}

/**
 * Asks CouchDB whether the user of COUCHDB_URL is an administrator. Deployment calls this, and prints the sentence.
 *
 * @returns a sentence if the user is one; undefined if not, or if there is no ledger.
 * @throws CascadeError SETTINGS_INVALID, STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function askedAdministratorWarning(env: Environment): Promise<string | undefined> {
  const store = parseStoreSettings(env);
  if (store === undefined) return undefined;
  const hasAdmin = parseStoreAdminSettings(env) !== undefined;
  const roles = await ownRoles(store, { setting: 'COUCHDB_URL', hasAdmin });
  if (!roles.includes('_admin')) return undefined;
  return `Warning: the user of COUCHDB_URL is an administrator of CouchDB, so ${MEANS}`;
}

/*
 * The dashboard is a page that shows live what Cascade does. It reads the ledger (Cascade's memory in CouchDB) from the
 * browser, with a person's login. `npm start` runs all of Cascade on one machine. This file makes the page work there,
 * and makes a link that opens the page already signed in.
 */

import { addUser } from '../../cli/users/manage-users.ts';
import { httpCouchdb } from '../../src/clients/couchdb/http-couchdb.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { seconds } from '../../src/core/units.ts';
import { parseDashboardSettings } from '../../src/platform/settings/dashboard-settings.ts';
import { parseStoreAdminSettings } from '../../src/platform/settings/ledger-settings.ts';
import type { Ready } from './reporter.ts';
import type { StartKeys } from './start-keys.ts';
import type { LedgerStore } from './start-ledger-store.ts';

/** The name of the account that the link signs in. */
const PERSON = 'desk';

/**
 * The setting that says where the dashboard finds the ledger. If browsers would send passwords by plain http to a
 * CouchDB on another machine, the setting is empty. Then there is no dashboard.
 */
export function dashboardSettings({ store: { url } }: LedgerStore): Readonly<Record<'DASHBOARD_COUCHDB_URL', string>> {
  try {
    parseDashboardSettings({ DASHBOARD_COUCHDB_URL: url });
    return { DASHBOARD_COUCHDB_URL: url };
  } catch (error) {
    if (error instanceof CascadeError && error.code === 'SETTINGS_INVALID') return { DASHBOARD_COUCHDB_URL: '' };
    throw error;
  }
}

/**
 * Makes the link that opens the dashboard. In the store of `npm start` this also makes the account that the link signs
 * in, unless it exists. In a CouchDB of the user's it makes no account, and the link signs nobody in.
 *
 * @param pageUrl - where the host serves the page.
 * @returns undefined if there is no dashboard.
 */
export async function dashboardLink(
  ledger: LedgerStore,
  pageUrl: string,
  { deskPassword: password }: Pick<StartKeys, 'deskPassword'>,
): Promise<Ready['dashboard']> {
  if (dashboardSettings(ledger).DASHBOARD_COUCHDB_URL === '') return undefined;
  const admin = ledger.isEmbedded ? parseStoreAdminSettings(ledger.settings) : undefined;
  if (admin === undefined) return { url: pageUrl, user: undefined, password: undefined };
  const users = httpCouchdb(
    { ...admin, database: '_users' },
    { stopwatch: () => performance.now(), timeout: seconds(30) },
  );
  const source = { make: () => password };
  await addUser({ admin: { users }, database: admin.database }, PERSON, { isDesk: true, password: source });
  const query = new URLSearchParams({ user: PERSON, password });
  return { url: `${pageUrl}#sign-in?${query}`, user: PERSON, password };
}

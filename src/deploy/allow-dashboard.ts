import { allowAndSay } from '../ledger/install/allow-page-origin.ts';
import { askedStore } from '../ledger/install/ask-store.ts';
import { parseDashboardSettings } from '../platform/settings/dashboard-settings.ts';
import { parseStoreAdminSettings, parseStoreSettings } from '../platform/settings/ledger-settings.ts';
import type { Environment } from './environment.ts';

/**
 * Lets the dashboard's page read the CouchDB of the ledger (Cascade's memory), if COUCHDB_URL and DASHBOARD_COUCHDB_URL
 * are set. The page comes from the OpenWhisk host, and browsers let it read another server only if that server allows
 * it (CORS). `./build.sh deploy` calls this.
 *
 * @param origin - the address of the OpenWhisk host: `https://openwhisk.example.org`.
 * @returns what to say to the person who deploys: what was changed, or what to change by hand.
 * @throws CascadeError SETTINGS_INVALID. If CouchDB refuses the change or does not answer, the result says what to do.
 */
export async function allowDashboard(env: Environment, origin: string): Promise<readonly string[]> {
  const store = parseStoreSettings(env);
  if (store === undefined || parseDashboardSettings(env).storeUrl === undefined) return [];
  const admin = parseStoreAdminSettings(env);
  const hasAdmin = admin !== undefined;
  const asker = { setting: hasAdmin ? 'COUCHDB_ADMIN_URL' : 'COUCHDB_URL', hasAdmin } as const;
  return allowAndSay(askedStore(admin ?? store, asker), origin);
}

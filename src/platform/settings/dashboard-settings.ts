import type { Params } from '../define-action.ts';
import { databaseSetting } from './ledger-settings.ts';
import { secureUrl, settingError, textSetting } from './setting.ts';

/**
 * Where the dashboard's page finds the ledger (Cascade's memory in CouchDB). Anybody who can load the page can read
 * these values.
 */
export interface DashboardSettings {
  /** Without a slash at its end; absent if the setting is empty. */
  readonly storeUrl?: string;
  readonly database: string;
}

const NAME = 'DASHBOARD_COUCHDB_URL';

/**
 * Reads DASHBOARD_COUCHDB_URL (https, or http on loopback; no user, no password) and COUCHDB_DATABASE (default
 * `cascade`). The action `dashboard` writes them into its page, and the page asks CouchDB from the reader's browser.
 *
 * @throws CascadeError SETTINGS_INVALID. It names the setting, and not its value.
 */
export function parseDashboardSettings(params: Params): DashboardSettings {
  const text = textSetting(params, NAME);
  const database = databaseSetting(params);
  if (text === undefined) return { database };
  const url = secureUrl(NAME, text);
  if (url.search !== '' || url.hash !== '') throw settingError(NAME, 'must not have a ? or # in it');
  return { storeUrl: `${url.origin}${url.pathname.replace(/\/+$/, '')}`, database };
}

import type { ActionContext, Params } from '../define-action.ts';
import { ownUrl } from '../own-url.ts';
import { parseDashboardSettings } from './dashboard-settings.ts';
import { settingError, textSetting } from './setting.ts';

/**
 * The address of the dashboard's page, which is in the same package as the action. The host is OPENWHISK_APIHOST, as people
 * reach it. If that is empty, it is the address that the host itself gives its actions; some hosts give an internal one.
 *
 * @returns undefined if DASHBOARD_COUCHDB_URL is empty: then there is no dashboard.
 * @throws CascadeError SETTINGS_INVALID.
 */
export function pageAddress(
  params: Params,
  { apiHost, actionName }: Pick<ActionContext, 'apiHost' | 'actionName'>,
): string | undefined {
  if (parseDashboardSettings(params).storeUrl === undefined) return undefined;
  const host = textSetting(params, 'OPENWHISK_APIHOST') ?? apiHost;
  const dashboard = `${actionName.slice(0, actionName.lastIndexOf('/'))}/dashboard`;
  if (!URL.canParse(/^https?:/i.test(host) ? host : `https://${host}`))
    throw settingError('OPENWHISK_APIHOST', 'is not the address of a host');
  return ownUrl({ apiHost: host, actionName: dashboard });
}

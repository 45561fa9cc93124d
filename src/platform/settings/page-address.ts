import type { ActionContext, Params } from '../define-action.ts';
import { ownUrl } from '../own-url.ts';
import { parseDashboardSettings } from './dashboard-settings.ts';
import { settingError, textSetting } from './setting.ts';

/**
 * The address of the dashboard's page. The action notifier puts it into messages, so that people can open a failed
 * reload with one click. The page is in the same package as the action that asks.
 *
 * The host comes from the setting OPENWHISK_APIHOST, because people reach OpenWhisk by that name. If the setting is
 * empty, the host comes from `apiHost`, by which OpenWhisk's actions call OpenWhisk. On some hosts that is an internal
 * name, which people cannot open.
 *
 * @returns undefined if DASHBOARD_COUCHDB_URL is empty: then there is no dashboard.
 * @throws CascadeError SETTINGS_INVALID if one of these settings, or COUCHDB_DATABASE, is malformed.
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

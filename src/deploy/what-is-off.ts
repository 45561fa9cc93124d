import { parseChannelSettings } from '../platform/settings/channel-settings.ts';
import { parseDashboardSettings } from '../platform/settings/dashboard-settings.ts';
import type { Environment } from './environment.ts';

/**
 * What a deployment with a ledger leaves off because a setting is empty: a line for the person who deploys, for the
 * dashboard and for the channels. Without these lines nobody notices until the first reload fails.
 *
 * @throws CascadeError SETTINGS_INVALID if one of these settings is malformed.
 */
export function whatIsOff(env: Environment): readonly string[] {
  return [
    ...(hasDashboard(env) ? [] : ['No dashboard: DASHBOARD_COUCHDB_URL is empty (docs/dashboard.md).']),
    ...(parseChannelSettings(env).length > 0
      ? []
      : [
          'No channels: nobody hears of failures (NOTIFY_CHANNELS and SLACK_WEBHOOK_URL are empty: docs/settings.md, "Channels").',
        ]),
  ];
}

/** Whether the settings give the dashboard's page a ledger. Without one the page can only say that it has none. */
export const hasDashboard = (env: Environment): boolean => parseDashboardSettings(env).storeUrl !== undefined;

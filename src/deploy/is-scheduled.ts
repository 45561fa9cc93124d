import type { AskOptions } from './ask-host.ts';
import { isOnHost } from './has-alarms.ts';
import type { HostSettings } from './host-settings.ts';
import type { Schedule } from './schedule-schema.ts';

/**
 * Whether a trigger or a rule of the schedule is on the host.
 *
 * @throws CascadeError DEPLOY_FAILED if the host does not say.
 */
export async function isScheduled(
  { project }: Schedule,
  { host, auth, namespace }: HostSettings,
  options: AskOptions,
): Promise<boolean> {
  const { triggers, rules } = project.packages.default;
  const paths = [
    ...Object.keys(rules).map((name) => `rules/${name}`),
    ...Object.keys(triggers).map((name) => `triggers/${name}`),
  ];
  for (const path of paths) {
    const url = new URL(`/api/v1/namespaces/${encodeURIComponent(namespace)}/${path}`, host);
    if (await isOnHost(url, { ...options, auth })) return true;
  }
  return false;
}

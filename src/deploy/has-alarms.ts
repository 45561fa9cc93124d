import { type AskOptions, askHost } from './ask-host.ts';
import type { HostSettings } from './host-settings.ts';

/** Whether the host has OpenWhisk's alarms; one that has not answers 403 or 404 (fact ow-feeds-02). */
export async function hasAlarms({ host, auth }: HostSettings, options: AskOptions): Promise<boolean> {
  const url = new URL('/api/v1/namespaces/whisk.system/packages/alarms', host);
  const { status } = await askHost(url, { ...options, auth }).catch(() => ({ status: 0 }));
  return status === 200;
}

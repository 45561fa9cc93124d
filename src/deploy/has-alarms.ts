import { CascadeError } from '../core/cascade-error.ts';
import { type AskOptions, askHost } from './ask-host.ts';
import type { HostSettings } from './host-settings.ts';

/**
 * Whether the host has OpenWhisk's alarms; one that has not answers 403 or 404 (fact ow-feeds-02).
 *
 * @throws CascadeError DEPLOY_FAILED if it gives no answer or another one: the sweep would be left out, or left on, without a word.
 */
export async function hasAlarms({ host, auth }: HostSettings, options: AskOptions): Promise<boolean> {
  return isOnHost(new URL('/api/v1/namespaces/whisk.system/packages/alarms', host), { ...options, auth });
}

/**
 * Whether the host has what stands at `url`: 200 is yes, 403 and 404 are no.
 *
 * @throws CascadeError DEPLOY_FAILED for everything else.
 */
export async function isOnHost(url: URL, options: AskOptions): Promise<boolean> {
  const answer = await askHost(url, options).catch((cause: unknown) => {
    throw unclear(url, `gave no answer (${cause instanceof Error ? cause.message : 'unknown error'})`, cause);
  });
  if (answer.status === 200) return true;
  if (answer.status === 403 || answer.status === 404) return false;
  throw unclear(url, `answered ${answer.status}`);
}

const unclear = ({ origin, pathname }: URL, what: string, cause?: unknown): CascadeError =>
  new CascadeError(
    'DEPLOY_FAILED',
    `${origin} ${what} to GET ${pathname}, so it is not known whether the sweep’s schedule can be, or is, there. Do it again when the host answers.`,
    { cause },
  );

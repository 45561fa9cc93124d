import { CascadeError } from '../core/cascade-error.ts';
import { type AskOptions, askHost } from './ask-host.ts';
import type { HostSettings } from './host-settings.ts';

/**
 * Makes sure that the host takes the key, and the key the namespace: wskdeploy tells neither by its setting, and calls an
 * undeployment with a wrong key a success. Whatever else the host answers is wskdeploy's to tell.
 *
 * @throws CascadeError DEPLOY_FAILED, naming the setting.
 */
export async function checkKey({ host, auth, namespace }: HostSettings, options: AskOptions): Promise<void> {
  const actions = new URL(`/api/v1/namespaces/${encodeURIComponent(namespace)}/actions?limit=1`, host);
  const { status } = await askHost(actions, { ...options, auth }).catch(() => ({ status: 0 }));
  if (status === 401)
    throw new CascadeError('DEPLOY_FAILED', `${host.origin} does not know the key in OPENWHISK_AUTH.`);
  if (status !== 403) return;
  throw new CascadeError(
    'DEPLOY_FAILED',
    `The key in OPENWHISK_AUTH may not use the namespace in OPENWHISK_NAMESPACE ("${namespace}"); _ is the key’s own.`,
  );
}

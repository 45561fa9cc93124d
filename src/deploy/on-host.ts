/*
 * Asks the OpenWhisk host what is on it, and takes an action off it. wskdeploy (OpenWhisk's own tool) does not say what
 * is on a host. Deployment must know it, to leave out what the host cannot run, and to take off what a former
 * deployment left there.
 */

import { askHost, type HostAccess } from './ask-host.ts';
import { deployFailed } from './deploy-failed.ts';
import type { DeployTarget } from './host-settings.ts';
import type { Manifest, Schedule } from './read-manifest.ts';

/**
 * Whether the host has OpenWhisk's alarms, by which a trigger fires at regular times. A host without them answers 403
 * or 404 (fact ow-feeds-02).
 *
 * @throws CascadeError DEPLOY_FAILED if the host gives no answer, or another one. A guess might leave the sweep (it
 *   takes up every five minutes what was left undone) without its alarm, or leave an old alarm on, and nobody would
 *   notice.
 */
export const hasAlarms = (access: HostAccess): Promise<boolean> =>
  isOnHost('/api/v1/namespaces/whisk.system/packages/alarms', access);

/**
 * Whether the host has a rule, a trigger or a package with one of these names.
 *
 * @throws CascadeError DEPLOY_FAILED if the host does not say.
 */
export async function isDeployed(
  { rules = {}, triggers = {}, packages = {} }: Partial<Schedule & Manifest['project']>,
  access: DeployTarget,
): Promise<boolean> {
  for (const [kind, entities] of Object.entries({ rules, triggers, packages })) {
    for (const name of Object.keys(entities)) {
      const path = `/api/v1/namespaces/${encodeURIComponent(access.namespace)}/${kind}/${name}`;
      if (await isOnHost(path, access)) return true;
    }
  }
  return false;
}

/**
 * Takes an action off the host, if it is there.
 *
 * @param name - `package/action`
 * @throws CascadeError DEPLOY_FAILED if the host does not do it.
 */
export async function removeAction(name: string, access: DeployTarget): Promise<void> {
  const path = `/api/v1/namespaces/${encodeURIComponent(access.namespace)}/actions/${name}`;
  const failed = (what: string, cause?: unknown) =>
    deployFailed(`${access.host.origin} ${what} to DELETE ${path}. Deploy again when the host answers.`, cause);
  const { status } = await askHost(path, access, 'DELETE').catch((cause: unknown) => {
    throw failed(`gave no answer (${cause instanceof Error ? cause.message : 'unknown error'})`, cause);
  });
  if (status !== 200 && status !== 404) throw failed(`answered ${status}`);
}

async function isOnHost(path: string, access: HostAccess): Promise<boolean> {
  const unclear = (what: string, cause?: unknown) =>
    deployFailed(
      `${access.host.origin} ${what} to GET ${path}, so it is unclear whether the host can have, or has, the schedule or the questions pipeline. Do it again when the host answers.`,
      cause,
    );
  const { status } = await askHost(path, access).catch((cause: unknown) => {
    throw unclear(`gave no answer (${cause instanceof Error ? cause.message : 'unknown error'})`, cause);
  });
  if (status === 200) return true;
  if (status === 403 || status === 404) return false;
  throw unclear(`answered ${status}`);
}

/**
 * The URLs of the manifest's web actions and web sequences. Deployment prints them. The list is empty if the namespace
 * is `_` (the key's own), and the host does not say its name.
 *
 * @param without - names of actions that nobody can use with these settings, and whose URLs are not in the list.
 */
export async function webAddresses(
  { project }: Manifest,
  access: DeployTarget,
  without: readonly string[],
): Promise<readonly string[]> {
  const namespace = access.namespace === '_' ? await ownNamespace(access) : access.namespace;
  if (namespace === undefined) return [];
  return Object.entries(project.packages).flatMap(([name, { sequences, actions }]) =>
    Object.entries({ ...sequences, ...actions })
      .filter(([entity, { web }]) => web !== undefined && web !== false && !without.includes(entity))
      .map(([entity]) => `${access.host.origin}/api/v1/web/${namespace}/${name}/${entity}`),
  );
}

/** The name of the key's namespace; undefined if the host does not answer with a list that has a name. */
async function ownNamespace(access: HostAccess): Promise<string | undefined> {
  try {
    const { body } = await askHost('/api/v1/namespaces', access);
    const [first]: unknown[] = [JSON.parse(body)].flat();
    return typeof first === 'string' && first !== '' ? encodeURIComponent(first) : undefined;
  } catch {
    return undefined; // The addresses are a convenience: the deployment has succeeded.
  }
}

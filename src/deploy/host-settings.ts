import { CascadeError } from '../core/cascade-error.ts';
import { hostUrl } from './check-host.ts';
import type { Environment } from './environment.ts';

/** Where to deploy. */
export interface HostSettings {
  readonly host: URL;
  /** `user:password` */
  readonly auth: string;
  /** `_` is the key's own. */
  readonly namespace: string;
}

/** What is wrong with the `OPENWHISK_…` settings in `env`, each problem named by its setting; empty when nothing is. */
export function checkHostSettings(env: Environment): string[] {
  const { OPENWHISK_APIHOST: apihost, OPENWHISK_AUTH: auth, OPENWHISK_NAMESPACE: namespace } = env;
  return [
    ...(apihost ? hostProblems(apihost) : [missing('OPENWHISK_APIHOST')]),
    ...(auth ? unfitProblems('OPENWHISK_AUTH', auth) : [missing('OPENWHISK_AUTH')]),
    ...unfitProblems('OPENWHISK_NAMESPACE', namespace ?? ''),
  ];
}

/**
 * Reads the `OPENWHISK_…` settings.
 *
 * @throws CascadeError SETTINGS_INVALID with every problem of `checkHostSettings`.
 */
export function hostSettingsOf(env: Environment): HostSettings {
  const { OPENWHISK_APIHOST: apihost = '', OPENWHISK_AUTH: auth = '', OPENWHISK_NAMESPACE: namespace } = env;
  const problems = checkHostSettings(env);
  if (problems.length > 0) throw new CascadeError('SETTINGS_INVALID', problems.join('\n'));
  return { host: hostUrl(apihost), auth, namespace: namespace || '_' };
}

const missing = (name: string): string =>
  `The setting ${name} is missing: it says where to deploy. Set it in .env or in the environment.`;

function hostProblems(apihost: string): string[] {
  try {
    hostUrl(apihost);
    return [];
  } catch (error) {
    if (!(error instanceof CascadeError)) throw error;
    return [error.message];
  }
}

/** In wskdeploy's file of settings a second "=" makes it pass over the line, and a line feed begins the next entry. */
const unfitProblems = (name: string, value: string): string[] =>
  /[=\s]/.test(value) ? [`The setting ${name} has a "=" or white space in it.`] : [];

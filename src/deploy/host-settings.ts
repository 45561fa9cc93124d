/*
 * Reads and checks the settings that say on which OpenWhisk host to deploy: OPENWHISK_APIHOST, OPENWHISK_AUTH and
 * OPENWHISK_NAMESPACE. `cascade check --deploy` and `cascade logs` use it, too.
 */

import { CascadeError } from '../core/cascade-error.ts';
import type { HostAccess } from './ask-host.ts';
import type { Environment } from './environment.ts';

/** Where to deploy. */
export interface HostSettings {
  readonly host: URL;
  /** `user:password` */
  readonly auth: string;
  /** `_` stands for the namespace of the key. */
  readonly namespace: string;
}

/** Where to deploy, and how to ask there. */
export type DeployTarget = HostSettings & HostAccess;

/**
 * Finds the mistakes in the `OPENWHISK_…` settings. Each message names its setting. The list is empty if the settings
 * are right.
 */
export function checkHostSettings(env: Environment): string[] {
  const { OPENWHISK_APIHOST: apihost, OPENWHISK_AUTH: auth, OPENWHISK_NAMESPACE: namespace } = env;
  return [
    ...(apihost ? (hostUrl(apihost) === undefined ? [NO_HOST] : []) : [missing('OPENWHISK_APIHOST')]),
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
  const host = hostUrl(apihost);
  if (problems.length > 0 || host === undefined) throw new CascadeError('SETTINGS_INVALID', problems.join('\n'));
  return { host, auth, namespace: namespace || '_' };
}

const NO_HOST = 'OPENWHISK_APIHOST has to be a host, such as https://openwhisk.example.org.';

/**
 * The address of an OpenWhisk host; without a scheme it is https, as in wskdeploy.
 *
 * @returns undefined if it is not an address, or has a path, a query or a user.
 */
export function hostUrl(apihost: string): URL | undefined {
  const text = /^https?:\/\//.test(apihost) ? apihost : `https://${apihost}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.pathname === '/' && url.search === '' && url.username === '' ? url : undefined;
}

const missing = (name: string): string =>
  `The setting ${name} is missing: it says where to deploy. Set it in .env or in the environment.`;

/** In wskdeploy's settings file, wskdeploy skips a line with a second "=", and a line feed starts the next setting. */
const unfitProblems = (name: string, value: string): string[] =>
  /[=\s]/.test(value) ? [`The setting ${name} has a "=" or white space in it.`] : [];

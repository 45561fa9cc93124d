import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { CascadeError } from '../core/cascade-error.ts';
import { checkHost, hostUrl } from './check-host.ts';
import { checkSettings } from './check-settings.ts';
import type { Environment } from './environment.ts';
import { findWskdeploy } from './find-wskdeploy.ts';
import { variablesOf } from './interpolate.ts';
import type { Manifest } from './manifest-schema.ts';
import { createMask } from './mask-secrets.ts';
import { readManifest } from './read-manifest.ts';
import { readSettings } from './read-settings.ts';

export interface RunOptions {
  /** The folder of manifest.yaml, .env and .tools. */
  readonly root: string;
  /** The real environment: it overrides .env, and gives PATH. */
  readonly environment: Environment;
  /** Take plain http and any certificate. */
  readonly insecure: boolean;
  /** Where wskdeploy's lines go, both streams, with the secrets masked. */
  readonly print: (line: string) => void;
  /** Ends wskdeploy when aborted. */
  readonly signal: AbortSignal;
}

/**
 * Deploys `manifest.yaml` with wskdeploy: settings from `.env`, the host's certificate checked first, the key handed over
 * in a file that only this user can read and that is gone afterwards, never as an argument (other users see those).
 *
 * @returns wskdeploy's exit code; 1 when a signal ended it.
 * @throws CascadeError before wskdeploy starts: SETTINGS_INVALID with every problem of the settings, DEPLOY_FAILED for
 *   what else is missing or wrong.
 */
export async function runWskdeploy(options: RunOptions): Promise<number> {
  const { root, environment } = options;
  const wskdeploy = await findWskdeploy(root, environment['PATH'] ?? '');
  const settings = await readSettings(join(root, '.env'), environment);
  const manifest = await readManifest(join(root, 'manifest.yaml'));
  const host = hostUrl(required(settings, 'OPENWHISK_APIHOST'));
  const props = wskprops(host, required(settings, 'OPENWHISK_AUTH'), settings['OPENWHISK_NAMESPACE'] || '_');
  refuseProblems(checkSettings(settings));
  await checkHost(host, options);

  const folder = await mkdtemp(join(tmpdir(), 'cascade-deploy-'));
  try {
    const propsFile = join(folder, 'wskprops');
    await writeFile(propsFile, props, { mode: 0o600 });
    const env = {
      ...pick(settings, manifestVariables(manifest)),
      PATH: environment['PATH'] ?? '',
      HOME: folder, // so that nothing of the user's own ~/.wskprops mixes in
      WSK_CONFIG_FILE: propsFile,
    };
    return await run(wskdeploy, env, createMask(settings), options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function refuseProblems(problems: readonly string[]): void {
  if (problems.length > 0) throw new CascadeError('SETTINGS_INVALID', `Nothing was deployed.\n${problems.join('\n')}`);
}

function required(settings: Environment, name: string): string {
  const value = settings[name];
  if (value) return value;
  throw new CascadeError('DEPLOY_FAILED', `The setting ${name} is missing: set it in .env or in the environment.`);
}

function wskprops(host: URL, auth: string, namespace: string): string {
  // wskdeploy passes over a line with a second "=", and takes a line feed for the next entry.
  const unfit = Object.entries({ OPENWHISK_AUTH: auth, OPENWHISK_NAMESPACE: namespace }).find(([, text]) =>
    /[=\s]/.test(text),
  );
  if (unfit !== undefined)
    throw new CascadeError('DEPLOY_FAILED', `The setting ${unfit[0]} has a "=" or a space in it.`);
  return `APIHOST=${host.origin}\nAUTH=${auth}\nNAMESPACE=${namespace}\n`;
}

const manifestVariables = ({ project }: Manifest): readonly string[] =>
  Object.values(project.packages)
    .flatMap(({ actions = {} }) => Object.values(actions))
    .flatMap(({ inputs = {} }) => Object.values(inputs))
    .flatMap(({ value }) => variablesOf(value));

const pick = (settings: Environment, names: readonly string[]): Environment =>
  Object.fromEntries(names.map((name) => [name, settings[name]]));

async function run(
  wskdeploy: string,
  env: Environment,
  mask: (line: string) => string,
  { root, print, signal }: RunOptions,
): Promise<number> {
  const child = spawn(wskdeploy, ['-m', 'manifest.yaml'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = (): boolean => child.kill();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    const ended = new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? 1));
    });
    const printAll = async (stream: Readable): Promise<void> => {
      for await (const line of createInterface({ input: stream })) print(mask(line));
    };
    const [code] = await Promise.all([ended, printAll(child.stdout), printAll(child.stderr)]);
    return code;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

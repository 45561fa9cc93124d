import { spawn } from 'node:child_process';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { CascadeError } from '../core/cascade-error.ts';
import { checkHost } from './check-host.ts';
import { checkKey } from './check-key.ts';
import { checkSettings } from './check-settings.ts';
import { configuredTenants } from './configured-tenants.ts';
import type { Environment } from './environment.ts';
import { findWskdeploy } from './find-wskdeploy.ts';
import { hasAlarms } from './has-alarms.ts';
import { checkHostSettings, type HostSettings, hostSettingsOf } from './host-settings.ts';
import { installConfiguredLedger } from './install-configured-ledger.ts';
import { variablesOf } from './interpolate.ts';
import { isScheduled } from './is-scheduled.ts';
import type { Manifest } from './manifest-schema.ts';
import { createMask } from './mask-secrets.ts';
import { readManifest, readSchedule } from './read-manifest.ts';
import { readSettings } from './read-settings.ts';
import { webAddresses } from './web-addresses.ts';

/** What wskdeploy is to do. */
export type DeployCommand = 'deploy' | 'undeploy';

export interface RunOptions {
  readonly command: DeployCommand;
  /** The folder of manifest.yaml, .env and .tools. */
  readonly root: string;
  /** The real environment: it overrides .env, and gives PATH. */
  readonly environment: Environment;
  /** Take plain http and any certificate. */
  readonly insecure: boolean;
  /** Names of tenants that have moved to another address, by the user's word. */
  readonly tenantsMoved?: readonly string[];
  /** Where wskdeploy's lines go, both streams, with the secrets masked; then the URLs of what the web can reach. */
  readonly print: (line: string) => void;
  /** Ends wskdeploy when aborted. */
  readonly signal: AbortSignal;
}

/**
 * Deploys or undeploys `manifest.yaml`, and `schedule.yaml` if there is a ledger and the host has alarms, with wskdeploy,
 * after the ledger was installed: settings from `.env`, the host's certificate and the key checked
 * first, the key handed over in a file that only this user can read and that is gone afterwards, never as an argument (other users see those).
 *
 * @returns wskdeploy's exit code; 1 when a signal ended it.
 * @throws CascadeError before wskdeploy starts: SETTINGS_INVALID with every problem of the settings, DEPLOY_FAILED for
 *   what else is missing or wrong, PARAMETERS_INVALID for a tenant that moved and is none of the settings; STORE_UNAVAILABLE, STORE_REFUSED if the ledger cannot be installed.
 */
export async function runWskdeploy(options: RunOptions): Promise<number> {
  const { root, environment, command } = options;
  const wskdeploy = await findWskdeploy(root, environment['PATH'] ?? '');
  const settings = await readSettings(join(root, '.env'), environment);
  const manifest = await readManifest(join(root, MANIFEST));
  refuseProblems(command, [...checkHostSettings(settings), ...(command === 'deploy' ? checkSettings(settings) : [])]);
  refuseUnknown(options.tenantsMoved ?? [], settings);
  const target = hostSettingsOf(settings);
  await checkHost(target.host, options);
  await checkKey(target, options);

  const folder = await mkdtemp(join(tmpdir(), 'cascade-deploy-'));
  try {
    const propsFile = join(folder, 'wskprops');
    await writeFile(propsFile, wskprops(target), { mode: 0o600 });
    const env = {
      ...pick(settings, manifestVariables(manifest)),
      PATH: environment['PATH'] ?? '',
      HOME: folder, // so that nothing of the user's own ~/.wskprops mixes in
      WSK_CONFIG_FILE: propsFile,
    };
    const mask = createMask(settings);
    const wsk: Wskdeploy = (file, what = 'deploy') => run(wskdeploy, env, mask, argumentsOf(file, what), options);
    const code = await (command === 'deploy' ? deployAll : undeployAll)(wsk, { settings, target, options });
    if (code === 0 && command === 'deploy') (await webAddresses(manifest, target, options)).forEach(options.print);
    return code;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Work {
  readonly settings: Environment;
  readonly target: HostSettings;
  readonly options: RunOptions;
}

type Wskdeploy = (manifest: string, command?: DeployCommand) => Promise<number>;

const MANIFEST = 'manifest.yaml';
const SCHEDULE = 'schedule.yaml';

/**
 * The ledger first: no action is deployed that would find none. The schedule last: it needs the sweep. Without a ledger it
 * is taken off: a sweep that was deployed before would fail every five minutes.
 */
async function deployAll(wsk: Wskdeploy, work: Work): Promise<number> {
  const { settings, target, options } = work;
  const installed = await installConfiguredLedger(settings, options.tenantsMoved);
  if (installed === undefined) {
    options.print('No ledger: COUCHDB_URL is not set (README, "From nothing to a live tenant", step 5).');
    return undeploySchedule(wsk, work).then((code) => (code === 0 ? deployActions(wsk, options) : code));
  }
  options.print(`The ledger is ready: ${installed.length === 0 ? 'nothing to change' : installed.join(', ')}.`);
  const code = await deployActions(wsk, options);
  if (code !== 0 || !(await hasSchedule(options))) return code;
  if (await hasAlarms(target, options)) return deployClock(wsk, options);
  options.print('The host has no alarms: let a clock fire the sweep every 5 minutes (docs/sweep.md).');
  return code;
}

function deployActions(wsk: Wskdeploy, { print }: RunOptions): Promise<number> {
  print(`wskdeploy on the actions (${MANIFEST}):`);
  return wsk(MANIFEST);
}

async function deployClock(wsk: Wskdeploy, { print }: RunOptions): Promise<number> {
  print(`wskdeploy on the sweep’s clock (${SCHEDULE}):`);
  const code = await wsk(SCHEDULE);
  if (code === 0) print('The sweep is on: every 5 minutes (rule cascade-sweep).');
  return code;
}

async function undeployAll(wsk: Wskdeploy, work: Work): Promise<number> {
  const code = await undeploySchedule(wsk, work);
  return code === 0 ? wsk(MANIFEST, 'undeploy') : code;
}

async function undeploySchedule(wsk: Wskdeploy, { target, options }: Work): Promise<number> {
  if (!(await hasSchedule(options)) || !(await hasAlarms(target, options))) return 0;
  const schedule = await readSchedule(join(options.root, SCHEDULE));
  return (await isScheduled(schedule, target, options)) ? wsk(SCHEDULE, 'undeploy') : 0;
}

const hasSchedule = ({ root }: RunOptions): Promise<boolean> =>
  access(join(root, SCHEDULE)).then(
    () => true,
    () => false,
  );

function refuseProblems(command: DeployCommand, problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new CascadeError('SETTINGS_INVALID', `Nothing was ${command}ed.\n${problems.join('\n')}`);
}

function refuseUnknown(moved: readonly string[], settings: Environment): void {
  if (moved.length === 0) return;
  const known = configuredTenants(settings).map(({ name }) => name);
  const unknown = moved.find((name) => !known.some((each) => each === name));
  if (unknown === undefined) return;
  throw new CascadeError(
    'PARAMETERS_INVALID',
    `--tenant-moved names "${unknown}", and the settings have the tenants: ${known.join(', ')}.`,
  );
}

const wskprops = ({ host, auth, namespace }: HostSettings): string =>
  `APIHOST=${host.origin}\nAUTH=${auth}\nNAMESPACE=${namespace}\n`;

const manifestVariables = ({ project }: Manifest): readonly string[] =>
  Object.values(project.packages)
    .flatMap(({ actions = {} }) => Object.values(actions))
    .flatMap(({ inputs = {} }) => Object.values(inputs))
    .flatMap(({ value }) => variablesOf(value));

const pick = (settings: Environment, names: readonly string[]): Environment =>
  Object.fromEntries(names.map((name) => [name, settings[name]]));

const argumentsOf = (manifest: string, command: DeployCommand): readonly string[] => [
  ...(command === 'undeploy' ? ['undeploy'] : []),
  '-m',
  manifest,
];

async function run(
  wskdeploy: string,
  env: Environment,
  mask: (line: string) => string,
  args: readonly string[],
  { root, print, signal }: RunOptions,
): Promise<number> {
  const child = spawn(wskdeploy, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
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

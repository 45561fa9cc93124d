/*
 * `./build.sh deploy` puts Cascade onto an OpenWhisk host with wskdeploy, which is OpenWhisk's own tool. This file runs
 * wskdeploy, and does what wskdeploy does not: it checks the settings and the host first, and installs the ledger
 * (Cascade's memory in CouchDB).
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { stringify } from 'yaml';
import { CascadeError } from '../core/cascade-error.ts';
import { parseStoreSettings } from '../platform/settings/ledger-settings.ts';
import { askedAdministratorWarning } from './administrator-warning.ts';
import { allowDashboard } from './allow-dashboard.ts';
import { checkHost, checkKey } from './check-host.ts';
import { checkSettings } from './check-settings.ts';
import { configuredDefinitions } from './configured-definitions.ts';
import { configuredTenants } from './configured-tenants.ts';
import { deployFailed } from './deploy-failed.ts';
import type { Environment } from './environment.ts';
import { forLedger, leftOutWithoutLedger } from './for-ledger.ts';
import { checkHostSettings, type DeployTarget, type HostSettings, hostSettingsOf } from './host-settings.ts';
import { installConfiguredLedger } from './install-configured-ledger.ts';
import { variablesOf } from './interpolate.ts';
import { createMask } from './mask-secrets.ts';
import { hasAlarms, isDeployed, removeAction, webAddresses } from './on-host.ts';
import { type DeployPart, PARTS } from './parts.ts';
import { purgeConfiguredLedger } from './purge-configured-ledger.ts';
import { readBuiltChains } from './read-built-chains.ts';
import { actionsOf, type Manifest, readManifest, readSchedule } from './read-manifest.ts';
import { readSettings } from './read-settings.ts';
import { hasDashboard, whatIsOff } from './what-is-off.ts';

/** What wskdeploy shall do. */
export type DeployCommand = 'deploy' | 'undeploy';

/** How to run wskdeploy. */
export interface RunOptions {
  readonly command: DeployCommand;
  /** The folder of manifest.yaml, .env and .tools. */
  readonly root: string;
  /** The real environment: it overrides .env, and holds PATH. */
  readonly environment: Environment;
  /** Allows plain http, and any certificate. */
  readonly insecure: boolean;
  /** Names of tenants that the user says have moved to another address. */
  readonly tenantsMoved?: readonly string[];
  /** Gets messages for the person, and the lines that wskdeploy prints. Secrets are masked in wskdeploy's lines. */
  readonly print: (line: string) => void;
  /** When it is aborted, wskdeploy ends, and so do the wait for CouchDB's indexes and the purge. */
  readonly signal: AbortSignal;
}

const MANIFEST = 'manifest.yaml';

/**
 * Deploys with wskdeploy: `manifest.yaml`, `schedule.yaml` if there is a ledger and the host has alarms, and
 * `questions.yaml` if QUESTIONS_TAGS is set. Or undeploys what is there of them.
 *
 * First it checks the settings, the host's certificate and the key. If the settings name a ledger, a deployment begins
 * with its installation, and ends with a purge of its old documents.
 *
 * wskdeploy gets the key in a file that only this user can read, and not as an argument, because other users can see a
 * program's arguments. The file is removed at the end.
 *
 * @returns the exit code of the first wskdeploy that fails, else 0; 1 if a signal ended wskdeploy.
 * @throws CascadeError SETTINGS_INVALID with the problems of the settings; DEPLOY_FAILED for something else that is
 *   missing or wrong, or a host without a clear answer; PARAMETERS_INVALID for a moved tenant that the settings do not
 *   have; an error such as STORE_UNAVAILABLE if the ledger cannot be installed or written; the signal's reason.
 */
export async function runWskdeploy(options: RunOptions): Promise<number> {
  const { root, environment, command, insecure, signal } = options;
  const PATH = environment['PATH'] ?? '';
  const program = await findWskdeploy(root, PATH);
  const settings = await readSettings(join(root, '.env'), environment);
  const manifest = await readManifest(join(root, MANIFEST));
  refuseProblems(command, [...checkHostSettings(settings), ...(command === 'deploy' ? checkSettings(settings) : [])]);
  refuseUnknown(options.tenantsMoved ?? [], settings);
  const target = { ...hostSettingsOf(settings), insecure, signal };
  await checkHost(target);
  await checkKey(target);

  const folder = await mkdtemp(join(tmpdir(), 'cascade-deploy-'));
  try {
    const propsFile = join(folder, 'wskprops');
    await writeFile(propsFile, wskprops(target), { mode: 0o600 });
    const parts = PARTS.map(async (part) =>
      (await hasFile(part, options)) ? readManifest(join(root, part.file)) : [],
    );
    const named = [manifest, ...(await Promise.all(parts)).flat()].flatMap(manifestVariables);
    const variables = Object.fromEntries(named.map((name) => [name, settings[name]]));
    // Another HOME, so that wskdeploy does not read the user's own ~/.wskprops.
    const env = { ...variables, PATH, HOME: folder, WSK_CONFIG_FILE: propsFile };
    const mask = createMask(settings);
    const print = (line: string): void => options.print(mask(line));
    const wskdeploy: Wskdeploy = (file, what) =>
      run(program, what === 'undeploy' ? [what, '-m', file] : ['-m', file], { cwd: root, env, signal }, print);
    const work = { settings, target, options, manifest, folder, wskdeploy };
    if (command === 'undeploy') return await undeployAll(work);
    const code = await deployAll(work);
    const without = hasDashboard(settings) ? [] : ['dashboard'];
    if (code === 0) (await webAddresses(manifest, target, without)).forEach(options.print);
    if (code === 0) await purge(settings, options);

    return code;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs wskdeploy with a manifest; the default command is `deploy`. */
type Wskdeploy = (manifest: string, command?: DeployCommand) => Promise<number>;

/** What each step of a deployment works with. */
interface Work {
  readonly settings: Environment;
  readonly target: DeployTarget;
  readonly options: RunOptions;
  readonly manifest: Manifest;
  /** The folder for temporary files. It is removed at the end. */
  readonly folder: string;
  readonly wskdeploy: Wskdeploy;
}

/**
 * Deploys in this order: the ledger and the chains in it, then the actions, which need both, then the other parts: the
 * schedule of the sweep (it runs every five minutes and takes up what was left undone), and the questions pipeline (it
 * watches a Stack Exchange site for questions). A part that the settings do not have is undeployed before the actions.
 * Without a ledger, for example, the sweep would fail each time.
 */
async function deployAll(work: Work): Promise<number> {
  const { settings, target, options, wskdeploy } = work;
  const { print } = options;
  const definitions = configuredDefinitions(settings);
  const chains = definitions && (await readBuiltChains(options.root));
  const installed = await installConfiguredLedger(settings, options.tenantsMoved, {
    say: print,
    signal: options.signal,
  });
  if (installed === undefined) {
    print('No ledger: COUCHDB_URL is not set (README, "Set it up for a real tenant", step 5).');
  } else {
    print(`The ledger is ready: ${installed.length === 0 ? 'nothing to change' : installed.join(', ')}.`);
    const warning = await askedAdministratorWarning(settings);
    if (warning !== undefined) print(warning);
  }
  const isWanted = ({ setting }: DeployPart): boolean => Boolean(settings[setting]);
  const undeployed = await runOnAll(
    PARTS.filter((part) => !isWanted(part)),
    'undeploy',
    work,
  );
  if (undeployed !== 0) return undeployed;
  const hash = chains && (await definitions?.store(chains));
  print(`wskdeploy on the actions (${MANIFEST}):`);
  const code = await (installed === undefined ? deployWithoutLedger(work) : wskdeploy(MANIFEST));
  if (code === 0 && hash !== undefined) {
    await definitions?.noteDeployed(hash);
    print(`The chains are deployed, as definition ${hash} of the ledger.`);
  }
  if (code === 0) (await allowDashboard(settings, target.host.origin)).forEach(print);
  if (code === 0 && installed !== undefined) whatIsOff(settings).forEach(print);
  return code === 0 ? runOnAll(PARTS.filter(isWanted), 'deploy', work) : code;
}

/** Deploys without the actions that need a ledger, and takes those of an older deployment off. */
async function deployWithoutLedger(work: Work): Promise<number> {
  const { manifest, target, wskdeploy } = work;
  const code = await wskdeploy(await writeManifest(forLedger(manifest, false), MANIFEST, work));
  if (code !== 0) return code;
  for (const name of leftOutWithoutLedger(manifest)) await removeAction(name, target);
  return code;
}

/** Writes a manifest into the folder of the deployment. @returns its path. */
async function writeManifest({ project }: Manifest, name: string, { folder, options }: Work): Promise<string> {
  // wskdeploy puts the folder of the manifest before each path.
  const inFolder = (file: string): string => relative(folder, join(options.root, file));
  const packages = Object.entries(project.packages).map(([name, { actions = {}, ...rest }]) => {
    const moved = Object.entries(actions).map(([key, action]) => [
      key,
      { ...action, function: inFolder(action.function) },
    ]);
    return [name, { ...rest, actions: Object.fromEntries(moved) }];
  });
  const file = join(folder, name);
  await writeFile(file, stringify({ project: { ...project, packages: Object.fromEntries(packages) } }));
  return file;
}

/** Lets wskdeploy deploy or undeploy parts, one after the other. @returns the first exit code that is not 0. */
async function runOnAll(parts: readonly DeployPart[], command: DeployCommand, work: Work): Promise<number> {
  for (const part of parts) {
    const code = await runOn(part, command, work);
    if (code !== 0) return code;
  }
  return 0;
}

/**
 * Lets wskdeploy deploy a part, or undeploy it if any of it is on the host. It does nothing if the part's file is
 * missing. If the host has no alarms, wskdeploy gets the file without its triggers and rules, and a person reads what
 * to start by another clock.
 */
async function runOn(part: DeployPart, command: DeployCommand, work: Work): Promise<number> {
  const { target, options, wskdeploy } = work;
  if (!(await hasFile(part, options))) return 0;
  const { file, what, on, byCron } = part;
  const path = join(options.root, file);
  const manifest = await readManifest(path);
  const schedule = (await hasAlarms(target)) ? await readSchedule(path) : undefined;
  if (command === 'undeploy' && !(await isDeployed({ ...manifest.project, ...schedule }, target))) return 0;
  const said = schedule === undefined ? `The host has no alarms: start ${byCron}.` : on;
  if (schedule !== undefined || Object.keys(manifest.project.packages).length > 0) {
    options.print(`wskdeploy on ${what} (${file}):`);
    const given = schedule === undefined ? await writeManifest(manifest, file, work) : file;
    const code = await wskdeploy(given, command);
    if (code !== 0) return code;
  }
  if (command === 'deploy') options.print(said);
  return 0;
}

/**
 * Purges the ledger after a deployment. If the purge fails or is stopped, that is only printed, because the deployment
 * has succeeded.
 */
async function purge(settings: Environment, { print, signal }: RunOptions): Promise<void> {
  if (parseStoreSettings(settings) === undefined) return;
  try {
    print('Purging the ledger of what is old. If you end that, the next purge goes on.');
    const purged = await purgeConfiguredLedger(settings, signal);
    if (purged === undefined) return;
    const { removed } = purged;
    print(`The ledger is purged: ${removed} old ${removed === 1 ? 'document' : 'documents'} removed.`);
  } catch (error) {
    if (!(error instanceof CascadeError) && !signal.aborted) throw error;
    const why = error instanceof CascadeError ? error.message : 'it was stopped.';
    print(`The ledger is not purged: ${why} To do it later: npx cascade ledger purge.`);
  }
}

/**
 * Undeploys the schedule and the questions pipeline first, so that nothing fires actions that are gone. Then the
 * actions.
 */
async function undeployAll(work: Work): Promise<number> {
  const code = await runOnAll(PARTS, 'undeploy', work);
  return code === 0 ? work.wskdeploy(MANIFEST, 'undeploy') : code;
}

const hasFile = ({ file }: DeployPart, { root }: RunOptions): Promise<boolean> =>
  mayUse(join(root, file), constants.F_OK);

const mayUse = (file: string, mode: number): Promise<boolean> =>
  access(file, mode).then(
    () => true,
    () => false,
  );

/** Finds the wskdeploy that `./build.sh tools` built, else the first on `path`. */
async function findWskdeploy(root: string, path: string): Promise<string> {
  for (const folder of [join(root, '.tools'), ...path.split(delimiter)]) {
    const file = join(folder, 'wskdeploy');
    if (folder !== '' && (await mayUse(file, constants.X_OK))) return file;
  }
  throw deployFailed(
    'wskdeploy is missing: build it with ./build.sh tools (needs Go), or put its release binary on PATH.',
  );
}

function refuseProblems(command: DeployCommand, problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new CascadeError('SETTINGS_INVALID', `Nothing was ${command}ed.\n${problems.join('\n')}`);
}

function refuseUnknown(moved: readonly string[], settings: Environment): void {
  if (moved.length === 0) return;
  const known: readonly string[] = configuredTenants(settings).map(({ name }) => name);
  const unknown = moved.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new CascadeError(
    'PARAMETERS_INVALID',
    `--tenant-moved names "${unknown}", and the settings have the tenants: ${known.join(', ')}.`,
  );
}

const wskprops = ({ host, auth, namespace }: HostSettings): string =>
  `APIHOST=${host.origin}\nAUTH=${auth}\nNAMESPACE=${namespace}\n`;

const manifestVariables = (manifest: Manifest): readonly string[] =>
  actionsOf(manifest)
    .flatMap(({ inputs = {} }) => Object.values(inputs))
    .flatMap(({ value }) => variablesOf(value));

/** Runs a program to its end, and prints both of its streams. @returns its exit code; 1 if a signal ended it. */
async function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Environment; readonly signal: AbortSignal },
  print: (line: string) => void,
): Promise<number> {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const printAll = async (stream: Readable): Promise<void> => {
    for await (const line of createInterface({ input: stream })) print(line);
  };
  const ended = once(child, 'exit').catch((error: unknown) => {
    if (!options.signal.aborted) throw error;
    return [1];
  });
  const [[code]] = await Promise.all([ended, printAll(child.stdout), printAll(child.stderr)]);
  return code ?? 1;
}

/*
 * `npm start` runs all of Cascade on one machine, with a simulated tenant of Qlik Cloud, so that people can try Cascade
 * without a Qlik tenant and an OpenWhisk host. This file starts the parts, one after the other, and connects them.
 */

import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openwhisk from 'openwhisk';
import { buildActions } from '../../build/build-actions.ts';
import type { SlackPost } from '../../sim/slack/start-slack-sink.ts';
import { type SimTenant, startTenant } from '../../sim/start-tenant.ts';
import { StateError } from '../../sim/state/state-file.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { isUuid } from '../../src/core/chains/app-index.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import { type AppRef, appKey, DEFAULT_TENANT, type TenantName } from '../../src/core/names.ts';
import { configuredDefinitions } from '../../src/deploy/configured-definitions.ts';
import { deployManifest, deploySchedule } from '../../src/deploy/deploy-manifest.ts';
import type { Environment } from '../../src/deploy/environment.ts';
import { installConfiguredLedger } from '../../src/deploy/install-configured-ledger.ts';
import { PARTS } from '../../src/deploy/parts.ts';
import { type HostOptions, type LocalHost, startHost } from '../host/start-host.ts';
import { type DataDirectory, openDataDirectory } from './data-directory.ts';
import { DEMO_FAILS } from './demo-run.ts';
import { type IsAnythingDue, isAnythingDueIn } from './is-anything-due.ts';
import { onPort } from './on-port.ts';
import { purgeDaily } from './purge-daily.ts';
import { nameIn } from './reload-watch.ts';
import type { Ready } from './reporter.ts';
import { type SeededApp, type SimControl, simControl, type TenantEntry } from './sim-control.ts';
import { dashboardLink, dashboardSettings } from './start-dashboard.ts';
import { keptKeys, newKeys, type StartKeys } from './start-keys.ts';
import { startLedgerStore } from './start-ledger-store.ts';
import type { StartOptions } from './start-options.ts';
import { startQuestions } from './start-questions.ts';
import { startSlack } from './start-slack.ts';

/** A simulated tenant that runs. */
export interface UpTenant {
  /** The tenant's name in the chain files. */
  readonly name: TenantName;
  readonly tenant: SimTenant;
  readonly control: SimControl;
  readonly webhookSecret: string;
  /** The entries that the tenant's journal (its list of what happened) already had at this start. */
  readonly past: readonly TenantEntry[];
}

/** What `bringUp` gets from the command line and from its caller. */
export interface BringUpOptions extends Omit<StartOptions, 'chains' | 'demo' | 'json'> {
  readonly chains: CompiledChains;
  readonly env: Environment;
  readonly onActivation: NonNullable<HostOptions['onActivation']>;
  /** Gets each message that the stand-in for Slack takes. */
  readonly onMessage: (message: SlackPost) => void;
  /** Gets a sentence before `bringUp` waits for something that takes long. */
  readonly onWait: (sentence: string) => void;
  /** Gets a sentence about what failed while everything else goes on. */
  readonly onFault: (sentence: string) => void;
  /** The caller aborts this signal when everything has to end. `bringUp` looks at it between parts, and stops. */
  readonly signal: AbortSignal;
  /**
   * `bringUp` calls this for each part, as soon as the part runs, with a function that ends the part. When everything
   * has to end, the caller calls these functions in reverse order.
   */
  readonly onEnd: (end: () => Promise<unknown>) => void;
}

/** How long a reload takes in the simulated tenant, in milliseconds: long enough for a person to see it run. */
const RELOAD_MS = 600;

/** The absolute path of a file of this repository. */
const inRepository = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/**
 * Starts all of Cascade on this machine, for `npm start`, in this order:
 *
 * 1. The store of the ledger (Cascade's memory), unless `COUCHDB_URL` names a CouchDB.
 * 2. The OpenWhisk host. A stand-in for Slack, unless `--slack` gives an address. A simulated Stack Exchange, if
 *    `--questions` is given.
 * 3. A simulated tenant for each tenant in the chains, with the tenant's apps. Its time stands still, so no reload ends
 *    before the webhook is there.
 * 4. The ledger's indexes and users, then the actions, built from the chains.
 * 5. A webhook in each tenant. Then the tenants' time begins to pass.
 *
 * The data directory keeps the store, the tenants and the keys, so that the next start can continue with them. With
 * `--no-ledger` the parts that need a ledger are left out, and nothing is kept.
 *
 * @throws CascadeError, for example PORT_IN_USE; STORE_IN_USE if another process has the data directory;
 *   SETTINGS_INVALID for broken data or a malformed setting; as `installConfiguredLedger` for a CouchDB that cannot be
 *   used; DEPLOY_FAILED.
 * @throws the reason of `signal`, if `bringUp` stops because the signal is aborted.
 */
export async function bringUp(options: BringUpOptions): Promise<{
  readonly ready: Ready;
  readonly tenants: readonly UpTenant[];
  /**
   * Runs a sequence to its end. `cascade/sweep` takes up work that was left undone. `questions/socron`, which needs
   * `--questions`, finds new questions at the simulated Stack Exchange, and passes them on to people.
   */
  readonly run: (sequence: 'cascade/sweep' | 'questions/socron') => Promise<unknown>;
  /** Finds out whether work is left undone in the ledger. Undefined without a ledger. */
  readonly isAnythingDue: IsAnythingDue | undefined;
}> {
  const { chains, env, hostPort, storePort, slack: address, onActivation, onWait, onFault, signal, onEnd } = options;
  const named = new Set(Object.values(chains.apps).map(({ tenant }) => tenant));
  const names = named.size === 0 ? [DEFAULT_TENANT] : [...named].sort(defaultFirst);
  const data = await openDataDirectory(options, onEnd);
  const keys = data === undefined ? newKeys(names) : await keptKeys(data.keys, names);
  const ledger = data && (await startLedgerStore({ data, port: storePort, keys, env, onEnd }));
  signal.throwIfAborted();
  const host = await startHost({ port: hostPort, auth: keys.hostAuth, onActivation });
  onEnd(() => host.close());
  await ledger?.noteHost(host);
  signal.throwIfAborted();
  const slack = ledger && (await startSlack(chains, address, onEnd, options.onMessage));
  const questions = ledger && options.questions ? await startQuestions(onEnd) : undefined;
  // The tenants start after the host, so they end before the host. If there is a data directory, a tenant that ends
  // stores the webhooks that nobody has answered. It sends these again after the next start.
  const tenants = await startTenants(options, names, data, keys);
  // These settings are the same as for a deployment on a real host. They connect the actions with the parts that run
  // here.
  const settings = {
    ...settingsOf(tenants, keys),
    ...ledger?.settings,
    ...(ledger && dashboardSettings(ledger)),
    ...slack?.settings,
    ...questions?.settings,
  };
  // The ledger comes before the actions, because they write into it as soon as they are deployed.
  if (ledger !== undefined) await installConfiguredLedger(settings, [], { say: onWait, signal });
  const definitions = configuredDefinitions(settings);
  const hash = await definitions?.store(chains);
  await deploy(chains, host, settings, onEnd);
  if (hash !== undefined) await definitions?.noteDeployed(hash);
  const web = `${host.url}/api/v1/web/${host.namespace}/cascade`;
  const webhookUrl = `${web}/webhook`;
  for (const { control, webhookSecret } of tenants) await control.pointWebhook(webhookUrl, webhookSecret);
  if (ledger?.isEmbedded === true) {
    const purged = purgeDaily(settings, { signal, say: onFault });
    // The parts end in reverse order. So the store, which started earlier, is closed only after the purge has ended.
    onEnd(() => purged);
    // If the purge fails by a bug, the error is reported when everything ends, by whoever waits for `purged` (`onEnd`).
    // Node.js must not end the process before that.
    purged.catch(() => {});
  }
  // Time begins to pass in the tenants. Reloads that were running when `npm start` last ended continue now. When they
  // end, they call the webhook, which exists now.
  for (const { tenant } of tenants) tenant.release();
  const [first] = tenants;
  if (first === undefined) throw new CascadeError('INTERNAL', 'No tenant was started.');
  const app = firstApp(chains);
  const ready = {
    openwhisk: { apihost: host.url, auth: host.auth, namespace: host.namespace },
    tenant: { url: first.tenant.url, apiKey: first.tenant.apiKey },
    store: ledger?.store,
    webhook: { url: webhookUrl, secret: first.webhookSecret },
    chains: { url: `${web}/chains`, apiKey: keys.readApiKey },
    dashboard: ledger && (await dashboardLink(ledger, `${web}/dashboard`, keys)),
    metrics: ledger && { url: `${web}/metrics`, apiKey: keys.readApiKey },
    slack: slack?.ready,
    stackExchange: questions?.ready,
    example: app && { name: nameIn(undefined, app, chains), appId: app.appId },
    wsk: existsSync(inRepository('.tools/wsk')) ? '.tools/wsk' : 'wsk',
  };
  const client = openwhisk({ apihost: host.url, api_key: host.auth });
  return {
    ready,
    tenants,
    run: (name) => client.actions.invoke({ name, blocking: true }),
    isAnythingDue: ledger && isAnythingDueIn(ledger.settings),
  };
}

/** Starts a simulated tenant for each name, and puts its apps into it. */
async function startTenants(
  { chains, tenantPort, signal, onEnd }: BringUpOptions,
  names: readonly TenantName[],
  data: DataDirectory | undefined,
  { webhookSecrets }: StartKeys,
): Promise<readonly UpTenant[]> {
  const up: UpTenant[] = [];
  for (const [index, name] of names.entries()) {
    const state = data && { state: data.tenant(name) };
    const tenant = await onPort(
      'simulated tenant',
      '--tenant-port (0 = any free one)',
      index === 0 ? tenantPort : 0,
      (port) => startTenant({ port, isHeld: true, ...state }),
    ).catch((cause: unknown) => {
      throw cause instanceof StateError ? new CascadeError('SETTINGS_INVALID', cause.message, { cause }) : cause;
    });
    onEnd(() => tenant.close());
    signal.throwIfAborted();
    const control = simControl(tenant, signal);
    const past = await control.past();
    await control.hideClock();
    await control.seed(appsOf(name, chains));
    up.push({ name, tenant, control, webhookSecret: webhookSecrets[name] ?? '', past });
  }
  return up;
}

const defaultFirst = (a: TenantName, b: TenantName): number =>
  Number(b === DEFAULT_TENANT) - Number(a === DEFAULT_TENANT) || (a < b ? -1 : 1);

/** The apps of a tenant, as the simulated tenant shall have them. */
const appsOf = (tenant: TenantName, { apps }: CompiledChains): readonly SeededApp[] =>
  Object.values(apps)
    // Qlik's app ids are UUIDs, so the simulated tenant takes no other id. `cascade check` warns of such an app.
    .filter((app) => app.tenant === tenant && isUuid(app.appId))
    .map(({ appId, label, names }) => {
      const fails = names.some((name) => DEMO_FAILS.includes(name));
      return { id: appId, name: label, durationMs: RELOAD_MS, outcomes: [fails ? 'failed' : 'succeeded'] };
    });

/** An app that others follow, and that follows none itself. Undefined if there is none. */
function firstApp({ links }: CompiledChains): AppRef | undefined {
  const all = Object.values(links).flat();
  const followers = new Set(all.map(({ target }) => appKey(target)));
  return all.find(({ after }) => !followers.has(appKey(after)))?.after;
}

/**
 * Builds the actions, and deploys them and their schedules. They are built into a fresh folder, so that two `npm start`
 * at once do not overwrite each other's files.
 */
async function deploy(
  chains: CompiledChains,
  { url, auth }: LocalHost,
  env: Environment,
  onEnd: BringUpOptions['onEnd'],
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'cascade-'));
  onEnd(() => rm(directory, { recursive: true, force: true }));
  await buildActions(chains, join(directory, 'dist'));
  const client = openwhisk({ apihost: url, api_key: auth });
  const parts = PARTS.filter(({ setting }) => env[setting]);
  for (const name of ['manifest.yaml', ...parts.map(({ file }) => file)]) {
    const file = join(directory, name);
    await copyFile(inRepository(name), file);
    // A file may have actions, a schedule, or both.
    await deployManifest({ manifestFile: file, client, env });
    await deploySchedule({ scheduleFile: file, client });
  }
}

/**
 * Settings of the actions: the addresses and API keys of the tenants, and the secrets by which callers of the actions
 * prove who they are.
 */
const settingsOf = (tenants: readonly UpTenant[], { readApiKey }: StartKeys): Readonly<Record<string, string>> => ({
  QLIK_TENANTS: JSON.stringify(tenants.map(({ name, tenant: { url, apiKey } }) => ({ name, url, apiKey }))),
  WEBHOOK_TENANTS: JSON.stringify(
    tenants.map(({ name, tenant: { tenantId }, webhookSecret }) => ({ name, id: tenantId, secrets: [webhookSecret] })),
  ),
  READ_API_KEY: readApiKey,
});

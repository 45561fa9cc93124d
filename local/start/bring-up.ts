import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openwhisk from 'openwhisk';
import { buildActions } from '../../build/build-actions.ts';
import { type SimTenant, startTenant } from '../../sim/start-tenant.ts';
import { StateError } from '../../sim/state/state-file.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { isUuid } from '../../src/core/chains/app-index.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import { DEFAULT_TENANT, type TenantName } from '../../src/core/names.ts';
import { deployManifest } from '../../src/deploy/deploy-manifest.ts';
import { deploySchedule } from '../../src/deploy/deploy-schedule.ts';
import type { Environment } from '../../src/deploy/environment.ts';
import { installConfiguredLedger } from '../../src/deploy/install-configured-ledger.ts';
import { type HostOptions, type LocalHost, startHost } from '../host/start-host.ts';
import { type DataDirectory, openDataDirectory } from './data-directory.ts';
import { DEMO_FAILS } from './demo-run.ts';
import { type SeededApp, type SimControl, simControl, type TenantEntry } from './sim-control.ts';
import { keptKeys, newKeys, type StartKeys } from './start-keys.ts';
import { type LedgerStore, startLedgerStore } from './start-ledger-store.ts';
import type { StartOptions } from './start-options.ts';

/** A simulated tenant that is up, under the name that the chain files have for it. */
export interface UpTenant {
  readonly name: TenantName;
  readonly tenant: SimTenant;
  readonly control: SimControl;
  readonly webhookSecret: string;
  /** What happened in it before this start. */
  readonly past: readonly TenantEntry[];
}

/** Everything that `npm start` brings up. */
export interface Up {
  readonly host: LocalHost;
  /** undefined without a ledger. */
  readonly store: LedgerStore | undefined;
  readonly tenants: readonly UpTenant[];
  readonly webhookUrl: string;
  readonly chainsUrl: string;
  readonly readApiKey: string;
}

export interface BringUpOptions
  extends Pick<StartOptions, 'hostPort' | 'tenantPort' | 'storePort' | 'data' | 'ledger' | 'once'> {
  readonly chains: CompiledChains;
  readonly env: Environment;
  readonly onActivation: NonNullable<HostOptions['onActivation']>;
  /** Aborted when everything has to end. */
  readonly signal: AbortSignal;
  /** Is told how to end each part as soon as the part is there; the last is ended first. */
  readonly onEnd: (end: () => Promise<unknown>) => void;
}

/** Long enough to be seen. */
const RELOAD_MS = 600;

const manifest = fileURLToPath(new URL('../../manifest.yaml', import.meta.url));
const schedule = fileURLToPath(new URL('../../schedule.yaml', import.meta.url));

/**
 * Starts the store, the host, and one simulated tenant for each tenant that the chains name, seeds their apps, builds and
 * deploys the actions, and points a webhook of each tenant at them. With a ledger all goes on where it was, with the same
 * keys; without, all is new.
 *
 * @throws CascadeError PORT_IN_USE; STORE_IN_USE when another process has the data; SETTINGS_INVALID for data that are
 *   broken, or a `COUCHDB_URL` that is none; as `installConfiguredLedger` for a CouchDB that cannot be used.
 */
export async function bringUp(options: BringUpOptions): Promise<Up> {
  const { chains, env, hostPort, storePort, onActivation, signal, onEnd } = options;
  const names = tenantsOf(chains);
  const data = await openDataDirectory(options, onEnd);
  const keys = data === undefined ? newKeys(names) : await keptKeys(data.keys, names);
  const store = data && (await startLedgerStore({ data, port: storePort, keys, env, onEnd }));
  signal.throwIfAborted();
  const host = await startHost({ port: hostPort, auth: keys.hostAuth, onActivation });
  onEnd(() => host.close());
  signal.throwIfAborted();
  // After the host, so that they end before it: a webhook under way is then kept, and not seen to fail.
  const tenants = await startTenants(options, names, data, keys);
  // Before any action that would write into it.
  const settings = { ...settingsOf(tenants, keys), ...store?.settings };
  if (store !== undefined) await installConfiguredLedger(settings);
  await deploy(chains, host, settings, onEnd);
  const web = `${host.url}/api/v1/web/${host.namespace}/cascade`;
  const webhookUrl = `${web}/webhook`;
  for (const { control, webhookSecret } of tenants) await control.pointWebhook(webhookUrl, webhookSecret);
  // Only now is there somebody to tell of what ended meanwhile.
  for (const { tenant } of tenants) tenant.release();
  return { host, store, tenants, webhookUrl, chainsUrl: `${web}/chains`, readApiKey: keys.readApiKey };
}

function tenantsOf({ apps }: CompiledChains): readonly TenantName[] {
  const named = new Set(Object.values(apps).map(({ tenant }) => tenant));
  return named.size === 0 ? [DEFAULT_TENANT] : [...named].sort(defaultFirst);
}

async function startTenants(
  { chains, tenantPort, signal, onEnd }: BringUpOptions,
  names: readonly TenantName[],
  data: DataDirectory | undefined,
  { webhookSecrets }: StartKeys,
): Promise<readonly UpTenant[]> {
  const up: UpTenant[] = [];
  for (const [index, name] of names.entries()) {
    const tenant = await startOnPort(index === 0 ? tenantPort : 0, data?.tenant(name));
    onEnd(() => tenant.close());
    signal.throwIfAborted();
    const control = simControl(tenant, signal);
    const past = await control.past();
    await control.seed(appsOf(name, chains));
    up.push({ name, tenant, control, webhookSecret: webhookSecrets[name] ?? '', past });
  }
  return up;
}

const defaultFirst = (a: TenantName, b: TenantName): number =>
  Number(b === DEFAULT_TENANT) - Number(a === DEFAULT_TENANT) || (a < b ? -1 : 1);

async function startOnPort(port: number, state: string | undefined): Promise<SimTenant> {
  try {
    return await startTenant({ port, isHeld: true, ...(state === undefined ? {} : { state }) });
  } catch (cause) {
    if (cause instanceof StateError) throw new CascadeError('SETTINGS_INVALID', cause.message, { cause });
    if ((cause as { code?: unknown }).code !== 'EADDRINUSE') throw cause;
    const message = `Port ${port}, which the simulated tenant wants, is in use. Stop what uses it, or choose another with --tenant-port (0 = any free one).`;
    throw new CascadeError('PORT_IN_USE', message, { cause });
  }
}

const appsOf = (tenant: TenantName, { apps }: CompiledChains): readonly SeededApp[] =>
  Object.values(apps)
    // Qlik Cloud has no app of another id: it is missing here, too, and check warns.
    .filter((app) => app.tenant === tenant && isUuid(app.appId))
    .map(({ appId, label, names }) => {
      const fails = names.some((name) => DEMO_FAILS.includes(name));
      return { id: appId, name: label, durationMs: RELOAD_MS, outcomes: [fails ? 'failed' : 'succeeded'] };
    });

/** Builds into a folder of its own, so that two runs on one machine do not meet. */
async function deploy(
  chains: CompiledChains,
  { url, auth }: LocalHost,
  env: Environment,
  onEnd: BringUpOptions['onEnd'],
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'cascade-'));
  onEnd(() => rm(directory, { recursive: true, force: true }));
  const manifestFile = join(directory, 'manifest.yaml');
  await copyFile(manifest, manifestFile);
  await buildActions(chains, join(directory, 'dist'));
  const client = openwhisk({ apihost: url, api_key: auth });
  await deployManifest({ manifestFile, client, env });
  // Without a ledger there is nothing to sweep.
  if (env['COUCHDB_URL']) await deploySchedule({ scheduleFile: schedule, client });
}

const settingsOf = (tenants: readonly UpTenant[], { readApiKey }: StartKeys): Readonly<Record<string, string>> => ({
  QLIK_TENANTS: JSON.stringify(tenants.map(({ name, tenant: { url, apiKey } }) => ({ name, url, apiKey }))),
  WEBHOOK_TENANTS: JSON.stringify(
    tenants.map(({ name, tenant: { tenantId }, webhookSecret }) => ({ name, id: tenantId, secrets: [webhookSecret] })),
  ),
  READ_API_KEY: readApiKey,
});

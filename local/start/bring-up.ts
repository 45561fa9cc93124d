import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openwhisk from 'openwhisk';
import { buildActions } from '../../build/build-actions.ts';
import { type SimTenant, startTenant } from '../../sim/start-tenant.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import { DEFAULT_TENANT, type TenantName } from '../../src/core/names.ts';
import { deployManifest } from '../../src/deploy/deploy-manifest.ts';
import { type HostOptions, type LocalHost, startHost } from '../host/start-host.ts';
import { DEMO_FAILS } from './demo.ts';
import { type SeededApp, type SimControl, simControl } from './sim-control.ts';

/** A simulated tenant that is up, under the name that the chain files have for it. */
export interface UpTenant {
  readonly name: TenantName;
  readonly tenant: SimTenant;
  readonly control: SimControl;
  readonly webhookSecret: string;
}

/** Everything that `npm start` brings up. */
export interface Up {
  readonly host: LocalHost;
  readonly tenants: readonly UpTenant[];
  readonly webhookUrl: string;
  readonly chainsUrl: string;
  readonly readApiKey: string;
}

export interface BringUpOptions {
  readonly chains: CompiledChains;
  readonly hostPort: number;
  readonly tenantPort: number;
  readonly onActivation: NonNullable<HostOptions['onActivation']>;
  /** Aborted when everything has to end. */
  readonly signal: AbortSignal;
  /** Is told how to end each part as soon as the part is there. */
  readonly onEnd: (end: () => Promise<unknown>) => void;
}

/** Long enough to be seen. */
const RELOAD_MS = 600;

const manifest = fileURLToPath(new URL('../../manifest.yaml', import.meta.url));

const newSecret = (): string => randomBytes(24).toString('hex');

/**
 * Starts one simulated tenant for each tenant that the chains name, seeds their apps, starts the host, builds and deploys
 * the actions, and points a webhook of each tenant at them. Secrets are new each time.
 *
 * @throws CascadeError PORT_IN_USE.
 */
export async function bringUp(options: BringUpOptions): Promise<Up> {
  const { chains, hostPort, onActivation, signal, onEnd } = options;
  const tenants = await startTenants(options);
  const host = await startHost({ port: hostPort, onActivation });
  onEnd(() => host.close());
  signal.throwIfAborted();
  const readApiKey = newSecret();
  await deploy(chains, host, tenants, readApiKey, onEnd);
  const web = `${host.url}/api/v1/web/${host.namespace}/cascade`;
  const webhookUrl = `${web}/webhook`;
  for (const { control, webhookSecret } of tenants) await control.createWebhook(webhookUrl, webhookSecret);
  return { host, tenants, webhookUrl, chainsUrl: `${web}/chains`, readApiKey };
}

async function startTenants({ chains, tenantPort, signal, onEnd }: BringUpOptions): Promise<readonly UpTenant[]> {
  const named = new Set(Object.values(chains.apps).map(({ tenant }) => tenant));
  const names = named.size === 0 ? [DEFAULT_TENANT] : [...named].sort(defaultFirst);
  const up: UpTenant[] = [];
  for (const [index, name] of names.entries()) {
    const tenant = await startOnPort(index === 0 ? tenantPort : 0);
    onEnd(() => tenant.close());
    signal.throwIfAborted();
    const control = simControl(tenant, signal);
    await control.seed(appsOf(name, chains));
    up.push({ name, tenant, control, webhookSecret: newSecret() });
  }
  return up;
}

const defaultFirst = (a: TenantName, b: TenantName): number =>
  Number(b === DEFAULT_TENANT) - Number(a === DEFAULT_TENANT) || (a < b ? -1 : 1);

async function startOnPort(port: number): Promise<SimTenant> {
  try {
    return await startTenant({ port });
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'EADDRINUSE') throw cause;
    const message = `Port ${port}, which the simulated tenant wants, is in use. Stop what uses it, or choose another with --tenant-port (0 = any free one).`;
    throw new CascadeError('PORT_IN_USE', message, { cause });
  }
}

const appsOf = (tenant: TenantName, { apps }: CompiledChains): readonly SeededApp[] =>
  Object.values(apps)
    .filter((app) => app.tenant === tenant)
    .map(({ appId, label, names }) => {
      const fails = names.some((name) => DEMO_FAILS.includes(name));
      return { id: appId, name: label, durationMs: RELOAD_MS, outcomes: [fails ? 'failed' : 'succeeded'] };
    });

/** Builds into a folder of its own, so that two runs on one machine do not meet. */
async function deploy(
  chains: CompiledChains,
  { url, auth }: LocalHost,
  tenants: readonly UpTenant[],
  readApiKey: string,
  onEnd: BringUpOptions['onEnd'],
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'cascade-'));
  onEnd(() => rm(directory, { recursive: true, force: true }));
  const manifestFile = join(directory, 'manifest.yaml');
  await copyFile(manifest, manifestFile);
  await buildActions(chains, join(directory, 'dist'));
  const client = openwhisk({ apihost: url, api_key: auth });
  await deployManifest({ manifestFile, client, env: settingsOf(tenants, readApiKey) });
}

const settingsOf = (tenants: readonly UpTenant[], readApiKey: string): Readonly<Record<string, string>> => ({
  QLIK_TENANTS: JSON.stringify(tenants.map(({ name, tenant: { url, apiKey } }) => ({ name, url, apiKey }))),
  WEBHOOK_TENANTS: JSON.stringify(
    tenants.map(({ name, tenant: { tenantId }, webhookSecret }) => ({ name, id: tenantId, secrets: [webhookSecret] })),
  ),
  READ_API_KEY: readApiKey,
});

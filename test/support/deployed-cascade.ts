import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openwhisk from 'openwhisk';
import { buildActions } from '../../build/build-actions.ts';
import { RAISED_LIMITS } from '../../local/host/limits.ts';
import { type LocalHost, startHost } from '../../local/host/start-host.ts';
import { type SimTenant, startTenant } from '../../sim/start-tenant.ts';
import { compileDirectory } from '../../src/chain-files/compile-directory.ts';
import { deployManifest } from '../../src/deploy/deploy-manifest.ts';
import { until } from './until.ts';

/** A secret of 32 characters, the shortest that Qlik allows. */
export const WEBHOOK_SECRET = '0123456789abcdef0123456789abcdef';
export const READ_API_KEY = 'a-reader-of-the-chains';

/** Cascade on a local host with a simulated tenant. It is built and deployed in the usual way. */
export interface DeployedCascade {
  readonly host: LocalHost;
  readonly tenant: SimTenant;
  readonly webhookUrl: string;
  /** The folder with `manifest.yaml` and `dist/`. */
  readonly folder: string;
  /** Every activation record that the host stored so far. */
  readonly activations: readonly ActivationRecord[];
  /** Calls the tenant with its API key. Bodies are JSON in both directions. */
  tenantCall(method: string, path: string, body?: unknown): Promise<TenantAnswer>;
  /** How often each app was started by the API, by app id. */
  started(): Promise<Readonly<Record<string, number>>>;
  /** Resolves when `is` holds. After 20 s it rejects with an error that has `what`. */
  until(what: string, is: () => boolean | Promise<boolean>): Promise<void>;
  close(): Promise<void>;
}

/** The part of a record that tests look at. */
interface ActivationRecord {
  readonly activationId: string;
  readonly name: string;
  readonly logs: readonly string[];
  readonly response: { readonly result: unknown; readonly success: boolean };
}

interface TenantAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read into whatever the tenant answers
  readonly json: any;
}

export interface DeployOptions {
  /** The texts of the chain files, by name. */
  readonly chains: Readonly<Record<string, string>>;
  /** Settings beside those of the one tenant, its webhook's secret and the reader's key. `''` removes a setting. */
  readonly settings?: (tenant: SimTenant) => Readonly<Record<string, string>>;
  /** Multiplies the lengths of time in the ledger's protocols (`build/build-actions.ts`); default 1. */
  readonly timeFactor?: number;
}

const UNTIL_MS = 20_000;
const manifest = fileURLToPath(new URL('../../manifest.yaml', import.meta.url));

/** Builds, deploys and starts everything on free ports. */
export async function deployCascade({ chains, settings, timeFactor = 1 }: DeployOptions): Promise<DeployedCascade> {
  const activations: ActivationRecord[] = [];
  const tenant = await startTenant({ port: 0 });
  const host = await startHost({ port: 0, limits: RAISED_LIMITS, onActivation: (record) => activations.push(record) });
  const folder = await makeFolder(chains, timeFactor);
  const env = {
    QLIK_TENANT_URL: tenant.url,
    QLIK_API_KEY: tenant.apiKey,
    QLIK_TENANT_ID: tenant.tenantId,
    WEBHOOK_SECRET,
    READ_API_KEY,
    ...settings?.(tenant),
  };
  const client = openwhisk({ apihost: host.url, api_key: host.auth });
  await deployManifest({ manifestFile: join(folder, 'manifest.yaml'), env, client });
  const tenantCall = callerOf(tenant);
  return {
    host,
    tenant,
    folder,
    webhookUrl: `${host.url}/api/v1/web/${host.namespace}/cascade/webhook`,
    activations,
    tenantCall,
    async started() {
      const { json } = await tenantCall('GET', '/_sim/journal?after=0');
      const counts: Record<string, number> = {};
      for (const { kind, status, type, appId } of json.data) {
        if (kind === 'reload' && status === 'QUEUED' && type === 'external') counts[appId] = (counts[appId] ?? 0) + 1;
      }
      return counts;
    },
    until: async (what, is) => void (await until(what, is, UNTIL_MS)),
    async close() {
      await Promise.all([host.close(), tenant.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function makeFolder(chains: DeployOptions['chains'], timeFactor: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cascade-deployed-'));
  await mkdir(join(folder, 'chains'));
  for (const [name, text] of Object.entries(chains)) await writeFile(join(folder, 'chains', name), text);
  const { compiled, problems } = await compileDirectory(join(folder, 'chains'));
  if (compiled === undefined) throw new Error(`The test's chains have mistakes: ${JSON.stringify(problems)}`);
  await buildActions(compiled, join(folder, 'dist'), { timeFactor });
  await copyFile(manifest, join(folder, 'manifest.yaml'));
  return folder;
}

const callerOf =
  (tenant: SimTenant) =>
  async (method: string, path: string, body?: unknown): Promise<TenantAnswer> => {
    const response = await fetch(`${tenant.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${tenant.apiKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: text === '' ? undefined : JSON.parse(text) };
  };

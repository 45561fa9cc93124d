import { randomBytes } from 'node:crypto';
import type { CompiledChains } from '../../src/core/link.ts';
import type { Environment } from '../../src/deploy/environment.ts';
import { installConfiguredLedger } from '../../src/deploy/install-configured-ledger.ts';
import type { Say } from '../bench.ts';
import type { Servers } from '../servers.ts';
import type { DeployerOptions } from '../support/deploy-bundles.ts';
import { type BenchHost, startBenchHost } from './start-bench-host.ts';
import { type BenchStore, startBenchStore } from './start-bench-store.ts';
import { type BenchTenant, startBenchTenant } from './start-bench-tenant.ts';
import { sweep } from './sweep.ts';

/**
 * Host, tenant and store, with Cascade and its ledger on them. Each runs in a process of its own, unless it is given.
 */
export interface LedgerRig {
  readonly host: BenchHost;
  readonly tenant: BenchTenant;
  readonly store: BenchStore;
  /** The secret with which webhooks are signed. */
  readonly secret: string;
  /** The settings of the deployment. */
  readonly env: Environment;
  close(): Promise<void>;
}

export interface LedgerRigOptions extends DeployerOptions {
  /** The given servers. The others are started. */
  readonly servers: Servers;
  readonly chains: CompiledChains;
  /** The tenant's switches. */
  readonly switches?: Readonly<Record<string, unknown>>;
  /** Whether the tenant sends webhooks; default: true. */
  readonly hasWebhook?: boolean;
  /** Further settings of the deployment. */
  readonly settings?: Environment;
  /** Returns settings that replace the store's own. It is called when the store is up. */
  readonly storeEnv?: (store: BenchStore) => Promise<Environment>;
}

/** Starts all three, points the tenant's webhook at Cascade, and sweeps once. From then on every end counts. */
export async function startLedgerRig(options: LedgerRigOptions, say: Say): Promise<LedgerRig> {
  const { servers, chains, switches = {}, hasWebhook = true, storeEnv, settings = {}, ...deployed } = options;
  const parts: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    for (const part of parts.splice(0).reverse()) await part.close();
  };
  const added = <Part extends { close(): Promise<void> }>(part: Part): Part => {
    parts.push(part);
    return part;
  };
  try {
    const store = added(await startBenchStore(servers));
    const tenant = added(await startBenchTenant(chains, switches));
    const secret = randomBytes(24).toString('hex');
    const { url, apiKey, tenantId } = tenant.ready;
    const keys = { WEBHOOK_SECRET: secret, READ_API_KEY: secret, QLIK_TENANT_ID: tenantId };
    const env = {
      ...store.settings,
      QLIK_TENANT_URL: url,
      QLIK_API_KEY: apiKey,
      ...keys,
      ...settings,
      ...(await storeEnv?.(store)),
    };
    // Installs the ledger as deployment does, now that the tenant's address is known.
    await installConfiguredLedger(env);
    const host = added(await startBenchHost({ chains, env, options: deployed }, servers, say));
    if (hasWebhook) await tenant.pointWebhook(host.webhookUrl, secret);
    const rig = { host, tenant, store, secret, env, close };
    await sweep(rig);
    say(
      `Host, tenant and store are up. Times of the ledger × ${deployed.timeFactor ?? 1}; the tenant has no rate limits.`,
    );
    return rig;
  } catch (error) {
    await close();
    throw error;
  }
}

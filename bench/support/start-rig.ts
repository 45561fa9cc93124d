import { createHmac, randomBytes } from 'node:crypto';
import type { HostLimits } from '../../local/host/start-host.ts';
import { simControl } from '../../local/start/sim-control.ts';
import { deployerTo } from './deploy-bundles.ts';
import { fanOutChains, targetOf, upstreamOf } from './fan-out-chains.ts';
import type { Expected, HostReady, HostWanted, SeenCalls, TenantReady, TenantWanted } from './processes.ts';
import { startProcess } from './start-process.ts';
import { webhookBody } from './webhook-body.ts';

/** One `POST /api/v1/reloads` that the tenant saw. Instants are in epoch ms with fractions. */
export interface ReloadPost {
  readonly appId: string;
  readonly status: number;
  readonly receivedAt: number;
  readonly answeredAt: number;
}

/** A simulated tenant and a host with Cascade on it, each in a process of its own. */
export interface Rig {
  readonly host: HostReady;
  readonly tenant: TenantReady;
  /** Deploys Cascade anew: its actions are cold again. */
  deploy(): Promise<void>;
  /** Posts the signed webhook of an app whose end calls for `size` others. @returns the answer's status. */
  postWebhook(size: number): Promise<number>;
  /** Waits until so many activations of each action are over. @returns what the host saw since the last call. */
  seen(expected: Expected['activations'], patienceMs?: number): Promise<SeenCalls>;
  /** Returns the POSTs that the tenant has answered since the last call. */
  posts(): Promise<readonly ReloadPost[]>;
  close(): Promise<void>;
}

export interface RigOptions {
  /** The sizes of the fan-outs that the chains have. */
  readonly sizes: readonly number[];
  readonly limits: HostLimits;
  /** How long the tenant takes for each call. */
  readonly latencyMs: number;
}

const PATIENCE_MS = 60_000;

/** Starts both processes and deploys Cascade. */
export async function startRig({ sizes, limits, latencyMs }: RigOptions): Promise<Rig> {
  const secret = randomBytes(24).toString('hex');
  const apps = [...sizes.map(upstreamOf), ...Array.from({ length: Math.max(...sizes) }, (_, index) => targetOf(index))];
  const tenant = await startProcess<TenantReady>('./tenant-process.ts', {
    switches: { 'api.latencyMs': latencyMs, 'api.reloadsPer5Min': 1_000_000, 'reloads.concurrency': 10_000 },
    apps: apps.map(({ appId }) => ({ id: appId, name: appId })),
  } satisfies TenantWanted);
  const host = await startProcess<HostReady>('./host-process.ts', { limits } satisfies HostWanted);
  const { url, apiKey, tenantId } = tenant.ready;
  const env = { QLIK_TENANT_URL: url, QLIK_API_KEY: apiKey, WEBHOOK_SECRET: secret, READ_API_KEY: secret };
  const deployer = await deployerTo(host.ready, fanOutChains(sizes), env);
  await deployer.deploy();
  const control = simControl(tenant.ready, new AbortController().signal);
  let [told, reloads] = [0, 0];
  return {
    host: host.ready,
    tenant: tenant.ready,
    deploy: deployer.deploy,
    async postWebhook(size) {
      reloads += 1;
      const body = webhookBody(upstreamOf(size), tenantId, `reload-${reloads}`, new Date());
      const signature = createHmac('sha256', secret).update(body).digest('hex');
      const response = await fetch(`${host.ready.url}/api/v1/web/${host.ready.namespace}/cascade/webhook`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'qlik-signature': signature },
        body,
      });
      await response.text();
      return response.status;
    },
    seen: async (activations, patienceMs = PATIENCE_MS) =>
      (await host.ask({ activations } satisfies Expected, patienceMs)) as SeenCalls,
    async posts() {
      const entries = await control.journal(told);
      told = entries.at(-1)?.seq ?? told;
      const isPost = ({ kind, method, path }: (typeof entries)[number]): boolean =>
        kind === 'request' && method === 'POST' && path === '/api/v1/reloads';
      return entries.filter(isPost) as unknown as readonly ReloadPost[];
    },
    async close() {
      await Promise.all([host.close(), tenant.close(), deployer.close()]);
    },
  };
}

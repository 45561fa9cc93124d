import { DEFAULT_LIMITS, RAISED_LIMITS } from '../../local/host/start-host.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import type { Environment } from '../../src/deploy/environment.ts';
import { type DeployerOptions, deployerTo } from '../support/deploy-bundles.ts';
import type { HostReady, HostWanted } from '../support/processes.ts';
import { type Killable, startKillable } from './killable.ts';

/**
 * As many in a minute as one likes, but at once no more than OpenWhisk's default. Without that a host that comes back cold
 * into a storm starts ever more containers, on two cores, and none is warm in time: it would refuse nobody, and serve nobody.
 */
const LIMITS = { ...RAISED_LIMITS, concurrentInvocations: DEFAULT_LIMITS.concurrentInvocations };

/** A local host in a process of its own, limits raised, with Cascade on it. */
export interface BenchHost extends Killable<HostReady> {
  /** Where Qlik's webhook points. */
  readonly webhookUrl: string;
  /** A call below `/api/v1/namespaces/_/` with the key; the answer's status and JSON. */
  rest(method: string, path: string, body?: object): Promise<Answered>;
}

export interface Answered {
  readonly status: number;
  readonly json: unknown;
}

/** Starts and deploys; what comes back after a kill is deployed anew, as a local host keeps nothing. */
export async function startBenchHost(
  chains: CompiledChains,
  env: Environment,
  options: DeployerOptions,
): Promise<BenchHost> {
  const host = await startKillable<HostReady>(
    './host-process.ts',
    { limits: LIMITS } satisfies HostWanted,
    ({ url, auth }) => ({ port: Number(new URL(url).port), auth }),
  );
  const { url, auth, namespace } = host.ready;
  const deployer = await deployerTo(host.ready, chains, env, options);
  await deployer.deploy('cascade');
  const authorization = `Basic ${Buffer.from(auth).toString('base64')}`;
  return {
    ...host,
    webhookUrl: `${url}/api/v1/web/${namespace}/cascade/webhook`,
    async rest(method, path, body) {
      const headers = { authorization, 'content-type': 'application/json' };
      const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
      const response = await fetch(`${url}/api/v1/namespaces/_/${path}`, init);
      return { status: response.status, json: await response.json() };
    },
    async restart() {
      await host.restart();
      await deployer.deploy('cascade');
    },
    async close() {
      await host.close();
      await deployer.close();
    },
  };
}

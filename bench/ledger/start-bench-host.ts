import { randomBytes } from 'node:crypto';
import { DEFAULT_HOST_LIMITS, RAISED_LIMITS } from '../../local/host/start-host.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import type { Environment } from '../../src/deploy/environment.ts';
import type { Say } from '../bench.ts';
import type { OpenWhiskServer, Servers } from '../servers.ts';
import { type DeployerOptions, deployerTo } from '../support/deploy-bundles.ts';
import type { HostReady, HostWanted } from '../support/processes.ts';
import { removedAtEnd } from '../support/removed-at-end.ts';
import { type Killable, neverKilled, startKillable } from './killable.ts';

/**
 * No limit for a minute, but OpenWhisk's default for concurrent invocations. Without that limit, a cold host in a storm
 * would start ever more containers on two cores, and none would be warm in time. It would refuse no call and answer
 * none.
 */
const LIMITS = { ...RAISED_LIMITS, concurrentInvocations: DEFAULT_HOST_LIMITS.concurrentInvocations };

/** A host with Cascade on it: a local one in a process of its own, with raised limits, or a given one. */
export interface BenchHost extends Killable<HostReady> {
  /** The package with Cascade. */
  readonly packageName: string;
  /** The address for Qlik's webhook. */
  readonly webhookUrl: string;
  /** Makes a call below `/api/v1/namespaces/_/` with the key. @returns the answer's status and JSON. */
  rest(method: string, path: string, body?: object): Promise<Answered>;
}

export interface Answered {
  readonly status: number;
  readonly json: unknown;
}

/** What to deploy on a host. */
export interface Deployment {
  readonly chains: CompiledChains;
  readonly env: Environment;
  readonly options: DeployerOptions;
}

/** Starts a host and deploys Cascade. On a given host it deploys into a package of its own. */
export function startBenchHost(deployment: Deployment, { openwhisk }: Servers, say: Say): Promise<BenchHost> {
  return openwhisk === undefined ? startOwnHost(deployment) : useGivenHost(deployment, openwhisk, say);
}

/** Starts a local host. After a kill it deploys again, as a local host keeps nothing. */
async function startOwnHost({ chains, env, options }: Deployment): Promise<BenchHost> {
  const host = await startKillable<HostReady>(
    './host-process.ts',
    { limits: LIMITS } satisfies HostWanted,
    ({ url, auth }) => ({ port: Number(new URL(url).port), auth }),
  );
  const deployer = await deployerTo(host.ready, chains, env, options);
  await deployer.deploy();
  return {
    ...host,
    ...addressesOf(host.ready, 'cascade'),
    rest: restOf(host.ready),
    async restart() {
      await host.restart();
      await deployer.deploy();
    },
    async close() {
      await host.close();
      await deployer.close();
    },
  };
}

/** The benchmarks make more calls than OpenWhisk's default limits let through. */
const MANY_A_MINUTE = 10_000;

async function useGivenHost(
  { chains, env, options }: Deployment,
  server: OpenWhiskServer,
  say: Say,
): Promise<BenchHost> {
  const rest = restOf(server);
  const namespace = await namespaceOf(server);
  const { invocationsPerMinute } = (await rest('GET', 'limits')).json as { readonly invocationsPerMinute?: number };
  if (invocationsPerMinute !== undefined && invocationsPerMinute < MANY_A_MINUTE) {
    say(
      `The host takes ${invocationsPerMinute} invocations a minute: raise that, or the figures are those of its 429s.`,
    );
  }
  const packageName = `cascade-bench-${randomBytes(6).toString('hex')}`;
  const deployer = await deployerTo(server, chains, env, { ...options, packageName });
  const close = removedAtEnd(async () => {
    await deployer.close();
    await removePackages(rest, packageName);
  });
  try {
    await deployer.deploy();
  } catch (error) {
    await close();
    throw error;
  }
  const ready = { ...server, namespace };
  return { ready, ...addressesOf(ready, packageName), rest, ...neverKilled('host'), close };
}

const addressesOf = ({ url, namespace }: HostReady, packageName: string) => ({
  packageName,
  webhookUrl: `${url}/api/v1/web/${encodeURIComponent(namespace)}/${packageName}/webhook`,
});

const headersFor = (auth: string): Readonly<Record<string, string>> => ({
  authorization: `Basic ${Buffer.from(auth).toString('base64')}`,
  'content-type': 'application/json',
});

function restOf({ url, auth }: OpenWhiskServer): BenchHost['rest'] {
  return async (method, path, body) => {
    const init = { method, headers: headersFor(auth), ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await fetch(`${url}/api/v1/namespaces/_/${path}`, init);
    return { status: response.status, json: await response.json() };
  };
}

async function namespaceOf({ url, auth }: OpenWhiskServer): Promise<string> {
  const response = await fetch(`${url}/api/v1/namespaces`, { headers: headersFor(auth) });
  if (!response.ok) throw new Error(`OpenWhisk answered ${response.status} to GET namespaces: is --auth its key?`);
  const [namespace] = (await response.json()) as readonly string[];
  if (namespace === undefined) throw new Error('The key of --auth has no namespace.');
  return namespace;
}

/** Removes the package `name`, and those whose names begin with it. A benchmark has made them beside Cascade. */
async function removePackages(rest: BenchHost['rest'], name: string): Promise<void> {
  const named = async (path: string): Promise<readonly string[]> => {
    const { json } = await rest('GET', path);
    return (json as readonly { readonly name: string }[]).map((each) => each.name);
  };
  for (const each of (await named('packages?limit=200')).filter((found) => found.startsWith(name))) {
    for (const action of await named(`actions/${each}/?limit=200`)) await rest('DELETE', `actions/${each}/${action}`);
    const { status } = await rest('DELETE', `packages/${each}`);
    if (status !== 200) throw new Error(`The package ${each} is still on the host: it answered ${status}.`);
  }
}

import { type SimControl, simControl } from '../../local/start/sim-control.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import { type Control, controlOf } from '../sim/control.ts';
import type { TenantReady, TenantWanted } from '../support/processes.ts';
import { startProcess } from '../support/start-process.ts';

/** One reload in the tenant's own list. */
export interface TenantReload {
  readonly id: string;
  readonly appId: string;
  readonly type: string;
}

/** A simulated tenant in a process of its own, without rate limits. */
export interface BenchTenant extends Pick<SimControl, 'pointWebhook' | 'past'> {
  readonly ready: TenantReady;
  readonly call: Control['call'];
  /** Reads all reloads that there ever were, by the tenant's API. */
  reloads(): Promise<readonly TenantReload[]>;
  close(): Promise<void>;
}

const MANY = 1_000_000;
const WITHOUT_LIMITS = {
  'api.reloadsPer5Min': MANY,
  'api.tier1Per5Min': MANY,
  'api.tier2Per5Min': MANY,
  'reloads.concurrency': 10_000,
};

/** Starts a tenant with the apps of the chains. Their reloads succeed at once. */
export async function startBenchTenant(
  { apps }: CompiledChains,
  switches: Readonly<Record<string, unknown>>,
): Promise<BenchTenant> {
  const tenant = await startProcess<TenantReady>('./tenant-process.ts', {
    switches: { ...WITHOUT_LIMITS, ...switches },
    apps: Object.values(apps).map(({ appId }) => ({ id: appId, name: appId })),
  } satisfies TenantWanted);
  const { ready } = tenant;
  const { call } = controlOf(ready);
  const { pointWebhook, past } = simControl(ready, new AbortController().signal);
  return { ready, call, pointWebhook, past, reloads: () => listAll(ready), close: tenant.close };
}

interface Page {
  readonly data: readonly TenantReload[];
  readonly links?: { readonly next?: { readonly href: string } };
}

async function listAll({ url, apiKey }: TenantReady): Promise<readonly TenantReload[]> {
  const all: TenantReload[] = [];
  let next: string | undefined = `${url}/api/v1/reloads?limit=100&sort=creationTime`;
  while (next !== undefined) {
    const response = await fetch(next, { headers: { authorization: `Bearer ${apiKey}` } });
    if (!response.ok) throw new Error(`The tenant answered ${response.status} to its list: ${await response.text()}`);
    const { data, links } = (await response.json()) as Page;
    all.push(...data);
    next = links?.next?.href;
  }
  return all;
}

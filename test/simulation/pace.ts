import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { NamespaceLimits } from '../../src/clients/openwhisk/invoker-port.ts';
import type { Link } from '../../src/core/link.ts';
import type { AppId, AppRef, ChainName, TenantName } from '../../src/core/names.ts';
import { runWorld } from './run-world.ts';
import { FAULT_NAMES } from './world/faults.ts';
import { SCENARIOS, type Scenario } from './world/scenarios.ts';
import type { Topology } from './world/topology.ts';
import type { TraceLine } from './world/trace.ts';
import type { Post, World } from './world/world.ts';

/** How a tenant and a host are set up, and how many apps follow one end. */
export interface PaceOptions {
  readonly targets: number;
  /** How many POSTs the tenant takes in five minutes. */
  readonly rate: number;
  readonly limits: NamespaceLimits;
  /** If false, no order gets a slot. All waiting orders then start at once when the gate opens. */
  readonly hasSlots: boolean;
  readonly seed?: number;
  /** Whether activations crash now and then, before or after one of their calls. No other fault happens. */
  readonly doCrash?: boolean;
}

/** The result of starting all targets after one end. */
export interface PaceReport {
  readonly started: number;
  /** From the first POST to the last that the tenant took. */
  readonly makespanMs: number;
  /** The shortest such time that the tenant's limit allows. */
  readonly optimumMs: number;
  readonly posts: number;
  /** POSTs that were answered 429 for rate. */
  readonly refused: number;
  /** POSTs before the `Retry-After` of an earlier 429 had ended, except those that were on their way. */
  readonly early: number;
  /** The most activations of `reload` at once. Each has a container of its own. */
  readonly mostAtOnce: number;
  /**
   * How unfair the order of starts was: the longest time by which a started order had begun to wait later than one that
   * still waited.
   */
  readonly longestOvertakenMs: number;
  readonly violation?: string;
}

const TENANT = 'default' as TenantName;
const MINUTE_MS = 60_000;
const WINDOW_MS = 5 * MINUTE_MS;
const LIMITED = 'HTTP-429';
const HOURS = 3;
/** An activation that read the gate before the 429 may still send its POST for so long. */
const ON_THEIR_WAY_MS = 12_000;

/** 15 of 100 activations crash at one of their calls. */
const CRASHES: Scenario = { about: 'crashes', factor: 1, likelihoods: { 'crash-before': 0.05, 'crash-after': 0.1 } };
const NO_CRASH = FAULT_NAMES.filter((name) => name !== 'crash-before' && name !== 'crash-after');

function fan(targets: number): Topology {
  const [first, ...others] = Array.from(
    { length: targets + 1 },
    (_, index): AppRef => ({ tenant: TENANT, appId: `app-${String(index).padStart(4, '0')}` as AppId }),
  );
  if (first === undefined) throw new Error('There is no app.');
  const chain = 'fan' as ChainName;
  const links = others.map(
    (target): Link => ({ chain, after: first, target, on: 'succeeded', clause: 's', body: {}, paused: false }),
  );
  return {
    tenants: [TENANT],
    apps: [first, ...others],
    stranger: { tenant: TENANT, appId: 'stranger' as AppId },
    links,
  };
}

/**
 * Removes the reason from each due document. So a sweep does not see which orders wait at a gate, and starts all of
 * them as soon as they are due.
 */
const withoutSlots = (port: CouchPort): CouchPort => ({
  ...port,
  due: async (range) => {
    const page = await port.due(range);
    return { ...page, documents: page.documents.map(withoutReason) };
  },
});

const withoutReason = ({ reason: _, ...document }: StoredDocument): StoredDocument =>
  document as unknown as StoredDocument;

/** Lets one end call for more reloads than the tenant takes in five minutes, and runs until all are started. */
export async function pace({
  targets,
  rate,
  limits,
  hasSlots,
  seed = 1,
  doCrash = false,
}: PaceOptions): Promise<PaceReport> {
  const posts: Post[] = [];
  let [running, most] = [0, 0];
  const write = ({ actor, op }: TraceLine): void => {
    if (!actor.startsWith('reload#')) return;
    if (op === 'host.start') running += 1;
    if (op === 'host.end') running -= 1;
    most = Math.max(most, running);
  };
  const plan = (world: World): void => {
    world.onPost = (post) => posts.push(post);
    world.scheduler.after(2 * MINUTE_MS, () => {
      world.tenantOf({ tenant: TENANT }).accept({ appId: 'app-0000', type: 'hub', userId: 'person', body: {} });
    });
  };
  const { violation } = await runWorld(
    {
      ...{ seed, hours: HOURS, apps: targets + 1, without: doCrash ? NO_CRASH : [], rate, limits, write },
      topology: fan(targets),
      scenario: {
        ...(doCrash ? CRASHES : SCENARIOS.calm),
        traits: {
          echo: 'both',
          isEveryReloadFine: true,
          isEngineEventSent: false,
          isSlow: false,
          page: 100,
          isAdmin: true,
        },
      },
      ...(!hasSlots && { wrapStore: withoutSlots }),
    },
    plan,
  );
  const taken = posts.filter(({ told }) => told === '201').map(({ at }) => at);
  const refusals = posts.filter(({ told }) => told === LIMITED);
  // When the tenant first refused each order.
  const refusedAt = new Map<string, number>();
  for (const { resourceId, at } of refusals) if (!refusedAt.has(resourceId)) refusedAt.set(resourceId, at);
  const [first = 0] = posts.map(({ at }) => at);
  return {
    started: taken.length,
    makespanMs: Math.max(...taken) - first,
    optimumMs: Math.floor((targets - 1) / rate) * WINDOW_MS,
    posts: posts.length,
    refused: refusals.length,
    early: posts.filter(({ at }) => refusals.some((each) => each.at + ON_THEIR_WAY_MS < at && at < each.limitedUntil))
      .length,
    mostAtOnce: most,
    longestOvertakenMs: longestOvertakenMs(posts, refusedAt),
    ...(violation !== undefined && { violation: `${violation.kind}: ${violation.message}` }),
  };
}

function longestOvertakenMs(posts: readonly Post[], refusedAt: ReadonlyMap<string, number>): number {
  const startedAt = new Map(posts.filter(({ told }) => told === '201').map(({ resourceId, at }) => [resourceId, at]));
  const waits = [...refusedAt].map(([id, from]) => ({ from, until: startedAt.get(id) ?? Number.POSITIVE_INFINITY }));
  return Math.max(0, ...waits.flatMap((a) => waits.filter((b) => b.from > a.from).map((b) => a.until - b.until)));
}

import { isDeepStrictEqual } from 'node:util';
import type { Link } from '../../src/core/link.ts';
import type { AppId, AppRef, ChainName, TenantName } from '../../src/core/names.ts';
import { type RunResult, runWorld } from './run-world.ts';
import type { Topology } from './world/topology.ts';
import type { World } from './world/world.ts';

/** A point at which the end was not as without a crash. */
export interface BadPoint {
  /** The number of the change to the world after which its maker crashed, from 1. */
  readonly effect: number;
  readonly why: string;
}

/** What came of crashing everywhere. */
export interface CrashReport {
  /** Changes to the world in the run without a crash. */
  readonly points: number;
  readonly tried: number;
  readonly bad: readonly BadPoint[];
}

const TENANT = 'default' as TenantName;
const LEVELS = [2, 4, 6] as const;
const SEED = 20_261_122;
const MINUTE_MS = 60_000;

const app = (level: number, index: number): AppRef => ({ tenant: TENANT, appId: `app-${level}-${index}` as AppId });

/** Twelve apps in three levels: each app of a level is followed by two or more of the next. */
function threeLevels(): Topology {
  const apps = LEVELS.flatMap((count, level) => Array.from({ length: count }, (_, index) => app(level, index)));
  const links = [1, 2].flatMap((level) =>
    Array.from({ length: LEVELS[level] ?? 0 }, (_, index): Link => {
      const after = app(level - 1, index % (LEVELS[level - 1] ?? 1));
      const chain = `level-${level}` as ChainName;
      return { chain, after, target: app(level, index), on: 'succeeded', clause: 's', body: {}, paused: false };
    }),
  );
  return { tenants: [TENANT], apps, stranger: { tenant: TENANT, appId: 'app-stranger' as AppId }, links };
}

/** A person reloads the apps of the first level; nothing else happens by itself. */
function reloadFirstLevel(world: World): void {
  const tenant = world.tenantOf({ tenant: TENANT });
  for (let index = 0; index < LEVELS[0]; index += 1) {
    world.scheduler.after(MINUTE_MS, () => {
      tenant.accept({ appId: app(0, index).appId, type: 'hub', userId: 'person', body: {} });
    });
  }
}

const runWith = (crashAfterEffect?: number): Promise<RunResult> =>
  runWorld(
    {
      ...{ seed: SEED, hours: 1, apps: 12, without: [], topology: threeLevels() },
      scenario: { about: '', factor: 0, traits: { isEveryReloadFine: true, pendingCovers: 'active', isAdmin: true } },
      ...(crashAfterEffect === undefined ? {} : { crashAfterEffect }),
    },
    reloadFirstLevel,
  );

/**
 * Runs twelve apps in three levels once without a crash, counting the changes that anybody makes to the store, the tenant
 * and the host; then once for each of them with a crash right after it.
 *
 * @param every - tries only each so-many-eth point.
 */
export async function crashEverywhere(every = 1): Promise<CrashReport> {
  const calm = await runWith();
  if (calm.violation !== undefined) throw new Error(`Without a crash: ${calm.violation.message}`);
  const bad: BadPoint[] = [];
  let tried = 0;
  for (let effect = 1; effect <= calm.effects; effect += every) {
    const why = difference(await runWith(effect), calm);
    tried += 1;
    if (why !== undefined) bad.push({ effect, why });
  }
  return { points: calm.effects, tried, bad };
}

function difference({ violation, orders }: RunResult, calm: RunResult): string | undefined {
  if (violation !== undefined) return `${violation.kind}: ${violation.message}`;
  if (isDeepStrictEqual(orders, calm.orders)) return undefined;
  return `the orders ended otherwise: ${JSON.stringify(orders.filter(({ state, starts }) => state !== 'ended' || starts !== 1))}`;
}

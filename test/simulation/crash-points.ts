import { isDeepStrictEqual } from 'node:util';
import type { QlikPort } from '../../src/clients/qlik/qlik-port.ts';
import type { CompositeLink, JoinRule, Link } from '../../src/core/link.ts';
import { type AppId, type AppRef, appKey, type ChainName, type TenantName } from '../../src/core/names.ts';
import type { Policy } from '../../src/core/policy.ts';
import { minutes } from '../../src/core/units.ts';
import { type RunResult, runWorld } from './run-world.ts';
import type { Fate, TenantTraits } from './world/tenant-model.ts';
import type { Topology } from './world/topology.ts';
import type { World } from './world/world.ts';

/** A crash after which the run ended otherwise than without a crash. */
interface BadPoint {
  /** The number of the change to the world, from 1, after which its maker crashed. */
  readonly effect: number;
  readonly why: string;
}

/** The result of crashing everywhere. */
export interface CrashReport {
  /** How many changes to the world the run without a crash made. */
  readonly points: number;
  readonly tried: number;
  readonly bad: readonly BadPoint[];
}

const TENANT = 'default' as TenantName;
const LEVELS = [2, 4, 6] as const;
const SEED = 20_261_122;
const MINUTE_MS = 60_000;

const app = (level: number, index: number): AppRef => ({ tenant: TENANT, appId: `app-${level}-${index}` as AppId });

/** Chains, what happens to them, and what must hold in the end. */
interface Layout {
  readonly topology: Topology;
  readonly plan: (world: World) => void;
  /** Made anew for each run. */
  readonly wrapQlik?: () => (port: QlikPort) => QlikPort;
  /** How reloads go, if not all succeed at once. */
  readonly fateOf?: NonNullable<TenantTraits['fateOf']>;
  /** @returns undefined if the orders ended as they must. */
  readonly compare: (orders: RunResult['orders'], calm: RunResult['orders']) => string | undefined;
}

/** Twelve apps in three levels. Each app below the first level follows one of the level above it. */
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

/** One app, two that follow it, one that follows both, and two more after that. */
function diamond(): Topology {
  const apps = [app(0, 0), app(1, 0), app(1, 1), app(2, 0), app(3, 0), app(3, 1)];
  const [top, left, right, bottom, ...last] = apps as [AppRef, AppRef, AppRef, AppRef, AppRef, AppRef];
  const linked: readonly (readonly [AppRef, AppRef])[] = [
    [top, left],
    [top, right],
    [left, bottom],
    [right, bottom],
    ...last.map((target) => [bottom, target] as const),
  ];
  const chain = 'diamond' as ChainName;
  const links = linked.map(
    ([after, target]): Link => ({ chain, after, target, on: 'succeeded', clause: 's', body: {}, paused: false }),
  );
  return { tenants: [TENANT], apps, stranger: { tenant: TENANT, appId: 'app-stranger' as AppId }, links };
}

/** The diamond, but its lowest app waits for both apps above it. */
function joinedDiamond(): Topology {
  const { links, ...topology } = diamond();
  const bottom = app(2, 0);
  const plain = links.filter(({ target }) => target.appId !== bottom.appId);
  const of = Object.fromEntries([app(1, 0), app(1, 1)].map((each) => [appKey(each), 'succeeded'])) as JoinRule['of'];
  const join: CompositeLink = {
    ...{ chain: 'diamond' as ChainName, after: app(1, 0), target: bottom, on: 'succeeded', clause: 'j1', body: {} },
    ...{ paused: false, join: { of, atLeast: 2, within: (60 * MINUTE_MS) as JoinRule['within'] } },
  };
  return { ...topology, links: plain, joins: [join] };
}

/** An app whose reload may be started again twice and may run for four minutes, and an app that follows it. */
function retried(): Topology {
  const apps = [app(0, 0), app(1, 0), app(2, 0), app(2, 1)];
  const [top, middle, fine, repair] = apps as [AppRef, AppRef, AppRef, AppRef];
  const link = (after: AppRef, target: AppRef, more: Partial<Link> = {}): Link => ({
    ...{ chain: 'retried' as ChainName, after, target, on: 'succeeded', clause: 's', body: {}, paused: false, ...more },
  });
  const policy: Policy = { retry: { attempts: 2, delay: minutes(1) }, timeout: minutes(4) };
  const links = [link(top, middle, { policy }), link(middle, fine), link(middle, repair, { on: 'failed' })];
  return { tenants: [TENANT], apps, stranger: { tenant: TENANT, appId: 'app-stranger' as AppId }, links };
}

/** The first attempt fails, the second runs too long, the third succeeds. */
const FATES: readonly Fate[] = [
  { outcome: 'FAILED', runMs: 20_000 },
  { outcome: 'SUCCEEDED', runMs: 3 * 60 * MINUTE_MS },
  { outcome: 'SUCCEEDED', runMs: 20_000 },
];

/** A person reloads apps after so many minutes. */
const reloading =
  (...reloads: readonly (readonly [AppRef, number])[]) =>
  (world: World): void => {
    for (const [{ appId }, minutes] of reloads) {
      world.scheduler.after(minutes * MINUTE_MS, () => {
        world.tenantOf({ tenant: TENANT }).accept({ appId, type: 'hub', userId: 'person', body: {} });
      });
    }
  };

/** The answer to the first POST for an app is lost. */
const losingFirst =
  ({ appId }: AppRef) =>
  (): ((port: QlikPort) => QlikPort) => {
    let isLost = false;
    return (port) => ({
      ...port,
      startReload: async (request, timeout) => {
        const answer = await port.startReload(request, timeout);
        if (isLost || request.appId !== appId) return answer;
        isLost = true;
        return { kind: 'unknown', message: 'the answer is lost (simulated)' };
      },
    });
  };

const LAYOUTS: readonly Layout[] = [
  {
    topology: threeLevels(),
    plan: reloading([app(0, 0), 1], [app(0, 1), 1]),
    compare: (orders, calm) =>
      isDeepStrictEqual(orders, calm)
        ? undefined
        : told(orders.filter(({ state, starts }) => state !== 'ended' || starts !== 1)),
  },
  {
    // The second order for the target waits there, or is merged. A crash may change which order is the second.
    topology: diamond(),
    plan: reloading([app(0, 0), 1], [app(0, 0), 20], ...[2, 4, 8, 21, 23].map((at) => [app(2, 0), at] as const)),
    wrapQlik: losingFirst(app(1, 0)),
    compare: (orders) => {
      const open = orders.filter(({ state }) => state !== 'ended' && state !== 'merged');
      return open.length === 0 ? undefined : told(open);
    },
  },
  {
    topology: joinedDiamond(),
    // Only one run: after a crash a second run could catch up with the first, and then one reload would do for both.
    plan: reloading([app(0, 0), 1]),
    compare: (orders, calm) =>
      isDeepStrictEqual(orders, calm)
        ? undefined
        : told(orders.filter(({ state, starts }) => state !== 'ended' || starts !== 1)),
  },
  {
    topology: retried(),
    plan: reloading([app(0, 0), 1]),
    fateOf: (appId, nth) => (appId === 'app-1-0' ? FATES[nth - 1] : undefined),
    compare: (orders) => {
      const ends = orders.map(({ target, state, outcome, starts }) => `${target} ${state} ${outcome} ${starts}`);
      const isFine = isDeepStrictEqual(ends, ['app-1-0 ended succeeded 3', 'app-2-0 ended succeeded 1']);
      return isFine ? undefined : told(orders);
    },
  },
];

const told = (orders: RunResult['orders']): string => `the orders ended otherwise: ${JSON.stringify(orders)}`;

const runWith = ({ topology, plan, wrapQlik, fateOf }: Layout, crashAfterEffect?: number): Promise<RunResult> =>
  runWorld(
    {
      ...{ seed: SEED, hours: 1, apps: topology.apps.length, without: [], topology },
      scenario: {
        about: '',
        factor: 0,
        traits: { isEveryReloadFine: true, pendingCovers: 'active', isAdmin: true, ...(fateOf && { fateOf }) },
      },
      ...(wrapQlik !== undefined && { wrapQlik: wrapQlik() }),
      ...(crashAfterEffect === undefined ? {} : { crashAfterEffect }),
    },
    plan,
  );

/**
 * Runs four layouts: twelve apps in three levels, a diamond whose lowest app is busy and in which one answer is lost, a
 * diamond whose lowest app waits for two, and an app whose reload fails, then runs too long, and then succeeds. Each
 * layout runs once without a crash, which counts the changes to the store, the tenant and the host. Then it runs once
 * for each change, and whoever makes that change crashes right after it.
 *
 * @param every - tries only every nth point.
 */
export async function crashEverywhere(every = 1): Promise<CrashReport> {
  const reports: CrashReport[] = [];
  for (const layout of LAYOUTS) reports.push(await crashIn(layout, every));
  const sum = (of: (report: CrashReport) => number): number => reports.reduce((total, report) => total + of(report), 0);
  return {
    points: sum(({ points }) => points),
    tried: sum(({ tried }) => tried),
    bad: reports.flatMap(({ bad }) => bad),
  };
}

async function crashIn(layout: Layout, every: number): Promise<CrashReport> {
  const calm = await runWith(layout);
  const wrong = calm.violation?.message ?? layout.compare(calm.orders, calm.orders);
  if (wrong !== undefined) throw new Error(`Without a crash: ${wrong}`);
  const bad: BadPoint[] = [];
  let tried = 0;
  for (let effect = 1; effect <= calm.effects; effect += every) {
    const { violation, orders } = await runWith(layout, effect);
    const why =
      violation === undefined ? layout.compare(orders, calm.orders) : `${violation.kind}: ${violation.message}`;
    tried += 1;
    if (why !== undefined) bad.push({ effect, why });
  }
  return { points: calm.effects, tried, bad };
}

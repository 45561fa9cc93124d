import type { CompiledChains, CompositeLink, JoinRule, Link, On, ReloadBody } from '../../../src/core/link.ts';
import { type AppId, type AppRef, appKey, type ChainName, type TenantName } from '../../../src/core/names.ts';
import type { Policy, Retry } from '../../../src/core/policy.ts';
import type { DurationMs } from '../../../src/core/units.ts';
import type { ExpectedApp } from './expected-apps.ts';
import type { Faults } from './faults.ts';
import type { Random } from './random.ts';

/** The chains of one world. */
export interface Topology {
  readonly tenants: readonly TenantName[];
  readonly apps: readonly AppRef[];
  /** An app that no chain names. */
  readonly stranger: AppRef;
  readonly links: readonly Link[];
  /** The links that wait for several apps. Each is there once, with its first upstream as `after`. */
  readonly joins?: readonly CompositeLink[];
  /** Links that a deployment adds in the middle of the run. Each follows an app that no chain named until then. */
  readonly late?: { readonly apps: readonly AppRef[]; readonly links: readonly Link[] };
  /** When apps are expected. */
  readonly expected?: readonly ExpectedApp[];
  /** MAX_HOPS. If links form a loop, it ends a run. */
  readonly maxHops?: number;
  /** An automation outside of Cascade. When `after` succeeds, it reloads `target`. */
  readonly automation?: { readonly after: AppRef; readonly target: AppRef };
}

export const BODIES: readonly ReloadBody[] = [{}, {}, {}, { partial: true }, { variables: { region: 'EMEA' } }];
export const ONS: readonly On[] = ['succeeded', 'succeeded', 'succeeded', 'any', 'failed'];

/** Draws chains without cycles. Each app but the first few follows one to three earlier apps. */
export function drawTopology(appCount: number, tenantCount: number, random: Random): Topology {
  const tenants = ['default', 'second'].slice(0, tenantCount) as TenantName[];
  const apps = Array.from({ length: appCount }, (_, index) => appOf(tenants, index));
  const roots = Math.max(1, Math.round(appCount / 4));
  const links = apps.flatMap((target, index) => (index < roots ? [] : drawLinks(target, apps.slice(0, index), random)));
  return { tenants, apps, stranger: { tenant: 'default' as TenantName, appId: 'app-stranger' as AppId }, links };
}

const LATE_APPS = 2;
const FEW_HOPS = 5;

/** The rarer things that a world may have. */
interface Extras {
  readonly isExtended: boolean;
  readonly isFedBack: boolean;
  readonly isAutomated: boolean;
}

/** Adds some of the rarer things to a topology, as far as the faults allow them. */
export function drawWithExtras(topology: Topology, random: Random, faults: Faults): Topology {
  const [isExtended, isFedBack, isAutomated] = [random.chance(0.4), random.chance(0.15), random.chance(0.12)];
  const extras = {
    isExtended: isExtended && faults.may('link-added'),
    isFedBack: isFedBack && faults.may('fed-back'),
    isAutomated: isAutomated && faults.may('automation'),
  };
  if (extras.isFedBack) faults.count('fed-back');
  const drawn = withExtras(topology, random, extras);
  // Drawn last, so that it changes nothing else of a world.
  const isIllFormed = random.chance(0.15) && faults.may('ill-formed') && drawn.links.length > 0;
  return isIllFormed ? withIllFormed(drawn, random, faults) : drawn;
}

/**
 * A body with half of a surrogate pair. `cascade check` refuses it, but a bundle of an older version may still have it.
 */
export const ILL_FORMED_BODY: ReloadBody = { variables: { region: 'a\ud800b' } };

/** Gives the links from one app to another a variable that no store takes. */
function withIllFormed(topology: Topology, random: Random, faults: Faults): Topology {
  const { after, target } = random.pick(topology.links);
  faults.count('ill-formed');
  const links = topology.links.map((link) =>
    isSame(link.after, after) && isSame(link.target, target) ? { ...link, body: ILL_FORMED_BODY } : link,
  );
  return { ...topology, links };
}

/** Adds a loop, an automation, or links that a later deployment adds. */
function withExtras(topology: Topology, random: Random, extras: Extras): Topology {
  const { apps, tenants, links } = topology;
  const [leaf, root] = [
    random.pick(apps.filter((app) => !links.some(({ after }) => isSame(after, app)))),
    firstOf(apps),
  ];
  const late = Array.from({ length: LATE_APPS }, (_, index) => appOf(tenants, index, 'app-late-'));
  const lateLinks = late.flatMap((after) => linksBetween(after, random.pick(apps), random));
  const back: Link = {
    chain: 'back' as ChainName,
    after: leaf,
    target: root,
    on: 'any',
    clause: 's',
    body: {},
    paused: false,
  };
  return {
    ...topology,
    ...(extras.isExtended && { late: { apps: late, links: lateLinks } }),
    ...(extras.isFedBack && { links: [...links, back], maxHops: FEW_HOPS }),
    ...(extras.isAutomated && { automation: { after: leaf, target: root } }),
  };
}

const isSame = (a: AppRef, b: AppRef): boolean => appKey(a) === appKey(b);

function firstOf<T>(items: readonly T[]): T {
  const [first] = items;
  if (first === undefined) throw new Error('There is none.');
  return first;
}

const appOf = (tenants: readonly TenantName[], index: number, prefix = 'app-'): AppRef => ({
  tenant: tenants[index % tenants.length] as TenantName,
  appId: `${prefix}${String(index).padStart(3, '0')}` as AppId,
});

function drawLinks(target: AppRef, before: readonly AppRef[], random: Random): readonly Link[] {
  const upstreams = new Set(Array.from({ length: random.between(1, 3) }, () => random.pick(before)));
  return [...upstreams].flatMap((after) => linksBetween(after, target, random));
}

function linksBetween(after: AppRef, target: AppRef, random: Random): readonly Link[] {
  const chain = random.pick(['alpha', 'beta']) as ChainName;
  const link: Link = {
    chain,
    after,
    target,
    on: random.pick(ONS),
    clause: 's',
    body: random.pick(BODIES),
    paused: random.chance(0.05),
  };
  const kind = random.next();
  if (kind < 0.08) return [link, { ...link, chain: 'gamma' as ChainName }];
  if (kind < 0.16) return [link, { ...link, clause: 'weekly', body: { variables: { depth: 'full' } } }];
  return [link];
}

export const WINDOWS_MS = [10, 60, 6 * 60, 12 * 60].map((minutes) => minutes * 60_000);

/** Adds one to three links that wait for several apps, mostly for all of them. */
export function withJoins(topology: Topology, random: Random, faults: Faults): Topology {
  const { apps, links } = topology;
  const targets = apps.filter((_, index) => index >= 2);
  if (targets.length === 0 || !random.chance(0.6) || !faults.may('joined')) return topology;
  faults.count('joined');
  const joins = Array.from({ length: random.between(1, 3) }, (_, number): CompositeLink => {
    const target = random.pick(targets);
    const before = apps.slice(0, apps.indexOf(target));
    const upstreams = [...new Set(Array.from({ length: random.between(2, 4) }, () => random.pick(before)))];
    const of = Object.fromEntries(upstreams.map((app) => [appKey(app), random.pick(ONS)])) as JoinRule['of'];
    const atLeast = random.chance(0.7) ? upstreams.length : random.between(1, upstreams.length);
    return {
      ...{ chain: 'joined' as ChainName, target, clause: `j${number}`, body: random.pick(BODIES), paused: false },
      ...{ after: firstOf(upstreams), on: 'succeeded' },
      join: { of, atLeast, within: random.pick(WINDOWS_MS) as JoinRule['within'] },
    };
  });
  return { ...topology, links, joins };
}

const DELAYS_MS = [1_000, 60_000, 5 * 60_000, 40 * 60_000].map((ms) => ms as DurationMs);
const TIMEOUTS_MS = [2 * 60_000, 6 * 60_000, 20 * 60_000].map((ms) => ms as DurationMs);

/** Gives some links further attempts or a timeout. Links whose orders have the same ids get the same. */
export function withPolicies(topology: Topology, random: Random, faults: Faults): Topology {
  if (!random.chance(0.6) || !faults.may('retried')) return topology;
  faults.count('retried');
  const policies = new Map<string, Policy | undefined>();
  const withPolicy = <L extends Link>(link: L): L => {
    const key = JSON.stringify([link.target, link.after, link.clause]);
    if (!policies.has(key)) policies.set(key, drawPolicy(random));
    const policy = policies.get(key);
    return policy === undefined ? link : { ...link, policy };
  };
  const { links, joins = [], late } = topology;
  return {
    ...{ ...topology, links: links.map(withPolicy), joins: joins.map(withPolicy) },
    ...(late !== undefined && { late: { ...late, links: late.links.map(withPolicy) } }),
  };
}

export function drawPolicy(random: Random): Policy | undefined {
  const [hasRetry, hasTimeout, isSteady] = [random.chance(0.6), random.chance(0.4), random.chance(0.4)];
  const [attempts, delay, timeout] = [random.between(1, 3), random.pick(DELAYS_MS), random.pick(TIMEOUTS_MS)];
  if (!hasRetry && !hasTimeout) return undefined;
  const retry: Retry = { attempts, delay, ...(isSteady && { backoff: 'none' }) };
  return { ...(hasRetry && { retry }), ...(hasTimeout && { timeout }) };
}

/** A composite link in its compiled form: once for each upstream. */
const ofEachUpstream = (link: CompositeLink): readonly CompositeLink[] =>
  Object.entries(link.join.of).map(([key, on]) => {
    const [tenant, appId] = key.split('/') as [TenantName, AppId];
    return { ...link, after: { tenant, appId }, on };
  });

/** What is deployed of a topology. */
export interface Deployment {
  /** Added to each chain's name, as if its file was renamed. */
  readonly suffix: string;
  /** Whether the late links are deployed. */
  readonly hasLate: boolean;
}

/** The chains as they are compiled into the bundles. */
export function compile(
  { links, apps, late, joins = [], expected = [] }: Topology,
  { suffix, hasLate }: Deployment,
): CompiledChains {
  const all = [...links, ...joins.flatMap(ofEachUpstream), ...(hasLate ? (late?.links ?? []) : [])];
  const named = all.map((link): Link => ({ ...link, chain: `${link.chain}${suffix}` as ChainName }));
  const byUpstream: Record<string, Link[]> = {};
  for (const link of named) {
    const key = appKey(link.after);
    byUpstream[key] = [...(byUpstream[key] ?? []), link];
  }
  const concerned = new Set(named.flatMap(({ after, target }) => [appKey(after), appKey(target)]));
  const known = [...apps, ...(late?.apps ?? [])].filter((app) => concerned.has(appKey(app)));
  return {
    links: byUpstream,
    apps: Object.fromEntries(
      known.map((app) => {
        const said = expected.find((each) => isSame(each.app, app))?.expected;
        return [appKey(app), { ...app, label: app.appId, names: [], ...(said !== undefined && { expected: said }) }];
      }),
    ),
  };
}

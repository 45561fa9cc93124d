import type { CompiledChains, Link, On, ReloadBody } from '../../../src/core/link.ts';
import { type AppId, type AppRef, appKey, type ChainName, type TenantName } from '../../../src/core/names.ts';
import type { Random } from './random.ts';

/** The chains of one world. */
export interface Topology {
  readonly tenants: readonly TenantName[];
  readonly apps: readonly AppRef[];
  /** An app that no chain names. */
  readonly stranger: AppRef;
  readonly links: readonly Link[];
}

const BODIES: readonly ReloadBody[] = [{}, {}, {}, { partial: true }, { variables: { region: 'EMEA' } }];
const ONS: readonly On[] = ['succeeded', 'succeeded', 'succeeded', 'any', 'failed'];

/** Draws chains without cycles: each app but the first few follows one to three before it. */
export function drawTopology(appCount: number, tenantCount: number, random: Random): Topology {
  const tenants = ['default', 'second'].slice(0, tenantCount) as TenantName[];
  const apps = Array.from({ length: appCount }, (_, index) => appOf(tenants, index));
  const roots = Math.max(1, Math.round(appCount / 4));
  const links = apps.flatMap((target, index) => (index < roots ? [] : drawLinks(target, apps.slice(0, index), random)));
  return { tenants, apps, stranger: { tenant: 'default' as TenantName, appId: 'app-stranger' as AppId }, links };
}

const appOf = (tenants: readonly TenantName[], index: number): AppRef => ({
  tenant: tenants[index % tenants.length] as TenantName,
  appId: `app-${String(index).padStart(3, '0')}` as AppId,
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

/** The chains as they are compiled into the bundles. @param suffix - of each chain's name: a renamed file. */
export function compile({ links, apps }: Topology, suffix: string): CompiledChains {
  const named = links.map((link): Link => ({ ...link, chain: `${link.chain}${suffix}` as ChainName }));
  const byUpstream: Record<string, Link[]> = {};
  for (const link of named) {
    const key = appKey(link.after);
    byUpstream[key] = [...(byUpstream[key] ?? []), link];
  }
  const concerned = new Set(named.flatMap(({ after, target }) => [appKey(after), appKey(target)]));
  const known = apps.filter((app) => concerned.has(appKey(app)));
  return {
    links: byUpstream,
    apps: Object.fromEntries(known.map((app) => [appKey(app), { ...app, label: app.appId, names: [] }])),
  };
}

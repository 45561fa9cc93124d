import type { CompiledChains, JoinRule, Link, On } from '../../../src/core/link.ts';
import {
  type AppId,
  type AppKey,
  type AppRef,
  appKey,
  type ChainName,
  DEFAULT_TENANT,
} from '../../../src/core/names.ts';
import type { DurationMs } from '../../../src/core/units.ts';

/** An app of the tenant `default`. Its id stands for itself. */
export const app = (appId: string): AppRef => ({ tenant: DEFAULT_TENANT, appId: appId as AppId });

/** A link that reloads `target` after `after` succeeded, in chain `sales`. */
export const link = (after: string, target: string, more: Partial<Link> = {}): Link => ({
  chain: 'sales' as ChainName,
  after: app(after),
  on: 'succeeded',
  target: app(target),
  clause: 's',
  body: {},
  paused: false,
  ...more,
});

/** A link that waits for several apps, at most 6 hours apart: one row for each of them. */
export function composite(target: string, of: Readonly<Record<string, On>>, atLeast: number): readonly Link[] {
  const keys = Object.entries(of).map(([appId, on]) => [appKey(app(appId)), on] as const);
  const join: JoinRule = { of: Object.fromEntries(keys), atLeast, within: 21_600_000 as DurationMs };
  return Object.entries(of).map(([appId, on]) => link(appId, target, { on, clause: 'j1', join }));
}

/** Chains with these links. An app's name for people is its id in capitals; its short name is `sales/<id>`. */
export function chainsOf(...links: readonly Link[]): CompiledChains {
  const byUpstream: Record<AppKey, Link[]> = {};
  const apps: Record<AppKey, CompiledChains['apps'][AppKey]> = {};
  for (const each of links) {
    const upstream = appKey(each.after);
    byUpstream[upstream] = [...(byUpstream[upstream] ?? []), each];
    for (const ref of [each.after, each.target]) {
      apps[appKey(ref)] = { ...ref, label: ref.appId.toUpperCase(), names: [`sales/${ref.appId}`] };
    }
  }
  return { links: byUpstream, apps };
}

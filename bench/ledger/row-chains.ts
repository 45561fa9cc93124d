import type { ChainApp, CompiledChains, Link } from '../../src/core/link.ts';
import { type AppId, type AppKey, type AppRef, appKey, type ChainName, DEFAULT_TENANT } from '../../src/core/names.ts';

/** The `index`-th app, from 0. */
export const rowApp = (index: number): AppRef => ({
  tenant: DEFAULT_TENANT,
  appId: `cccccccc-0000-4000-8000-${String(index).padStart(12, '0')}` as AppId,
});

const linkTo =
  (after: AppRef) =>
  (target: AppRef): Link => ({
    chain: 'row' as ChainName,
    after,
    on: 'succeeded',
    target,
    clause: 's',
    body: {},
    paused: false,
  });

/** Chains of links from an app to its followers. */
export function rowChainsOf(followers: ReadonlyMap<AppRef, readonly AppRef[]>): CompiledChains {
  const links: [AppKey, readonly Link[]][] = [];
  const apps = new Map<AppKey, ChainApp>();
  for (const [after, targets] of followers) {
    links.push([appKey(after), targets.map(linkTo(after))]);
    for (const app of [after, ...targets]) apps.set(appKey(app), { ...app, label: app.appId, names: [] });
  }
  return { links: Object.fromEntries(links), apps: Object.fromEntries(apps) };
}

/** `count` apps in a row. Each follows the one before. */
export const rowChains = (count: number): CompiledChains =>
  rowChainsOf(new Map(Array.from({ length: count - 1 }, (_, index) => [rowApp(index), [rowApp(index + 1)]])));

/** `count` pairs of apps: each odd app follows the even app before it. */
export const pairChains = (count: number): CompiledChains =>
  rowChainsOf(new Map(Array.from({ length: count }, (_, index) => [rowApp(2 * index), [rowApp(2 * index + 1)]])));

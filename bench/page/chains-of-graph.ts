import type { GraphToDraw } from '../../src/core/graph/layout/lay-out-graph.ts';
import type { CompiledChains, Link } from '../../src/core/link.ts';
import { type AppId, type AppKey, type AppRef, appKey, type ChainName, DEFAULT_TENANT } from '../../src/core/names.ts';

const appOf = (number: number): AppRef => ({
  tenant: DEFAULT_TENANT,
  appId: `5a1e5000-0000-4000-8000-${String(number).padStart(12, '0')}` as AppId,
});

/** The compiled chains of a graph: an app for each node, a chain for each band, a link for each edge. */
export function chainsOfGraph({ bands, edges }: GraphToDraw): CompiledChains {
  const chainOf = (number: number): ChainName => `chain-${bands[number] ?? 0}` as ChainName;
  const links: Record<AppKey, Link[]> = {};
  for (const { from, to } of edges) {
    const after = appOf(from);
    const upstream = appKey(after);
    const link = {
      chain: chainOf(to),
      after,
      on: 'succeeded',
      target: appOf(to),
      clause: 's',
      body: {},
      paused: false,
    } as const;
    links[upstream] = [...(links[upstream] ?? []), link];
  }
  const apps = bands.map((_, number) => {
    const name = `${chainOf(number)}/app-${number}`;
    return [appKey(appOf(number)), { ...appOf(number), label: `App ${number}`, names: [name] }] as const;
  });
  return { links, apps: Object.fromEntries(apps) };
}

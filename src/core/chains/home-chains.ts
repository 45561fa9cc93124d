import { groupBy } from '../group-by.ts';
import type { CompiledChains, Link } from '../link.ts';
import { type AppKey, appKey, type ChainName } from '../names.ts';

/** The links of each chain. The chains are sorted by name, their links keep their order. */
export function linksByChain({ links }: Pick<CompiledChains, 'links'>): ReadonlyMap<ChainName, readonly Link[]> {
  const byChain = groupBy(Object.values(links).flat(), ({ chain }) => chain);
  return new Map([...byChain].sort(([a], [b]) => (a < b ? -1 : Number(a > b))));
}

/**
 * Makes the function that names the home chain of an app. An app may be in several chains. The dashboard draws it with
 * its home chain, and the action `chains` names that chain to Qlik's charts. It is the first chain, by name, whose file
 * lists the app. If no file lists the app, it is the first chain that has a link with the app. An app in no chain has
 * the home chain `''`.
 */
export function homeChains(compiled: CompiledChains): (app: AppKey) => string {
  const byLinks = new Map<AppKey, ChainName>();
  for (const [chain, links] of linksByChain(compiled)) {
    for (const app of links.flatMap((link) => [link.after, link.target])) {
      if (!byLinks.has(appKey(app))) byLinks.set(appKey(app), chain);
    }
  }
  return (app) => {
    // By the chains, not by `chain/name`: there `a-b/x` would come before `a/x`.
    const [chain = byLinks.get(app) ?? ''] = (compiled.apps[app]?.names.map(chainIn) ?? []).sort();
    return chain;
  };
}

/** The chain in a name such as `sales/extract`. */
const chainIn = (name: string): string => name.slice(0, name.indexOf('/'));

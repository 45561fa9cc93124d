import type { CompiledChains, Link } from '../link.ts';
import type { ChainName } from '../names.ts';

/** The links of each chain, chains by name and links in the order of the look-up. */
export function linksByChain({ links }: Pick<CompiledChains, 'links'>): ReadonlyMap<ChainName, readonly Link[]> {
  const byChain = new Map<ChainName, Link[]>();
  for (const link of Object.values(links).flat()) {
    const ofChain = byChain.get(link.chain);
    if (ofChain === undefined) byChain.set(link.chain, [link]);
    else ofChain.push(link);
  }
  return new Map([...byChain].sort(([a], [b]) => (a < b ? -1 : Number(a > b))));
}

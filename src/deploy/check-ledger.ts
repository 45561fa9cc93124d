import { type CompiledChains, isComposite, type Link } from '../core/link.ts';
import type { Environment } from './environment.ts';

/**
 * Which chains need a ledger, if the settings in `env` have none: a link that waits for several apps, further attempts and a
 * timeout need a memory.
 */
export function checkLedger({ COUCHDB_URL: url }: Environment, { links }: CompiledChains): string[] {
  if (url !== undefined && url !== '') return [];
  const all = Object.values(links).flat();
  return NEEDS.flatMap(({ what, isNeeded }) => {
    const chains = [...new Set(all.filter(isNeeded).map(({ chain }) => chain))].sort();
    return chains.map(
      (chain) => `The chain "${chain}" has ${what}. That needs a ledger: set COUCHDB_URL, or remove it from the chain.`,
    );
  });
}

const NEEDS: readonly { readonly what: string; readonly isNeeded: (link: Link) => boolean }[] = [
  { what: 'a link that waits for several apps', isNeeded: isComposite },
  { what: '"retry"', isNeeded: ({ policy }) => policy?.retry !== undefined },
  { what: '"timeout"', isNeeded: ({ policy }) => policy?.timeout !== undefined },
];

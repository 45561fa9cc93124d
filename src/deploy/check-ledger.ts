import { type CompiledChains, isComposite, type Link } from '../core/link.ts';
import type { Environment } from './environment.ts';

/**
 * Finds the parts of chains that need a ledger (Cascade's memory in CouchDB), if the settings in `env` name none: links
 * that wait for several apps, `retry`, `timeout` and `expected`. Without a ledger Cascade could not do them. `cascade
 * check --deploy` prints the messages.
 *
 * @returns messages. The list is empty if there is a ledger, or if nothing needs one.
 */
export function checkLedger({ COUCHDB_URL: url }: Environment, { links, apps }: CompiledChains): string[] {
  if (url !== undefined && url !== '') return [];
  const all = Object.values(links).flat();
  const expected = Object.values(apps).filter((app) => app.expected !== undefined);
  return [
    ...NEEDS.flatMap(({ what, isNeeded }) => {
      const chains = [...new Set(all.filter(isNeeded).map(({ chain }) => chain))].sort();
      return chains.map(
        (chain) =>
          `The chain "${chain}" has ${what}. That needs a ledger: set COUCHDB_URL, or remove it from the chain.`,
      );
    }),
    ...expected.map(
      ({ names, label }) =>
        `The app "${names[0] ?? label}" has "expected". That needs a ledger: set COUCHDB_URL, or remove it from the chain.`,
    ),
  ];
}

const NEEDS: readonly { readonly what: string; readonly isNeeded: (link: Link) => boolean }[] = [
  { what: 'a link that waits for several apps', isNeeded: isComposite },
  { what: '"retry"', isNeeded: ({ policy }) => policy?.retry !== undefined },
  { what: '"timeout"', isNeeded: ({ policy }) => policy?.timeout !== undefined },
];

import type { CompiledChains, Link } from '../../src/core/link.ts';
import { type AppId, type AppRef, appKey, type ChainName, DEFAULT_TENANT } from '../../src/core/names.ts';
import type { DurationMs } from '../../src/core/units.ts';

const appOf = (digit: string): AppRef => ({
  tenant: DEFAULT_TENANT,
  appId: `cccccccc-0000-4000-8000-00000000000${digit}` as AppId,
});

/** The two apps that a link waits for. */
export const HALVES = [appOf('1'), appOf('2')] as const;
const JOINED = appOf('3');

/** Adds to the chains one link that waits for two apps, which nothing else follows. */
export function withJoin({ links, apps }: CompiledChains): CompiledChains {
  const of = Object.fromEntries(HALVES.map((app) => [appKey(app), 'succeeded'])) as NonNullable<Link['join']>['of'];
  const joined = HALVES.map(
    (after): Link => ({
      ...{
        chain: 'joined' as ChainName,
        after,
        on: 'succeeded',
        target: JOINED,
        clause: 'j1',
        body: {},
        paused: false,
      },
      join: { of, atLeast: 2, within: 3_600_000 as DurationMs },
    }),
  );
  return {
    links: { ...links, ...Object.fromEntries(joined.map((link) => [appKey(link.after), [link]])) },
    apps: {
      ...apps,
      ...Object.fromEntries([...HALVES, JOINED].map((app) => [appKey(app), { ...app, label: app.appId, names: [] }])),
    },
  };
}

import type { CompiledChains, Link } from '../../src/core/link.ts';
import { type AppRef, appKey } from '../../src/core/names.ts';

/** How people call an app in one chain, `chain/name`; its id where the chain has no name for it. */
export function nameIn(chain: string | undefined, app: AppRef, { apps }: CompiledChains): string {
  const names = apps[appKey(app)]?.names ?? [];
  return names.find((name) => name.startsWith(`${chain}/`)) ?? names[0] ?? app.appId;
}

/** The link by which the end of `after` calls for `target`, if there is one. */
export const linkBetween = (after: AppRef, target: AppRef, { links }: CompiledChains): Link | undefined =>
  links[appKey(after)]?.find((link) => appKey(link.target) === appKey(target));

import type { AppRef } from '../../src/core/names.ts';
import type { TenantReload } from './start-bench-tenant.ts';

/** How many of the apps, which must start once each, were started once, never or more often. */
export interface Starts {
  readonly once: number;
  readonly lost: number;
  readonly twice: number;
}

/** Counts the starts in the tenant's own list. */
export function countStarts(reloads: readonly Pick<TenantReload, 'appId'>[], apps: readonly AppRef[]): Starts {
  const times = new Map<string, number>();
  for (const { appId } of reloads) times.set(appId, (times.get(appId) ?? 0) + 1);
  const count = (isSuch: (started: number) => boolean): number =>
    apps.filter(({ appId }) => isSuch(times.get(appId) ?? 0)).length;
  return {
    once: count((started) => started === 1),
    lost: count((started) => started === 0),
    twice: count((started) => started > 1),
  };
}

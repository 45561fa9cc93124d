import type { AppRef } from '../../src/core/names.ts';
import type { BenchTenant } from './start-bench-tenant.ts';

/** Reloads the apps one after the other, evenly over `durationMs` from now, as their schedules would. */
export async function scheduleEnds(tenant: BenchTenant, apps: readonly AppRef[], durationMs: number): Promise<void> {
  const planned = apps.map(({ appId }, index) => ({
    appId,
    afterMs: Math.floor((index * durationMs) / apps.length),
  }));
  await tenant.call('POST', '/_sim/schedule', planned);
}

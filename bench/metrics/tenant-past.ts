import { startTenant } from '../../sim/start-tenant.ts';
import type { Say } from '../bench.ts';
import { controlOf } from '../sim/control.ts';

/** A reload in the tenant's list. */
export interface PastReload {
  readonly id: string;
  readonly appId: string;
  readonly status: keyof typeof OUTCOME_OF;
  readonly startTime?: string;
  readonly endTime: string;
}

/** Cascade's words for Qlik's statuses. */
export const OUTCOME_OF = {
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  CANCELED: 'canceled',
  EXCEEDED_LIMIT: 'exceeded-limit',
} as const;

/** The ends in a tenant. */
export interface TenantPast {
  /** When the tenant was asked, by the tenant's clock, in epoch ms. */
  readonly now: number;
  /** The reloads in each app's own list. */
  readonly ofApps: readonly (readonly PastReload[])[];
}

const LONGEST_MS = 60_000;
const MOST_LISTED = 100;
/**
 * The outcome of an app's reload. One reload in ten fails. Each app has two canceled reloads, and every tenth app has
 * two that run too long.
 */
const outcomeOf = (app: number, time: number): string => {
  if (time % 50 === 5) return 'canceled';
  if (app % 10 === 0 && time % 50 === 25) return 'exceeded-limit';
  return (app + time) % 10 === 3 ? 'failed' : 'succeeded';
};

/**
 * Lets a simulated tenant, on a clock of its own, reload each app so many times. Then it reads the ends by the tenant's
 * API.
 */
export async function tenantPast(apps: number, times: number, say: Say): Promise<TenantPast> {
  if (times > MOST_LISTED) throw new Error(`A list has at most ${MOST_LISTED} reloads.`);
  const tenant = await startTenant({ port: 0, clock: 'hand', seed: 'metrics' });
  try {
    const { call } = controlOf(tenant);
    const ids = Array.from({ length: apps }, (_, app) => `5a1e5000-0000-4000-8000-${String(app).padStart(12, '0')}`);
    const outcomes = (app: number) => Array.from({ length: times }, (_, time) => outcomeOf(app, time));
    const settings = ids.map((id, app) => ({ id, name: id, durationMs: [0, LONGEST_MS], outcomes: outcomes(app) }));
    await call('POST', '/_sim/apps', settings);
    const most = 1_000_000;
    await call('PUT', '/_sim/switches', {
      ...{ 'reloads.concurrency': 10_000, 'api.tier1Per5Min': most, 'api.tier2Per5Min': most },
    });
    for (let round = 1; round <= times; round += 1) {
      await call(
        'POST',
        '/_sim/schedule',
        ids.map((appId) => ({ appId, afterMs: 1_000 })),
      );
      await call('POST', '/_sim/clock', { advanceMs: 2 * LONGEST_MS });
      if (round % 10 === 0) say(`${round * apps} reloads have ended in the tenant`);
    }
    const { now } = (await (await call('GET', '/_sim/clock')).json()) as { readonly now: number };
    const ofApps: (readonly PastReload[])[] = [];
    for (const appId of ids) {
      const list = await call('GET', `/api/v1/reloads?appId=${appId}&limit=${MOST_LISTED}`);
      ofApps.push(((await list.json()) as { readonly data: readonly PastReload[] }).data);
    }
    return { now, ofApps };
  } finally {
    await tenant.close();
  }
}

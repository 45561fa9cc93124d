import { startTenant } from '../../sim/start-tenant.ts';
import type { Say } from '../bench.ts';
import { controlOf } from '../sim/control.ts';

/** A reload as the tenant's API lists it. */
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

/** What ended in a tenant. */
export interface TenantPast {
  /** When the tenant was asked, by its clock, in epoch ms. */
  readonly now: number;
  /** The reloads of each app, as its own list has them. */
  readonly ofApps: readonly (readonly PastReload[])[];
}

const LONGEST_MS = 60_000;
const MOST_LISTED = 100;
/** Of ten reloads one fails. Of each app two are canceled, and of every tenth app two run too long. */
const outcomeOf = (app: number, time: number): string => {
  if (time % 50 === 5) return 'canceled';
  if (app % 10 === 0 && time % 50 === 25) return 'exceeded-limit';
  return (app + time) % 10 === 3 ? 'failed' : 'succeeded';
};

/** Lets a simulated tenant reload each app so many times, on a clock of its own, and asks its API what came of that. */
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
